package dev.calotype.graph.rustc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.RustcBytes;
import dev.calotype.testing.RustcSamples;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a graph is said, with its place; on some of these rustc itself crashes. */
final class RustcGraphDamageTest {
  /** Where the first node of a handmade graph starts. */
  private static final int FIRST = 44;

  private static final int TOTALS = 24 + 13;

  private final Path file;

  RustcGraphDamageTest(@TempDir Path folder) {
    file = folder.resolve("dep-graph.bin");
  }

  @Test
  void noStartOfAGraphIsTakenForOne() {
    byte[] graph = handmade().finish();
    for (int size = 0; size < graph.length; size++) {
      Bytes.write(file, Arrays.copyOf(graph, size));
      assertThatExceptionOfType(MalformedImageException.class)
          .as("%d bytes", size)
          .isThrownBy(() -> Counts.of(file))
          .matches(e -> e.file().equals(file.toString()) && e.offset() <= graph.length);
    }
  }

  @Test
  void noStartOfASampleIsTakenForOne() throws IOException {
    RustcSamples.unpack("small", file);
    byte[] graph = Bytes.read(file);
    TreeSet<Integer> sizes = new TreeSet<>();
    for (int i = 0; i < 100; i++) {
      sizes.add(graph.length - 1 - i);
    }
    new SplittableRandom(1).ints(Tools.count(60, 20_000), 0, graph.length).forEach(sizes::add);
    for (int size : sizes) {
      Bytes.write(file, Arrays.copyOf(graph, size));
      assertThatExceptionOfType(MalformedImageException.class)
          .as("%d bytes", size)
          .isThrownBy(() -> Counts.of(file));
    }
  }

  /**
   * All but what has nothing to contradict: fingerprints, edges that still lead to another node,
   * the digest of options, the session, the compiler's revision.
   */
  @Test
  void everyFlippedBitIsFoundThatMakesTheFileContradictItself() throws IOException {
    RustcBytes handmade = handmade();
    byte[] graph = handmade.finish();
    boolean[] silent = new boolean[graph.length];
    handmade.fingerprints().forEach(part -> Arrays.fill(silent, part[0], part[1], true));
    Arrays.fill(silent, 7 + "1.95.".length(), FIRST, true);
    silent[graph.length - TOTALS - 1] = true;
    String counts = inGraph(Counts.of(file(graph)));
    for (int offset = 0; offset < graph.length; offset++) {
      for (int bit = Tools.count(offset % 8, 0); bit < 8; bit += Tools.count(8, 1)) {
        Bytes.writeFlipped(file, graph, offset, 1 << bit);
        String what = "bit %d of 0x%x".formatted(bit, offset);
        boolean toAnother = handmade.isEdge(offset) && (graph[offset] ^ 1 << bit) < 41;
        try {
          String found = inGraph(Counts.of(file));
          assertThat(silent[offset] || toAnother).as(what).isTrue();
          assertThat(found).as(what).isEqualTo(counts);
        } catch (MalformedImageException e) {
          assertThat(e.offset()).as(what).isBetween(0L, (long) graph.length);
        } catch (UnsupportedFormatException e) {
          assertThat(offset).as(what).isLessThan(7 + RustcBytes.VERSION.length());
        }
      }
    }
  }

  @Test
  void aSampleWithAFlippedByteIsCountedTheSameOrSaidToBeDamaged() throws IOException {
    RustcSamples.unpack("small", file);
    byte[] graph = Bytes.read(file);
    long nodes = nodes(graph);
    SplittableRandom random = new SplittableRandom(2);
    int found = 0;
    int flips = Tools.count(100, 100_000);
    for (int i = 0; i < flips; i++) {
      int offset = random.nextInt(FIRST, graph.length);
      Bytes.writeFlipped(file, graph, offset, random.nextInt(1, 256));
      try (RustcGraphFile open = RustcGraphFile.open(file)) {
        RustcCensus census = open.walk((_, _, _, _, _, _, _, _) -> {}, _ -> {});
        assertThat(LongStream.range(0, census.kinds()).map(k -> census.nodes((int) k)).sum())
            .isEqualTo(nodes);
      } catch (MalformedImageException e) {
        found++;
      }
    }
    // A record is 38 bytes, 32 of which are fingerprints.
    assertThat(found).isGreaterThan(flips / 8);
  }

  @Test
  void aPageOfZerosIsFoundWhereverItIs() throws IOException {
    RustcSamples.unpack("small", file);
    byte[] graph = Bytes.read(file);
    for (int page = 4096; page < graph.length - 4096; page += Tools.count(81_920, 4096)) {
      byte[] changed = graph.clone();
      Arrays.fill(changed, page, page + 4096, (byte) 0);
      assertThatExceptionOfType(MalformedImageException.class)
          .isThrownBy(() -> Counts.of(file(changed)))
          .satisfies(e -> assertThat(e.structure()).contains("node"));
    }
  }

  @Test
  void anEndMarkerThatIsGoneIsNamed() {
    byte[] graph = handmade().finish();
    assertDamaged(Arrays.copyOf(graph, graph.length - 1), "end marker", graph.length - 1 - 13);
  }

  @Test
  void aBadKindIsNamedWithItsNode() {
    byte[] none = handmade().finish();
    none[FIRST] = 0;
    none[FIRST + 1] &= ~1;
    assertDamaged(none, "kind of node 0", FIRST);
    byte[] unknown = handmade().finish();
    unknown[FIRST] = (byte) 0xff;
    unknown[FIRST + 1] |= 1;
    assertDamaged(unknown, "kind of node 0", FIRST);
    byte[] other = handmade().finish();
    other[FIRST]++;
    assertThatExceptionOfType(MalformedImageException.class)
        .isThrownBy(() -> Counts.of(file(other)))
        .satisfies(e -> assertThat(e.structure()).startsWith("node count of kind"));
  }

  @Test
  void anEdgeOutOfRangeIsNamedWithItsNode() {
    RustcBytes graph = RustcBytes.standard().node(5, 0).node(5, 1, 0).node(6, 2, 1, 3, 0);
    assertDamaged(graph.finish(), "edge 1 of node 2", FIRST + 3 * 38 + 1 + 1);
  }

  @Test
  void anEdgeToItselfIsNamed() {
    RustcBytes graph = RustcBytes.standard().node(5, 0).node(5, 1, 0, 1);
    assertDamaged(graph.finish(), "edge 1 of node 1", FIRST + 2 * 38 + 1);
  }

  @Test
  void anEdgeToAHoleIsNamed() {
    long[] many = LongStream.range(0, 40).toArray();
    RustcBytes graph = RustcBytes.standard();
    for (int i = 0; i < 40; i++) {
      graph.node(5, i);
    }
    graph.node(5, 50, many).node(5, 51, 50).node(5, 52, 50, 45);
    int before = FIRST + 40 * 38 + (38 + 1 + 40) + (38 + 1);
    assertDamaged(graph.finish(), "edge 1 of node 42", before + 38 + 1);
  }

  @Test
  void twoNodesOfOneIndexAreNamed() {
    RustcBytes graph = RustcBytes.standard().node(5, 0).node(5, 1).node(6, 1, 0).node(5, 3);
    assertDamaged(graph.finish(), "index of node 2", FIRST + 2 * 38 + 2);
  }

  @Test
  void edgesWiderThanRustcMakesThemAreNamed() {
    RustcBytes graph = RustcBytes.standard().node(5, 0).wide(5, 1, 2, 0);
    assertDamaged(graph.finish(), "edge width of node 1", FIRST + 38);
  }

  /** rustc itself is killed for want of memory by some of these. */
  @ParameterizedTest
  @CsvSource({
    "index count, 0, 9223372036854775807",
    "index count, 0, 4294967297",
    "index count, 0, 1000041",
    "index count, 0, 40",
    "index count, 0, 42",
    "index count, 0, -1",
    "node count, 1, 9223372036854775807",
    "node count, 1, -1",
    "node counts by kind, 1, 40",
    "edge count, 2, 9223372036854775807",
    "edge count, 2, -1",
    "edge count, 2, 51"
  })
  void aTotalThatCanNotBeIsNamedBeforeAnythingIsMadeOfThatSize(
      String structure, int which, long value) {
    long[] totals = {41, 41, 50};
    byte[] right = handmade().finish();
    assertThat(nodes(right)).isEqualTo(totals[1]);
    totals[which] = value;
    byte[] graph = handmade().finish(totals[0], totals[1], totals[2]);
    assertThatExceptionOfType(MalformedImageException.class)
        .isThrownBy(() -> Counts.of(file(graph)))
        .satisfies(e -> assertThat(e.structure()).isEqualTo(structure));
  }

  private static String inGraph(String counts) {
    return counts.replaceAll("(version|options|sessions|forwardEdges) .*\n", "");
  }

  private void assertDamaged(byte[] graph, String structure, long offset) {
    assertThatExceptionOfType(MalformedImageException.class)
        .isThrownBy(() -> Counts.of(file(graph)))
        .satisfies(e -> {
          assertThat(e.structure()).isEqualTo(structure);
          assertThat(e.offset()).isEqualTo(offset);
        });
  }

  private Path file(byte[] bytes) {
    Bytes.write(file, bytes);
    return file;
  }

  /** 41 nodes and 50 edges, with one list too long for its record and one forward edge. */
  private static RustcBytes handmade() {
    RustcBytes graph = RustcBytes.standard().node(200, 1, 0, 40).node(326, 0);
    for (int i = 2; i < 40; i++) {
      graph.node(1 + i * 3, i, i % 4 == 0 ? new long[] {i - 1} : new long[0]);
    }
    return graph.node(7, 40, LongStream.range(0, 39).toArray());
  }

  private static long nodes(byte[] graph) {
    long nodes = 0;
    for (int i = 7; i >= 0; i--) {
      nodes = nodes << 8 | Byte.toUnsignedLong(graph[graph.length - TOTALS + 8 + i]);
    }
    return nodes;
  }
}
