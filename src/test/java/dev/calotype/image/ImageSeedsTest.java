package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The seeds of the fuzzer, and what it once found bugs with: small files, built from {@code
 * fixture.c} or found, a folder a format.
 */
class ImageSeedsTest {
  private static final Path SEEDS =
      Path.of("src", "test", "resources", "dev", "calotype", "image", "seeds");

  @Test
  void everySeedIsReadOrRejected() throws IOException {
    List<Path> seeds;
    try (Stream<Path> files = Files.walk(SEEDS)) {
      seeds = files.filter(Files::isRegularFile).sorted().toList();
    }
    assertThat(seeds).hasSizeGreaterThan(20);
    for (Path seed : seeds) {
      Visit visit = Visit.of(MemorySegment.ofArray(Bytes.read(seed)), seed.toString());
      assertThat(visit.answered()).as("%s", seed).isPositive();
    }
  }
}
