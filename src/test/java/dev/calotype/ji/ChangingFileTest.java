package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.FileChangedException;
import dev.calotype.MalformedImageException;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.EitherWay;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is cut, replaced and rewritten while another JVM checks and reads it. */
@EitherWay
class ChangingFileTest {
  @TempDir Path folder;

  @Test
  void aFileThatChangesUnderAReaderIsAnAnswerOrAnExceptionAndTheJvmLives() throws Exception {
    Path file = folder.resolve("a.ji");
    WriteOptions options = WriteOptions.standard().withReplace(true);
    try (DataFileWriter writer = DataFileWriter.create(file, options)) {
      DataFiles.section(writer, "plain", Storage.PLAIN, Bytes.random(300_000, 1));
      DataFiles.section(writer, "sparse", Storage.SPARSE, new byte[100_000]);
      writer.publish();
    }
    byte[] whole = Files.readAllBytes(file);
    Process reader =
        new ProcessBuilder(Run.javaCommand(List.of(), Reader.class, file.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out = reader.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine()).isEqualTo("reading");
      for (int i = 0; i < Tools.count(300, 5000); i++) {
        change(file, whole, i);
      }
      Files.write(file, whole);
      reader.getOutputStream().write('\n');
      reader.getOutputStream().flush();
      String seen = out.readLine();
      assertThat(reader.waitFor()).isZero();
      assertThat(Set.of(seen.split(" "))).contains("Fresh", "Damaged");
    } finally {
      reader.destroyForcibly();
    }
  }

  private static void change(Path file, byte[] whole, int i) throws IOException {
    switch (i % 4) {
      case 0 -> {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
          open.setLength((i * 7919L) % whole.length);
        }
      }
      case 1 -> {
        Path other = Files.write(file.resolveSibling("other"), whole);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
      }
      case 2 -> {
        byte[] changed = whole.clone();
        changed[(i * 104_729) % whole.length] ^= 1;
        Files.write(file, changed);
      }
      default -> Files.write(file, whole);
    }
  }

  /** Checks and reads until it is told to end, and says what it met. */
  static final class Reader {
    private Reader() {}

    public static void main(String[] arguments) throws IOException {
      Path file = Path.of(arguments[0]);
      Set<String> seen = new TreeSet<>();
      System.out.println("reading");
      boolean last = false;
      while (!last) {
        last = System.in.available() > 0;
        for (Tier tier : Tier.values()) {
          try (Validity validity = DataFile.check(file, Expectations.none().withTier(tier));
              Arena arena = Arena.ofConfined()) {
            seen.add(validity.getClass().getSimpleName());
            if (validity instanceof Validity.Fresh fresh) {
              read(fresh.data(), arena);
            }
          } catch (MalformedImageException | FileChangedException | EOFException e) {
            seen.add(e.getClass().getSimpleName());
          }
        }
      }
      System.out.println(String.join(" ", seen));
    }

    private static void read(DataFile data, Arena arena) throws IOException {
      DataSection section = data.section("plain").orElseThrow();
      MemorySegment mapped = section.map(arena);
      data.file()
          .whileWhole(() -> {
            long sum = 0;
            for (long i = 0; i < mapped.byteSize(); i++) {
              sum += mapped.get(ValueLayout.JAVA_BYTE, i);
            }
            return sum;
          });
      section.verify();
      data.section("sparse").orElseThrow().load(arena);
    }
  }
}
