package dev.calotype.graph;

import dev.calotype.RefusedException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Writes an index table, some of its buckets at a time: as many passes over the keys as the table
 * has windows. Heap: one window of 16 MiB, three and a half million nodes, and 400 KiB.
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

    /** Whether two nodes have the same kind and key. */
    boolean same(long a, long b);
  }

  private final String file;
  private final IndexTable table;
  private final Keys keys;
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

  private IndexWriter(String file, IndexTable table, Keys keys) {
    this.file = file;
    this.table = table;
    this.keys = keys;
    int most = (int) Math.min(table.buckets(), WINDOW_BUCKETS);
    this.window = new byte[most * Layout.BUCKET];
    this.waiting = new int[((most - 1) >>> PART_BITS) + 1];
    this.waitingSlots = new long[waiting.length * WAITING];
    this.waitingBuckets = new int[waiting.length * WAITING];
  }

  /**
   * Writes a table.
   *
   * @param entries how many keys there are
   * @param limit the largest index and one
   * @throws RefusedException if two nodes have the same kind and key
   */
  static IndexTable write(SegmentFile out, String file, long entries, long limit, Keys keys)
      throws IOException {
    int bits = IndexTable.bitsFor(limit);
    out.align();
    IndexTable table =
        new IndexTable(out.position(), entries, IndexTable.bucketsFor(entries, bits), bits);
    new IndexWriter(file, table, keys).write(out);
    return table;
  }

  /** Takes a key if it belongs into the current window. */
  void take(long hash, long node) {
    long bucket = KeyHash.bucket(hash, table.homes()) - first;
    if (bucket >= 0 && bucket < size) {
      long tag =
          table.isNarrow() ? hash << table.nodeBits() & 0xffff_ffffL : hash << table.nodeBits();
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

  private void write(SegmentFile out) throws IOException {
    int pages = Math.toIntExact(table.pages());
    byte[] sums = new byte[4 * pages];
    int page = 0;
    for (first = 0; first < table.buckets(); first += size) {
      size = (int) Math.min(WINDOW_BUCKETS, table.buckets() - first);
      Arrays.fill(window, (byte) 0xff);
      int again = carriedCount;
      carriedCount = 0;
      for (int i = 0; i < again; i++) {
        put(0, carried[i]);
      }
      keys.offer(this);
      for (int part = 0; part < waiting.length; part++) {
        putWaiting(part);
      }
      int bytes = size * Layout.BUCKET;
      out.write(window, bytes);
      for (int at = 0; at < bytes; at += Layout.PAGE) {
        U32.set(sums, 4 * page, Layout.crc(window, at, Math.min(Layout.PAGE, bytes - at)));
        page++;
      }
    }
    if (carriedCount > 0) {
      throw crowded();
    }
    out.write(sums, sums.length);
  }

  private void put(int from, long slot) {
    int bytes = IndexTable.slotBytes(table.nodeBits());
    int end = size * Layout.BUCKET;
    int start = from * Layout.BUCKET;
    for (int at = start; at < end; at += bytes) {
      long there =
          bytes == 4 ? (int) U32.get(window, at) & 0xffff_ffffL : (long) U64.get(window, at);
      if (there == table.empty()) {
        if (bytes == 4) {
          U32.set(window, at, (int) slot);
        } else {
          U64.set(window, at, slot);
        }
        return;
      }
      if ((there ^ slot) >>> table.nodeBits() == 0) {
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
    long mask = (1L << table.nodeBits()) - 1;
    if (keys.same(a & mask, b & mask)) {
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
