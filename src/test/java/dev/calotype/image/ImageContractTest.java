package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import dev.calotype.testing.Fixtures;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every reader keeps, whatever its format and whatever the bytes. */
class ImageContractTest {
  @ParameterizedTest
  @EnumSource
  void everyQuestionOfAWholeFileIsAnswered(Fixtures format) {
    assertThat(format.files()).hasSizeGreaterThanOrEqualTo(3);
    for (Path file : format.files()) {
      MemorySegment bytes = MemorySegment.ofArray(Bytes.read(file));
      Visit visit = Visit.of(bytes, file.toString());
      assertThat(visit.malformed()).as("%s", file).isZero();
      assertThat(visit.answered()).as("%s", file).isGreaterThan(20);
      assertThat(visit.isCut()).as("%s", file).isFalse();
      if (format != Fixtures.ARCHIVE) {
        assertThat(visit.unsupported()).as("%s", file).isZero();
      }
    }
  }

  /** Prefixes, flipped bytes and seeded mutations; the heap holds any honest answer many times. */
  @ParameterizedTest
  @EnumSource
  void damagedFilesAreReadOrRejectedInASmallHeap(Fixtures format) {
    List<String> arguments = new ArrayList<>();
    arguments.add(format.name());
    arguments.add(Tools.count(500, 20_000) + "");
    arguments.add(Tools.count(7, 1) + "");
    format.files().forEach(file -> arguments.add(file.toString()));
    Run run =
        Run.java(List.of("-Xmx64m"), Mutations.class, arguments.toArray(String[]::new)).succeeded();
    assertThat(run.out()).startsWith(format.name() + ": " + format.files().size() + " files");
    System.out.print(run.out());
  }
}
