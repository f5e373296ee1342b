package dev.calotype.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small graphs, cut and changed everywhere: an answer, and never a wrong one. */
class GraphDamageTest {
  private static final SessionOptions FAST =
      SessionOptions.standard().withDurability(Durability.FAST);

  @TempDir Path folder;
  private Path path = Path.of("");
  private final GraphModel first = new GraphModel();
  private final GraphModel second = new GraphModel();

  /** Where the first segment ends. */
  private int firstEnd;

  private byte[] whole = {};

  @BeforeEach
  void twoSegments() throws IOException {
    path = folder.resolve("deps.graph");
    SplittableRandom random = new SplittableRandom(7);
    try (Session session = Session.open(path, FAST)) {
      for (int i = 0; i < 60; i++) {
        first.recordRandom(session, random, i, 5);
      }
      session.complete();
    }
    firstEnd = (int) Files.size(path);
    second.nodes.putAll(first.nodes);
    try (Session session = Session.open(path, FAST)) {
      for (int i = 60; i < 70; i++) {
        second.recordRandom(session, random, i, 5);
      }
      for (long node : new long[] {3, 17, 40}) {
        GraphModel.Node old = first.node(node);
        second.record(session, old.kind(), old.key(), new Fingerprint(8, 8), List.of(1L, 2L));
      }
      session.complete();
    }
    whole = Files.readAllBytes(path);
  }

  @Test
  void everyPrefixIsTheLastWholeSegmentOrAnError() throws IOException {
    for (int length = 0; length < whole.length; length += Tools.count(7, 1)) {
      Bytes.write(path, Arrays.copyOf(whole, length));
      if (length < firstEnd) {
        assertThatThrownBy(() -> Graph.open(path, Arena.ofAuto()))
            .as("%d bytes", length)
            .isInstanceOf(MalformedImageException.class);
        continue;
      }
      try (Arena arena = Arena.ofConfined();
          Graph graph = Graph.open(path, arena)) {
        if (length > firstEnd) {
          assertThat(graph.loss()).contains(new Loss(firstEnd, length - firstEnd));
        }
        assertThat(first.isSameAs(graph)).isTrue();
      }
    }
  }

  @Test
  void aWriterGoesOnFromTheLastWholeSegment() throws IOException {
    Bytes.write(path, Arrays.copyOf(whole, whole.length - 1));
    try (Session session = Session.open(path, FAST)) {
      assertThat(session.previous().orElseThrow().loss()).isPresent();
      first.recordRandom(session, new SplittableRandom(1), 1000, 3);
      session.commit();
    }
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      assertThat(graph.loss()).isEmpty();
      first.check(graph);
      assertThat(graph.verify()).isEmpty();
    }
  }

  @Test
  void everyFlippedByteIsFoundOrChangesNoAnswer() throws IOException {
    for (int at = 0; at < whole.length; at += Tools.count(5, 1)) {
      Bytes.writeFlipped(path, whole, at, 1 << (at % 8));
      int offset = at;
      String verdict = verdict();
      assertThat(verdict).as("byte 0x%x", offset).isIn("damaged", "older");
      // Asking, without verifying first: right answers or none.
      String asked = ask();
      assertThat(asked).as("byte 0x%x", offset).isIn("malformed", "first", "second");
      assertThat(verdict.equals("damaged") || asked.equals("first")).isTrue();
    }
  }

  @Test
  void whatRustcSwallowsOrDiesOfIsAnAnswerHere() throws IOException {
    int block = findBlock();
    int cells = block + Layout.BLOCK_CELLS;
    ByteBuffer bytes = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
    int values = block + bytes.getInt(block + Layout.BLOCK_VALUES_AT);
    int kinds = block + bytes.getInt(block + Layout.BLOCK_KINDS_AT);
    int edges = block + bytes.getInt(block + Layout.BLOCK_EDGES_AT);
    damaged("a value's fingerprint", copy -> copy[values] ^= 1);
    damaged("a kind", copy -> copy[kinds] ^= 1);
    damaged("edges led to node 5", copy -> Arrays.fill(copy, edges, edges + 20, (byte) 5));
    damaged("an edge out of range", copy -> Arrays.fill(copy, edges, edges + 20, (byte) -1));
    damaged("the number of nodes", copy -> copy[block + Layout.BLOCK_COUNT] ^= 64);
    damaged("a cell", copy -> copy[cells + 3] ^= 64);
    damaged("a page of zeros", copy -> Arrays.fill(copy, 64, 4096, (byte) 0));
  }

  @Test
  void liesUnderRightChecksumsAreAnswersToo() throws IOException {
    int block = findBlock();
    int size = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getInt(block + 4);
    SplittableRandom random = new SplittableRandom(11);
    int[] evil = {0, 1, 2, 64, 255, 256, 0xffff, -1, Integer.MAX_VALUE, Integer.MIN_VALUE};
    int malformed = 0;
    for (int round = 0; round < Tools.count(4, 100); round++) {
      for (int at = block + 4; at + 4 <= block + size; at += 4) {
        byte[] copy = whole.clone();
        ByteBuffer bytes = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
        int value = evil[random.nextInt(evil.length)];
        bytes.putInt(at, random.nextBoolean() ? value : bytes.getInt(at) ^ value);
        new ByteWriter(copy).at(block).u32(Layout.crc(copy, block + 4, size - 4));
        Bytes.write(path, copy);
        String asked = ask();
        assertThat(asked).isIn("malformed", "wrong", "none", "second");
        malformed += asked.equals("malformed") ? 1 : 0;
      }
    }
    assertThat(malformed).isPositive();
  }

  @Test
  void aRecordThatLiesUnderARightChecksumIsNone() throws IOException {
    int record = whole.length - CommitRecord.SIZE;
    long[] evil = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40, 1L << 33, 4096};
    for (int at = record + 8; at + 8 <= whole.length; at += 8) {
      for (long value : evil) {
        byte[] copy = whole.clone();
        new ByteWriter(copy).at(at).u64(value);
        new ByteWriter(copy).at(record + 120).u32(0);
        byte[] own = Arrays.copyOfRange(copy, record, copy.length);
        new ByteWriter(copy).at(record + 120).u32(Layout.crc(own, 0, own.length));
        Bytes.write(path, copy);
        assertThat(ask()).isIn("malformed", "wrong", "none", "first", "second");
        assertThat(verdict()).isIn("damaged", "older", "whole");
      }
    }
  }

  @Test
  void otherFilesAreToldFromGraphs() throws IOException {
    Files.writeString(path, "something else entirely");
    assertThatThrownBy(() -> Graph.open(path, Arena.ofAuto()))
        .isInstanceOf(UnsupportedFormatException.class)
        .hasMessageContaining("a file that is no graph");
    byte[] later = whole.clone();
    new ByteWriter(later).at(8).u16(2);
    new ByteWriter(later).at(60).u32(Layout.crc(later, 0, 60));
    Bytes.write(path, later);
    assertThatThrownBy(() -> Graph.open(path, Arena.ofAuto()))
        .isInstanceOfSatisfying(
            UnsupportedFormatException.class,
            e -> assertThat(e.kind()).isEqualTo(UnsupportedFormatException.Kind.TOO_NEW));
  }

  private void damaged(String what, Consumer<byte[]> change) throws IOException {
    byte[] copy = whole.clone();
    change.accept(copy);
    Bytes.write(path, copy);
    assertThat(ask()).as(what).isEqualTo("malformed");
    assertThat(verdict()).as(what).isEqualTo("damaged");
  }

  /** The first block of the first segment. */
  private static int findBlock() {
    return Layout.FILE_HEADER_SIZE;
  }

  private String verdict() throws IOException {
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      boolean whole = graph.verify().isEmpty();
      return !whole ? "damaged" : graph.loss().isPresent() ? "older" : "whole";
    } catch (MalformedImageException | UnsupportedFormatException e) {
      return "damaged";
    }
  }

  /** Asks everything: which of the two graphs it is, or that something is malformed. */
  private String ask() throws IOException {
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      if (first.isSameAs(graph)) {
        return "first";
      }
      return second.isSameAs(graph) ? "second" : "wrong";
    } catch (MalformedImageException | UnsupportedFormatException e) {
      return "malformed";
    } catch (NoSuchElementException e) {
      return "none";
    }
  }
}
