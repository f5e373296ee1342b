package dev.calotype.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Durability;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * More than 2³² edges, in a file with holes: nodes of 2²⁸ edges, nearly all to node 0, so that
 * their bytes are zeros, and small nodes behind them.
 */
class SparseGraphTest {
  private static final int HUGE = 33;
  private static final int SMALL = 100;
  private static final long SMALL_FIRST = (long) HUGE << Layout.BLOCK_BITS;
  private static final long EDGES = (long) HUGE * Layout.MOST_EDGES + SMALL;

  @TempDir Path folder;
  private Path path = Path.of("");

  @BeforeEach
  void make() throws IOException {
    path = folder.resolve("sparse.graph");
    long[] blocks = new long[HUGE];
    long end = writeHugeNodes(blocks);
    Directory directory = new Directory(Optional.empty());
    for (int i = 0; i < HUGE; i++) {
      directory.set(i, blocks[i]);
    }
    try (SegmentFile rest = SegmentFile.create(path, end)) {
      BlockEncoder encoder = new BlockEncoder();
      int size = encoder.encode(smallNodes(), 0, 0);
      directory.set(HUGE, rest.append(encoder.bytes(), size));
      long limit = SMALL_FIRST + SMALL;
      int nodes = HUGE + SMALL;
      IndexWriter index = new IndexWriter(path.toString(), nodes, limit, (a, b) -> a == b);
      IndexTable table = index.write(rest, SparseGraphTest::offer, _ -> {});
      Directory.Root root = directory.write(rest);
      rest.align();
      rest.flush();
      SegmentCommit.append(path, rest, record(rest.position(), root, table), Durability.FAST);
    }
  }

  @Test
  void queriesPastFourGibibytesOfEdgesAnswer() throws IOException {
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      assertThat(graph.edges()).isEqualTo(EDGES).isGreaterThan(2L << 32);
      assertThat(graph.bytes()).isGreaterThan(2L << 32);
      checkSmall(graph, SMALL);
      // The last of the huge ones.
      long huge = graph.find(3, 7, HUGE - 1);
      assertThat(huge).isEqualTo((HUGE - 1L) << Layout.BLOCK_BITS);
      assertThat(graph.edgeCount(huge)).isEqualTo(Layout.MOST_EDGES);
      assertThat(graph.edge(huge, 0)).isZero();
      assertThat(graph.edge(huge, Layout.MOST_EDGES - 1)).isEqualTo(HUGE - 1);
      assertThat(Blocks.block(graph.place(huge))).isGreaterThan(2L << 32);
    }
    assertIsSparse();
  }

  @Test
  void aSessionBehindThemAddsAndChangesNodes() throws IOException {
    SessionOptions fast = SessionOptions.standard().withDurability(Durability.FAST);
    try (Session session = Session.open(path, fast)) {
      long last = SMALL_FIRST + SMALL - 1;
      assertThat(session.node(4, 7, SMALL, 0, SMALL, new long[] {last}, 1)).isEqualTo(last + 1);
      session.node(4, 7, 1, 0, 1, new long[] {0, 256, last}, 3);
      session.commit();
    }
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      assertThat(graph.edges()).isEqualTo(EDGES + 3);
      assertThat(graph.edgeCount(SMALL_FIRST + 1)).isEqualTo(3);
      assertThat(graph.edge(SMALL_FIRST + 1, 1)).isEqualTo(256);
      checkSmall(graph, SMALL + 1);
    }
    assertIsSparse();
  }

  private static void checkSmall(Graph graph, int count) {
    for (int i = 0; i < count; i++) {
      long node = SMALL_FIRST + i;
      assertThat(graph.find(4, 7, i)).isEqualTo(node);
      assertThat(graph.valueLow(node)).isEqualTo(i);
      long last = graph.edge(node, graph.edgeCount(node) - 1);
      assertThat(last).isEqualTo(i == 1 && count > SMALL ? SMALL_FIRST + SMALL - 1 : target(i));
    }
    assertThat(graph.find(4, 7, count)).isEqualTo(Graph.NONE);
  }

  /** What a small node depends on: the one before, or the last huge one. */
  private static long target(int i) {
    return i == 0 ? (HUGE - 1L) << Layout.BLOCK_BITS : SMALL_FIRST + i - 1;
  }

  private void assertIsSparse() throws IOException {
    String blocks = Run.of(Tools.require("stat"), "-c", "%b", path.toString()).succeeded().out();
    assertThat(512 * Long.parseLong(blocks.strip())).isLessThan(1 << 21);
    assertThat(Files.size(path)).isGreaterThan(2L << 32);
  }

  /** Writes what is not zeros, says where the blocks are, and returns where they end. */
  private long writeHugeNodes(long[] blocks) throws IOException {
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      write(file, 0, FileHeader.encode(), Layout.FILE_HEADER_SIZE);
      long at = Layout.FILE_HEADER_SIZE;
      for (int i = 0; i < HUGE; i++) {
        Batch batch = new Batch();
        batch.start(i);
        batch.room(1)[batch.edgeCount++] = 0;
        batch.add(0, 3, 7, i, 0, i);
        BlockEncoder encoder = new BlockEncoder();
        int small = encoder.encode(batch, 0, 0);
        int head = small - 1 - Layout.BLOCK_PADDING;
        byte[] start = Arrays.copyOf(encoder.bytes(), head);
        long size = (long) head + Layout.MOST_EDGES + Layout.BLOCK_PADDING;
        ByteWriter out = new ByteWriter(start);
        out.at(Layout.BLOCK_SIZE).u32(size);
        out.at(Layout.BLOCK_EDGES).u64(Layout.MOST_EDGES);
        out.at(Layout.BLOCK_CELLS + 8).u64(Layout.MOST_EDGES);
        byte[] end = new byte[1 + Layout.BLOCK_PADDING];
        end[0] = (byte) i;
        if (i == HUGE - 1) { // The only one that is asked, and so the only one that is checked.
          out.at(Layout.BLOCK_CRC).u32(crc(start, end));
        }
        write(file, at, start, head);
        write(file, at + size - end.length, end, end.length);
        blocks[i] = at;
        at = Layout.align(at + size);
      }
      return at;
    }
  }

  private static int crc(byte[] start, byte[] end) {
    CRC32C crc = new CRC32C();
    crc.update(start, 4, start.length - 4);
    byte[] zeros = new byte[1 << 20];
    for (long left = Layout.MOST_EDGES - 1; left > 0; left -= zeros.length) {
      crc.update(zeros, 0, (int) Math.min(left, zeros.length));
    }
    crc.update(end);
    return (int) crc.getValue();
  }

  private static Batch smallNodes() {
    Batch batch = new Batch();
    batch.start(HUGE);
    for (int i = 0; i < SMALL; i++) {
      batch.room(1)[batch.edgeCount++] = target(i);
      batch.add(i, 4, 7, i, 0, i);
    }
    return batch;
  }

  /** The segment's checksum is left out: only {@link Graph#verify} reads all of it. */
  private static CommitRecord record(long offset, Directory.Root root, IndexTable table) {
    return new CommitRecord(
        offset,
        0,
        HUGE + SMALL,
        EDGES,
        SMALL_FIRST + SMALL,
        HUGE + 1,
        1,
        1,
        0,
        root.offset(),
        root.crc(),
        0,
        0,
        true,
        List.of(table));
  }

  private static void write(FileChannel file, long at, byte[] bytes, int length)
      throws IOException {
    file.write(ByteBuffer.wrap(bytes, 0, length), at);
  }

  private static void offer(IndexWriter to) {
    for (int i = 0; i < HUGE; i++) {
      to.take(KeyHash.of(3, 7, i), (long) i << Layout.BLOCK_BITS);
    }
    for (int i = 0; i < SMALL; i++) {
      to.take(KeyHash.of(4, 7, i), SMALL_FIRST + i);
    }
  }
}
