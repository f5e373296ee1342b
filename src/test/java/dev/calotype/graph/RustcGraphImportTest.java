package dev.calotype.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.calotype.Durability;
import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.graph.rustc.RustcGraphFile;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.RustcBytes;
import dev.calotype.testing.RustcSamples;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is imported is what rustc's file says, node by node. */
final class RustcGraphImportTest {
  private final Path folder;
  private final Path rustc;
  private final Path graph;

  RustcGraphImportTest(@TempDir Path folder) {
    this.folder = folder;
    rustc = folder.resolve("dep-graph.bin");
    graph = folder.resolve("graph");
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "threads4"})
  void eachNodeOfASampleIsThereAtItsIndex(String name) throws IOException {
    RustcSamples.unpack(name, rustc);
    assertSame(importIt());
  }

  @Test
  void nodesInAnyOrderAreEachAtTheirIndex() throws IOException {
    // So many ranges at once that not all can be kept until they are full.
    List<Integer> indices = new ArrayList<>(IntStream.range(0, 120_000).boxed().toList());
    indices.removeIf(index -> index % 7 == 3);
    Collections.shuffle(indices, new Random(1));
    int last = indices.getLast();
    RustcBytes bytes = RustcBytes.standard();
    for (int index : indices) {
      bytes.node(1 + index % 326, index, index == last ? indices.getFirst() : last);
    }
    Bytes.write(rustc, bytes.finish());
    assertSame(importIt());
  }

  @Test
  void nodesWithVeryManyEdgesKeepThemAll() throws IOException {
    RustcBytes bytes = RustcBytes.standard();
    for (int i = 0; i < 70_000; i++) {
      bytes.node(5, i);
    }
    for (int i = 0; i < 5; i++) {
      bytes.node(6, 70_000 + i, LongStream.range(i, 70_000).toArray());
    }
    Bytes.write(rustc, bytes.finish());
    GraphCensus census = importIt();
    assertThat(census.maxDegree()).isEqualTo(70_000);
    assertSame(census);
  }

  @Test
  void twoNodesOfOneKeyAreRefused() {
    byte[] bytes = RustcBytes.standard().node(5, 0).node(5, 1).node(5, 2, 0).finish();
    System.arraycopy(bytes, 44 + 6, bytes, 44 + 38 + 6, 16);
    Bytes.write(rustc, bytes);
    assertThatExceptionOfType(RefusedException.class).isThrownBy(this::importIt);
    assertThat(Bytes.names(folder))
        .noneMatch(name -> name.endsWith(".part"))
        .doesNotContain("graph");
  }

  @Test
  void aDamagedFileLeavesNothingBehind() {
    RustcSamples.unpack("small", rustc);
    byte[] bytes = Bytes.read(rustc);
    for (int at : new int[] {44, bytes.length / 2, bytes.length - 200}) {
      byte[] changed = bytes.clone();
      Arrays.fill(changed, at, at + 100, (byte) 0xff);
      Bytes.write(rustc, changed);
      assertThatExceptionOfType(MalformedImageException.class).isThrownBy(this::importIt);
      assertThat(Bytes.names(folder))
          .noneMatch(name -> name.endsWith(".part"))
          .doesNotContain("graph");
    }
  }

  @Test
  void aGraphThatIsThereOrInUseIsKept() throws IOException {
    RustcSamples.unpack("small", rustc);
    Files.writeString(graph, "precious");
    assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(this::importIt);
    assertThat(graph).hasContent("precious");
    Files.delete(graph);
    try (Session session = Session.open(graph, SessionOptions.standard())) {
      assertThatExceptionOfType(RefusedException.class).isThrownBy(this::importIt);
      session.node(1, 2, 3, 4, 5, new long[0], 0);
      session.commit();
    }
    assertThat(Files.size(graph)).isPositive();
  }

  @Test
  void aSessionGoesOnFromAnImportedGraph() throws IOException {
    RustcSamples.unpack("threads4", rustc);
    importIt();
    try (Session session = Session.open(graph, SessionOptions.standard())) {
      Graph before = session.previous().orElseThrow();
      long changed = before.find(before.kind(1000), before.keyHigh(1000), before.keyLow(1000));
      assertThat(changed).isEqualTo(1000);
      session.node(
          before.kind(1000), before.keyHigh(1000), before.keyLow(1000), 1, 2, new long[] {3}, 1);
      assertThat(session.colour(1000)).isEqualTo(Colour.RED);
      session.commit();
    }
    try (Arena arena = Arena.ofConfined();
        Graph after = Graph.open(graph, arena)) {
      assertThat(after.value(1000)).isEqualTo(new Fingerprint(1, 2));
      assertThat(after.nodes()).isEqualTo(56_175);
      assertThat(after.holes()).isEqualTo(453);
      assertThat(after.verify()).isEmpty();
    }
  }

  private GraphCensus importIt() throws IOException {
    try (RustcGraph from = RustcGraph.open(rustc)) {
      return from.importInto(graph, false, Durability.FAST, _ -> {});
    }
  }

  private void assertSame(GraphCensus counted) throws IOException {
    try (Arena arena = Arena.ofConfined();
        Graph ours = Graph.open(graph, arena);
        RustcGraphFile theirs = RustcGraphFile.open(rustc)) {
      assertThat(GraphCensus.of(ours, _ -> {})).isEqualTo(counted);
      assertThat(ours.verify()).isEmpty();
      long[] edges = new long[1 << 17];
      theirs.walk(
          (index, kind, keyHigh, keyLow, valueHigh, valueLow, targets, count) -> {
            boolean same =
                ours.find(kind, keyHigh, keyLow) == index
                    && ours.kind(index) == kind
                    && ours.keyHigh(index) == keyHigh
                    && ours.keyLow(index) == keyLow
                    && ours.valueHigh(index) == valueHigh
                    && ours.valueLow(index) == valueLow
                    && ours.edges(index, edges) == count
                    && Arrays.equals(edges, 0, count, targets, 0, count);
            assertThat(same).as("node %d", index).isTrue();
          },
          _ -> {});
    }
  }
}
