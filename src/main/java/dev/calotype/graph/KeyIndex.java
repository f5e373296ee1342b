package dev.calotype.graph;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.Endian;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** Looks keys up in one table: which nodes may have them. */
final class KeyIndex {
  /** The bucket is full of others: look into the next. */
  private static final long GO_ON = -2;

  private final MemorySegment bytes;
  private final IndexTable table;
  private final BlockCheck check;
  private final SeenBits seen;
  private final long start;
  private final long buckets;
  private final long homes;
  private final int nodeBits;
  private final boolean narrow;

  KeyIndex(MemorySegment bytes, IndexTable table, BlockCheck check) {
    this.bytes = bytes;
    this.table = table;
    this.check = check;
    this.seen = new SeenBits(table.pages());
    this.start = table.offset();
    this.buckets = table.buckets();
    this.homes = table.homes();
    this.nodeBits = table.nodeBits();
    this.narrow = table.isNarrow();
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
          long node = slot & (1L << nodeBits) - 1;
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
    long bucket = KeyHash.bucket(hash, homes);
    for (; bucket < buckets; bucket++) {
      verify(bucket);
      long at = start + bucket * Layout.BUCKET;
      long found =
          narrow
              ? narrow(graph, at, hash, kind, high, low)
              : wide(graph, at, hash, kind, high, low);
      if (found != GO_ON) {
        return found;
      }
    }
    return Graph.NONE;
  }

  private long narrow(Graph graph, long at, long hash, int kind, long high, long low) {
    int tag = (int) hash << nodeBits;
    for (int i = 0; i < Layout.BUCKET; i += 4) {
      int slot = (int) Endian.u32(bytes, at + i, true);
      if (slot == -1) {
        return Graph.NONE;
      }
      if ((slot ^ tag) >>> nodeBits == 0) {
        long node = slot & (1 << nodeBits) - 1;
        if (graph.hasKey(node, kind, high, low)) {
          return node;
        }
      }
    }
    return GO_ON;
  }

  private long wide(Graph graph, long at, long hash, int kind, long high, long low) {
    long tag = hash << nodeBits;
    for (int i = 0; i < Layout.BUCKET; i += 8) {
      long slot = Endian.u64(bytes, at + i, true);
      if (slot == -1) {
        return Graph.NONE;
      }
      if ((slot ^ tag) >>> nodeBits == 0) {
        long node = slot & (1L << nodeBits) - 1;
        if (graph.hasKey(node, kind, high, low)) {
          return node;
        }
      }
    }
    return GO_ON;
  }
}
