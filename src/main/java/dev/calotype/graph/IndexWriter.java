package dev.calotype.graph;

import dev.calotype.RefusedException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Makes an index table, some of its buckets at a time: as many passes over the keys as the table
 * has windows. Keys that are taken before it is written are the first pass. Heap: one window of 16
 * MiB, three and a half million nodes, and 400 KiB.
 */
final class IndexWriter {
  private static final int WINDOW_BUCKETS = 1 << 18;
  private static final VarHandle U32 = handle(int[].class);
  private static final VarHandle U64 = handle(long[].class);

  /** Buckets that the processor's second cache holds: 256 KiB of them. */
  private static final int PART_BITS = 12;

  /** Keys that wait for each part. */
  private static final int WAITING = 512;

  /** More nodes that want one bucket than chance brings: keys made to collide. */
  private static final int MOST_BUCKETS = 1 << 10;

  /** Goes through all keys that the table is for, the same way each time. */
  interface Keys {
    /** Offers each key to the table. */
    void offer(IndexWriter to) throws IOException;
  }

  /** Knows the nodes that are offered. */
  interface Nodes {
    /** Whether two have the same kind and key. */
    boolean sameKey(long a, long b);
  }

  private final String file;
  private final long entries;
  private final long buckets;
  private final long homes;
  private final int nodeBits;
  private final boolean narrow;
  private final Nodes nodes;
  private final byte[] window;

  /** Keys come in no order. So they wait, to go into one part of the window after the other. */
  private final long[] waitingSlots;

  private final int[] waitingBuckets;
  private final int[] waiting;

  @SuppressWarnings("UnusedVariable") // Written, so that the reads are done.
  private int touched;

  private long[] carried = new long[16];
  private int carriedCount;
  private long first;
  private int size;

  private boolean fed;

  /**
   * Begins a table.
   *
   * @param entries how many keys there will be
   * @param limit the largest index and one
   */
  IndexWriter(String file, long entries, long limit, Nodes nodes) {
    this.file = file;
    this.entries = entries;
    this.nodes = nodes;
    this.nodeBits = IndexTable.bitsFor(limit);
    IndexTable table = table(0);
    this.buckets = table.buckets();
    this.homes = table.homes();
    this.narrow = table.isNarrow();
    int most = (int) Math.min(buckets, WINDOW_BUCKETS);
    this.window = new byte[most * Layout.BUCKET];
    this.waiting = new int[((most - 1) >>> PART_BITS) + 1];
    this.waitingSlots = new long[waiting.length * WAITING];
    this.waitingBuckets = new int[waiting.length * WAITING];
    start(0);
  }

  /** Takes a key before the table is written. Either all keys are taken so, or none. */
  void feed(long hash, long node) {
    fed = true;
    take(hash, node);
  }

  /** Takes a key if it belongs into the current window. */
  void take(long hash, long node) {
    long bucket = KeyHash.bucket(hash, homes) - first;
    if (bucket >= 0 && bucket < size) {
      long tag = narrow ? hash << nodeBits & 0xffff_ffffL : hash << nodeBits;
      int part = (int) bucket >>> PART_BITS;
      int at = part * WAITING + waiting[part]++;
      waitingSlots[at] = tag | node;
      waitingBuckets[at] = (int) bucket;
      if (waiting[part] == WAITING) {
        putWaiting(part);
      }
    }
  }

  private void putWaiting(int part) {
    int end = part * WAITING + waiting[part];
    // Reads that don't wait for each other bring the buckets near, all at a time.
    int sum = 0;
    for (int at = part * WAITING; at < end; at++) {
      int bucket = waitingBuckets[at] * Layout.BUCKET;
      sum += window[bucket] + window[bucket + Layout.BUCKET - 1];
    }
    touched = sum;
    for (int at = part * WAITING; at < end; at++) {
      put(waitingBuckets[at], waitingSlots[at]);
    }
    waiting[part] = 0;
  }

  /**
   * Writes the table.
   *
   * @param keys offers the keys again, as often as needed
   * @param progress is told how many more keys are in the file
   * @throws RefusedException if two nodes have the same kind and key
   */
  IndexTable write(SegmentFile out, Keys keys, LongConsumer progress) throws IOException {
    out.align();
    IndexTable table = table(out.position());
    byte[] sums = new byte[Math.toIntExact(4 * table.pages())];
    int page = 0;
    while (true) {
      if (first > 0 || !fed) {
        keys.offer(this);
      }
      for (int part = 0; part < waiting.length; part++) {
        putWaiting(part);
      }
      int bytes = size * Layout.BUCKET;
      out.write(window, bytes);
      for (int at = 0; at < bytes; at += Layout.PAGE) {
        U32.set(sums, 4 * page, Layout.crc(window, at, Math.min(Layout.PAGE, bytes - at)));
        page++;
      }
      progress.accept(entries * size / buckets);
      if (first + size == buckets) {
        break;
      }
      start(first + size);
    }
    if (carriedCount > 0) {
      throw crowded();
    }
    out.write(sums, sums.length);
    return table;
  }

  /** Starts a window, with what the one before had no room for. */
  private void start(long bucket) {
    first = bucket;
    size = (int) Math.min(WINDOW_BUCKETS, buckets - first);
    Arrays.fill(window, (byte) 0xff);
    int again = carriedCount;
    carriedCount = 0;
    for (int i = 0; i < again; i++) {
      put(0, carried[i]);
    }
  }

  private IndexTable table(long offset) {
    return new IndexTable(offset, entries, IndexTable.bucketsFor(entries, nodeBits), nodeBits);
  }

  private void put(int from, long slot) {
    int bytes = IndexTable.slotBytes(nodeBits);
    int end = size * Layout.BUCKET;
    int start = from * Layout.BUCKET;
    long empty = narrow ? 0xffff_ffffL : -1;
    for (int at = start; at < end; at += bytes) {
      long there =
          bytes == 4 ? (int) U32.get(window, at) & 0xffff_ffffL : (long) U64.get(window, at);
      if (there == empty) {
        if (bytes == 4) {
          U32.set(window, at, (int) slot);
        } else {
          U64.set(window, at, slot);
        }
        return;
      }
      if ((there ^ slot) >>> nodeBits == 0) {
        refuseSame(there, slot);
      }
      if (at - start > MOST_BUCKETS * Layout.BUCKET) {
        throw crowded();
      }
    }
    if (carriedCount == carried.length) {
      carried = Arrays.copyOf(carried, 2 * carriedCount);
    }
    carried[carriedCount++] = slot;
  }

  private void refuseSame(long a, long b) {
    long mask = (1L << nodeBits) - 1;
    if (nodes.sameKey(a & mask, b & mask)) {
      throw new RefusedException(
          file, "nodes %d and %d have the same kind and key".formatted(a & mask, b & mask));
    }
  }

  private RefusedException crowded() {
    return new RefusedException(file, "too many keys have the same hash");
  }

  private static VarHandle handle(Class<?> view) {
    return MethodHandles.byteArrayViewVarHandle(view, ByteOrder.LITTLE_ENDIAN);
  }
}
