package dev.calotype;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.image.Visit;
import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The seeds of the fuzzer, and what it once found bugs with: small files, built from {@code
 * fixture.c}, written by this library or found; a folder for each target.
 */
class SeedsTest {
  private static final Path SEEDS = Path.of("src", "test", "resources", "dev", "calotype", "seeds");

  @Test
  void everyFolderHasATarget() {
    assertThat(Bytes.names(SEEDS)).hasSize(10).allMatch(name -> Fuzzer.target(name) != null);
  }

  @Test
  void everySeedGivesAnAnswerOrADeclaredException() throws IOException {
    int count = 0;
    for (String folder : Bytes.names(SEEDS)) {
      for (Path seed : seeds(SEEDS.resolve(folder))) {
        Fuzzer.target(folder).take(Bytes.read(seed));
        count++;
      }
    }
    assertThat(count).isGreaterThan(40);
  }

  @ParameterizedTest
  @ValueSource(strings = {"archive", "coff", "elf", "macho", "pe"})
  void everyImageAnswersSomething(String folder) throws IOException {
    for (Path seed : seeds(SEEDS.resolve(folder))) {
      Visit visit = Visit.of(MemorySegment.ofArray(Bytes.read(seed)), seed.toString());
      assertThat(visit.answered()).as("%s", seed).isPositive();
    }
  }

  private static List<Path> seeds(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
