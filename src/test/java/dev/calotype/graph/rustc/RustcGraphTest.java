package dev.calotype.graph.rustc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.calotype.FileChangedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.RustcBytes;
import dev.calotype.testing.RustcSamples;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole graphs: samples of rustc's, and such as a crate alone can't make. */
final class RustcGraphTest {
  private final Path file;

  RustcGraphTest(@TempDir Path folder) {
    file = folder.resolve("dep-graph.bin");
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "threads4"})
  void aGraphOfRustcsIsCountedAsTheSamplesOracleCountsIt(String name) throws IOException {
    RustcSamples.unpack(name, file);
    assertThat(Counts.of(file)).isEqualTo(RustcSamples.counts(name));
  }

  @Test
  void aVisitorIsToldEachNodeAsItIs() throws IOException {
    long[] many = LongStream.range(0, 300).toArray();
    RustcBytes graph = RustcBytes.standard().node(7, 1, 0).node(326, 0);
    for (int i = 2; i < 70_000; i++) {
      graph.node(1 + i % 326, i, i - 1);
    }
    graph.node(5, 70_000, many).node(5, 70_003, 69_999, 1);
    Bytes.write(file, graph.finish());
    List<String> told = new ArrayList<>();
    Counts.of(
        file,
        (index, kind, a, b, c, d, edges, count) -> {
          long key = (index + 1) * 0x9e3779b97f4a7c15L;
          assertThat(new long[] {a, b, c, d}).containsExactly(key, key * 2, key * 3, key * 4);
          told.add(index + " " + kind + " " + Arrays.toString(Arrays.copyOf(edges, count)));
        });
    assertThat(told).hasSize(70_002).startsWith("1 7 [0]", "0 326 []", "2 3 [1]");
    assertThat(told.subList(69_999, 70_002))
        .containsExactly(
            "69999 236 [69998]", "70000 5 " + Arrays.toString(many), "70003 5 [69999, 1]");
  }

  @Test
  void edgesOfEachWidthAndAnyNumberAreRead() throws IOException {
    // As many as a record holds, one more, and more than a buffer does.
    for (int count : new int[] {0, 1, 30, 31, 127, 128, 16_384, 400_000}) {
      RustcBytes graph = RustcBytes.standard();
      for (int i = 0; i < count + 1; i++) {
        graph.node(9, i);
      }
      long[] edges = LongStream.range(0, count).map(i -> count - i).toArray();
      Bytes.write(file, graph.node(10, count + 1, edges).finish());
      long[][] last = new long[1][];
      assertThat(Counts.of(file, (_, _, _, _, _, _, all, n) -> last[0] = Arrays.copyOf(all, n)))
          .contains("edges " + count + "\n", "maxDegree " + count + "\n", "holes 0\n");
      assertThat(last[0]).isEqualTo(edges);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 9, 256, 257, 300, 512, 513, 1024, 5000, 8192})
  void theWidthOfAKindFollowsFromHowManyThereAre(int kinds) throws IOException {
    RustcBytes graph = RustcBytes.of("1.95.1-nightly (0123456789 2026-05-01)", kinds);
    for (int kind = 1; kind < kinds; kind++) {
      graph.node(kind, kind, 0);
    }
    Bytes.write(file, graph.node(kinds - 1, 0).finish());
    assertThat(Counts.of(file)).contains("kinds %d\n".formatted(kinds), "holes 0\n");
  }

  @Test
  void zerosAtTheEndOfTheNodesAreNotTakenForKinds() throws IOException {
    RustcBytes graph = RustcBytes.standard();
    for (int i = 1; i < 300; i++) {
      graph.node(2, i);
    }
    Bytes.write(file, graph.node(2, 0, 256, 1, 2).node(7, 300, 256, 0).finish());
    assertThat(Counts.of(file)).contains("kinds 327\n", "nodes 301\n", "edges 5\n");
  }

  @Test
  void aGraphWithoutNodesIsOne() throws IOException {
    Bytes.write(file, RustcBytes.standard().finish());
    assertThat(Counts.of(file)).contains("nodes 0\n", "edges 0\n", "maxDegree 0\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.96.0 (abcdef012 2026-06-01)", "1.94.1 (e408947bf 2026-03-25)", "2.0"})
  void anotherVersionIsRefusedByName(String version) {
    Bytes.write(file, RustcBytes.of(version, 327).node(1, 0).finish());
    assertThatExceptionOfType(UnsupportedFormatException.class)
        .isThrownBy(() -> Counts.of(file))
        .withMessage("%s: a dependency graph of rustc %s is not supported", file, version);
  }

  @Test
  void anotherFormatOrFileIsRefused() throws IOException {
    byte[] graph = RustcBytes.standard().node(1, 0).finish();
    Bytes.writeFlipped(file, graph, 4, 2);
    assertThatExceptionOfType(UnsupportedFormatException.class)
        .isThrownBy(() -> Counts.of(file))
        .withMessageContaining("in format 2");
    Files.writeString(file, "no graph at all, and longer than a header");
    assertThatExceptionOfType(UnsupportedFormatException.class)
        .isThrownBy(() -> Counts.of(file))
        .withMessageContaining("no dependency graph of rustc");
  }

  @Test
  void aFileThatShrinksOrIsWrittenToMeanwhileIsNoGraph() throws IOException {
    RustcBytes graph = RustcBytes.standard();
    for (int i = 0; i < 20_000; i++) {
      graph.node(3, i);
    }
    byte[] bytes = graph.finish();
    Bytes.write(file, bytes);
    assertThatExceptionOfType(EOFException.class)
        .isThrownBy(() ->
            Counts.of(
                file,
                (index, _, _, _, _, _, _, _) -> {
                  if (index == 100) {
                    Bytes.write(file, Arrays.copyOf(bytes, bytes.length / 2));
                  }
                }));
    Bytes.write(file, bytes);
    assertThatExceptionOfType(FileChangedException.class)
        .isThrownBy(() ->
            Counts.of(
                file,
                (index, _, _, _, _, _, _, _) -> {
                  if (index == 19_999) {
                    Bytes.write(file, Arrays.copyOf(bytes, bytes.length + 1));
                  }
                }));
  }
}
