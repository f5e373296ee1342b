package dev.calotype.map;

import dev.calotype.bench.Memory;
import dev.calotype.bench.NotRun;
import java.io.IOException;
import java.util.Optional;
import org.openjdk.jmh.infra.BenchmarkParams;

/** Which combinations of method, size and pattern can be measured here. */
final class Combination {
  /** Beyond, comparing answers would take longer than measuring. */
  private static final FileSize LARGEST_COMPARED = FileSize.MIB_16;

  /** What the rest of the machine keeps. */
  private static final long SPARE = 1L << 30;

  private Combination() {}

  /** Why a combination can't be measured, or why that would be senseless, if so. */
  static Optional<String> why(Method method, FileSize size, Pattern pattern) throws IOException {
    Optional<String> missing = size.missing();
    return missing.or(() -> method.why(size)).or(() -> pattern.why(size));
  }

  /** Why a file would not stay in the page cache, if so. */
  static Optional<String> whyNotInMemory(FileSize size) throws IOException {
    long available = Memory.available();
    return available > size.bytes() + SPARE
        ? Optional.empty()
        : Optional.of("%d MiB of memory are available".formatted(available >> 20));
  }

  /** Throws unless the method's answer is that of plain reading. */
  static void requireRightAnswer(
      Method method, FileSize size, Pattern pattern, BenchmarkParams running) throws IOException {
    try (OpenBytes access = method.open(size.file());
        OpenBytes plain = PageBytes.byChannel(size.file())) {
      if (size.compareTo(LARGEST_COMPARED) <= 0
          && pattern.answer(access, size.bytes()) != pattern.answer(plain, size.bytes())) {
        throw new IllegalStateException("the answers differ");
      }
    } catch (Method.AdviceRefused e) {
      throw NotRun.because(running, String.valueOf(e.getMessage()));
    }
  }
}
