package dev.calotype.graph;

import dev.calotype.RefusedException;
import dev.calotype.bytes.Endian;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Makes the segment of one commit: blocks of new nodes as they come, then, when it is finished,
 * blocks of updated ones, the directory, the index and the record. Used by one thread at a time.
 */
final class SegmentBuilder implements AutoCloseable {
  private final Path path;
  private final Optional<Graph> previous;
  private final SegmentFile out;
  private final Directory directory;
  private final BlockEncoder encoder = new BlockEncoder();
  private final OpenTargets targets;

  /** Of blocks that were there before this segment. */
  private final BlockMerge merge;

  /** Depths of the blocks of this segment that others may be put on. */
  private final Map<Long, Integer> depths = new HashMap<>();

  private boolean trusted;
  private Optional<IndexWriter> fed = Optional.empty();
  private LongConsumer indexProgress = _ -> {};

  /** Blocks with new nodes, and the slot of the first of these. */
  private long[] blocks = new long[64];

  private int blockCount;
  private long newNodes;
  private long nodes;
  private long edges;
  private long limit;
  private long deadBytes;

  SegmentBuilder(Path path, Optional<Graph> previous) throws IOException {
    this.path = path;
    this.previous = previous;
    this.directory = new Directory(previous);
    this.targets = new OpenTargets(previous);
    this.out = SegmentFile.create(path, previous.map(Graph::bytes).orElse(0L));
    this.merge =
        new BlockMerge(new PendingNodes(previous, directory, MemorySegment.NULL, out.start()));
    previous.ifPresent(graph -> {
      nodes = graph.nodes();
      edges = graph.edges();
      limit = graph.limit();
      deadBytes = graph.deadBytes();
    });
  }

  SegmentFile file() {
    return out;
  }

  Optional<Graph> previous() {
    return previous;
  }

  /** Whether nothing was added. */
  boolean isEmpty() {
    return blockCount == 0;
  }

  /** Says that every edge leads to a node that is added: nobody has to look. */
  void trustTargets() {
    trusted = true;
  }

  /**
   * Makes the index while nodes are added. That saves reading their keys again, but takes knowing
   * before how many there will be.
   *
   * @param count how many nodes, from 0 to {@code count} − 1, all of them new
   * @param progress is told how many more of them are in the index
   */
  void feedIndex(long count, IndexWriter.Nodes same, LongConsumer progress) {
    indexProgress = progress;
    fed = Optional.of(new IndexWriter(path.toString(), count, count, same));
  }

  /** Writes a block of new nodes. */
  void add(Batch batch) throws IOException {
    long base = directory.block(batch.range);
    int depth = 0;
    Batch merged = batch;
    if (base >= out.start() && base != 0) {
      depth = depths.getOrDefault(batch.range, 0) + 1;
    } else if (base != 0) {
      merged = merge.merge(batch, base);
      base = merge.base();
      depth = merge.depth();
    }
    int lastSlot = batch.slots[batch.count - 1];
    if (depth > 0 || lastSlot < Layout.BLOCK_NODES - 1) {
      depths.put(batch.range, depth);
    }
    long block = write(merged, base, depth);
    if (blockCount == blocks.length) {
      blocks = Arrays.copyOf(blocks, 2 * blockCount);
    }
    blocks[blockCount++] = Blocks.place(block, batch.slots[0]);
    fed.ifPresent(index -> feed(batch, index));
    newNodes += batch.count;
    nodes += batch.count;
    edges += batch.edgeCount;
    limit = Math.max(limit, (batch.range << Layout.BLOCK_BITS) + lastSlot + 1);
  }

  /**
   * Writes what is left, up to the record, which it only makes.
   *
   * @param updates nodes of the graph before that were recorded again
   * @param ages writes the record of ages
   * @param facts what else the record says
   */
  CommitRecord finish(UpdateLog updates, Ages ages, Facts facts) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      out.flush();
      MemorySegment written = out.map(arena);
      PendingNodes pending = new PendingNodes(previous, directory, written, out.start());
      if (updates.count() > 0) {
        update(updates.map(arena), pending);
        out.flush();
        written = out.map(arena);
        pending = new PendingNodes(previous, directory, written, out.start());
      }
      requireTargets(pending, written);
      long liveness = ages.write(out);
      List<IndexTable> tables = index(pending, written);
      Directory.Root root = directory.write(out);
      deadBytes += root.dead() + merge.deadBytes();
      if (previous.isPresent()) {
        deadBytes += CommitRecord.SIZE;
      }
      out.align();
      int crc = out.crc();
      return new CommitRecord(
          out.position(),
          out.start(),
          nodes,
          edges,
          limit,
          directory.ranges(),
          facts.sessions(),
          facts.completed(),
          Math.min(deadBytes, out.position()),
          root.offset(),
          root.crc(),
          liveness,
          crc,
          facts.isFast(),
          tables);
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  private static void feed(Batch batch, IndexWriter index) {
    long first = batch.range << Layout.BLOCK_BITS;
    for (int i = 0; i < batch.count; i++) {
      long hash = KeyHash.of(batch.kinds[i], batch.keys[2 * i], batch.keys[2 * i + 1]);
      index.feed(hash, first + batch.slots[i]);
    }
  }

  private long write(Batch batch, long base, int depth) throws IOException {
    if (depth > Layout.MOST_DEPTH) {
      throw new RefusedException(path.toString(), "too many changes of the same nodes: compact it");
    }
    int size = encoder.encode(batch, base, depth);
    if (!trusted) {
      targets.add(batch);
    }
    long block = out.append(encoder.bytes(), size);
    directory.set(batch.range, block);
    return block;
  }

  /** So far the segment has blocks, and a file's first one the header. */
  private void requireTargets(PendingNodes pending, MemorySegment written) {
    long missing = targets.missing(pending);
    if (missing != Graph.NONE) {
      long header = out.start() == 0 ? Layout.FILE_HEADER_SIZE : 0;
      throw new RefusedException(
          path.toString(),
          "node %d depends on node %d, which nobody recorded"
              .formatted(OpenTargets.source(written.asSlice(header), missing), missing));
    }
  }

  private void update(MemorySegment log, PendingNodes pending) throws IOException {
    BlockUpdates updates = new BlockUpdates(log, pending, directory);
    updates.forEach(this::write);
    edges += updates.moreEdges();
    deadBytes += updates.deadBytes();
  }

  private List<IndexTable> index(PendingNodes pending, MemorySegment written) throws IOException {
    List<KeyIndex> old = previous.map(Graph::index).orElse(List.of());
    if (newNodes == 0) {
      return old.stream().map(KeyIndex::table).toList();
    }
    // A table takes in those before it that are no larger: so there are few, and a key is moved
    // seldom.
    int kept = old.size();
    long entries = newNodes;
    while (kept > 0
        && (old.get(kept - 1).table().entries() <= entries || kept >= Layout.MOST_TABLES)) {
      kept--;
      entries += old.get(kept).table().entries();
      deadBytes += old.get(kept).table().bytes();
    }
    List<KeyIndex> absorbed = old.subList(kept, old.size());
    List<IndexTable> tables = new ArrayList<>();
    old.subList(0, kept).forEach(table -> tables.add(table.table()));
    long all = entries;
    IndexWriter writer =
        fed.orElseGet(() -> new IndexWriter(path.toString(), all, limit, pending::sameKey));
    tables.add(writer.write(out, new Keys(written, absorbed), indexProgress));
    return tables;
  }

  /** The keys of the new nodes and of tables that are taken in. */
  private final class Keys implements IndexWriter.Keys {
    private final MemorySegment written;
    private final List<KeyIndex> absorbed;
    private final long[] hashes = new long[Layout.BLOCK_NODES];
    private final long[] nodes = new long[Layout.BLOCK_NODES];

    Keys(MemorySegment written, List<KeyIndex> absorbed) {
      this.written = written;
      this.absorbed = absorbed;
    }

    @Override
    public void offer(IndexWriter to) {
      for (KeyIndex table : absorbed) {
        table.offer(previous.orElseThrow(), to);
      }
      for (int i = 0; i < blockCount; i++) {
        offer(Blocks.block(blocks[i]) - out.start(), Blocks.ordinal(blocks[i]), to);
      }
    }

    private void offer(long block, int firstSlot, IndexWriter to) {
      long first = Endian.u64(written, block + Layout.BLOCK_FIRST, true);
      int count = 0;
      int ordinal = 0;
      for (int word = 0; word < 4; word++) {
        long bits = Endian.u64(written, block + Layout.BLOCK_BITMAP + 8L * word, true);
        for (; bits != 0; bits &= bits - 1) {
          int slot = 64 * word + Long.numberOfTrailingZeros(bits);
          long cell = Blocks.cell(written, block, ordinal++);
          if (slot < firstSlot) {
            continue; // Copied from a block of before, and in the index since then.
          }
          hashes[count] =
              KeyHash.of(
                  Blocks.kind(written, block, cell),
                  Blocks.keyHigh(written, block, cell),
                  Blocks.keyLow(written, block, cell));
          nodes[count++] = first + slot;
        }
      }
      for (int i = 0; i < count; i++) {
        to.take(hashes[i], nodes[i]);
      }
    }
  }

  /** Writes the newest record of ages. */
  interface Ages {
    /** Writes it, if it changes, and says where it is, 0 if there is none. */
    long write(SegmentFile out) throws IOException;
  }

  /**
   * What a record says besides what was recorded.
   *
   * @param sessions sessions so far, this one included
   * @param completed complete ones
   * @param isFast whether nothing is synced
   */
  record Facts(long sessions, long completed, boolean isFast) {}
}
