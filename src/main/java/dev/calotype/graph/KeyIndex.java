package dev.calotype.graph;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.Endian;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** Looks keys up in one table: which nodes may have them. */
final class KeyIndex {
  private static final long UNSEEN = -2;
  private static final long TOP_BITS = 0x8000_0000_8000_0000L;
  private static final long ONES = 0x0000_0001_0000_0001L;

  private final MemorySegment bytes;
  private final IndexTable table;
  private final BlockCheck check;
  private final SeenBits seen;
  private final SeenBlocks blocks;
  private final long start;
  private final long buckets;
  private final long homes;
  private final int nodeBits;
  private final boolean narrow;

  /** The bits of a slot that are the index; those of two narrow slots that are the tag. */
  private final long nodeMask;

  private final long tagMask;

  /**
   * For a table of a graph.
   *
   * @param blocks the graph's blocks that have been verified
   */
  KeyIndex(MemorySegment bytes, IndexTable table, BlockCheck check, SeenBlocks blocks) {
    this.bytes = bytes;
    this.table = table;
    this.check = check;
    this.blocks = blocks;
    this.seen = new SeenBits(table.pages());
    this.start = table.offset();
    this.buckets = table.buckets();
    this.homes = table.homes();
    this.nodeBits = table.nodeBits();
    this.narrow = table.isNarrow();
    this.nodeMask = (1L << nodeBits) - 1;
    this.tagMask = ~(nodeMask | nodeMask << 32);
  }

  IndexTable table() {
    return table;
  }

  /** Verifies all of the table's pages and says which are damaged. */
  void verify(Consumer<MalformedImageException> damage) {
    for (long page = 0; page < table.pages(); page++) {
      try {
        check.page(table, page);
      } catch (MalformedImageException e) {
        damage.accept(e);
      }
    }
  }

  /** Offers all keys to another table. */
  void offer(Graph graph, IndexWriter to) {
    int bytes = IndexTable.slotBytes(nodeBits);
    for (long bucket = 0; bucket < buckets; bucket++) {
      verify(bucket);
      for (int i = 0; i < Layout.BUCKET; i += bytes) {
        long at = start + bucket * Layout.BUCKET + i;
        long slot = narrow ? Endian.u32(this.bytes, at, true) : Endian.u64(this.bytes, at, true);
        if (slot != table.empty()) {
          long node = slot & nodeMask;
          to.take(KeyHash.of(graph.kind(node), graph.keyHigh(node), graph.keyLow(node)), node);
        }
      }
    }
  }

  private void verify(long bucket) {
    long page = bucket >>> 6;
    if (!seen.has(page)) {
      check.page(table, page);
      seen.add(page);
    }
  }

  /** The node with that key in {@code graph}, or {@link Graph#NONE}. */
  long find(Graph graph, long hash, int kind, long high, long low) {
    long found = narrow ? findSeen(hash, kind, high, low) : UNSEEN;
    return found != UNSEEN ? found : search(graph, hash, kind, high, low);
  }

  /**
   * The same for what has been verified, else {@link #UNSEEN}. Verifying is not called from here,
   * so that this is compiled as one piece, and short: the fewer instructions, the more lookups the
   * processor has under way while it waits for memory. Which slot it is can't be predicted, but
   * looking at all of them without a branch is three times as many.
   */
  private long findSeen(long hash, int kind, long high, long low) {
    // One object to read through, so that what it checks is checked once; and of a slice whose size
    // is constant no read at a constant is checked.
    MemorySegment bytes = this.bytes;
    int tag = (int) (hash << nodeBits);
    int mask = (int) tagMask;
    for (long bucket = KeyHash.bucket(hash, homes); bucket < buckets; bucket++) {
      if (!seen.has(bucket >>> 6)) {
        return UNSEEN;
      }
      MemorySegment slots = bytes.asSlice(start + bucket * Layout.BUCKET, Layout.BUCKET);
      for (int at = 0; at < Layout.BUCKET; at += 4) {
        int slot = (int) Endian.u32(slots, at, true);
        if (((slot ^ tag) & mask) != 0) {
          continue;
        }
        long node = slot & nodeMask;
        long top = blocks.entryOrNone(node >>> Layout.BLOCK_BITS);
        if (top == 0) {
          return UNSEEN;
        }
        long block = SeenBlocks.block(top);
        if (SeenBlocks.isFull(top)
            ? Blocks.hasKeyInFull(bytes, block, (int) node & 0xff, kind, high, low)
            : Blocks.hasKeyInSome(bytes, block, node, kind, high, low)) {
          return node;
        }
      }
      // Slots are filled from the first, so the last is empty if any is.
      if ((int) Endian.u32(slots, Layout.BUCKET - 4, true) == -1) {
        return Graph.NONE;
      }
    }
    return Graph.NONE;
  }

  /** The first node in its bucket that may have the key, by what has been verified; or none. */
  long candidate(long hash) {
    long bucket = KeyHash.bucket(hash, homes);
    if (!narrow || !seen.has(bucket >>> 6)) {
      return Graph.NONE;
    }
    long tag = hash << nodeBits & 0xffff_ffffL;
    MemorySegment slots = bytes.asSlice(start + bucket * Layout.BUCKET, Layout.BUCKET);
    long matches = matches(slots, tag | tag << 32);
    return matches == 0 ? Graph.NONE : Endian.u32(slots, 4L * slot(matches), true) & nodeMask;
  }

  private long search(Graph graph, long hash, int kind, long high, long low) {
    int size = IndexTable.slotBytes(nodeBits);
    long tag = narrow ? hash << nodeBits & 0xffff_ffffL : hash << nodeBits;
    for (long bucket = KeyHash.bucket(hash, homes); bucket < buckets; bucket++) {
      verify(bucket);
      long at = start + bucket * Layout.BUCKET;
      for (int i = 0; i < Layout.BUCKET; i += size) {
        long slot = narrow ? Endian.u32(bytes, at + i, true) : Endian.u64(bytes, at + i, true);
        if (slot == table.empty()) {
          return Graph.NONE;
        }
        long node = slot & nodeMask;
        if ((slot ^ tag) >>> nodeBits == 0 && graph.hasKey(node, kind, high, low)) {
          return node;
        }
      }
    }
    return Graph.NONE;
  }

  /**
   * Which slots of a bucket have that tag: of those with even numbers in bits 24 to 31, the others
   * in 56 to 63. All are looked at without a branch: which one it is can't be predicted, and a
   * wrong guess would end the reads that the processor has begun for the lookups to come.
   */
  private long matches(MemorySegment slots, long tags) {
    long mask = tagMask;
    return same(slots, 0, tags, mask) >>> 7
        | same(slots, 8, tags, mask) >>> 6
        | same(slots, 16, tags, mask) >>> 5
        | same(slots, 24, tags, mask) >>> 4
        | same(slots, 32, tags, mask) >>> 3
        | same(slots, 40, tags, mask) >>> 2
        | same(slots, 48, tags, mask) >>> 1
        | same(slots, 56, tags, mask);
  }

  /** The top bit of each of two slots that has the tag. */
  private static long same(MemorySegment slots, int at, long tags, long mask) {
    long other = (Endian.u64(slots, at, true) ^ tags) & mask;
    // The lower one borrows from the upper only if it is zero, and then the upper is not one: the
    // tag does not reach down so far.
    return (other - ONES) & ~other & TOP_BITS;
  }

  /** The number of the first of some slots. */
  private static int slot(long matches) {
    int bit = Long.numberOfTrailingZeros(matches);
    return (bit & 7) << 1 | bit >>> 5;
  }
}
