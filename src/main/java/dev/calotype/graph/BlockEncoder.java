package dev.calotype.graph;

import dev.calotype.bytes.ByteWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Makes a batch a block: see docs/graph-format.md. Not safe for use by several threads. */
final class BlockEncoder {
  private static final VarHandle U64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int ROOM_AT_FIRST = 1 << 16;

  private final PairCodes kinds = new PairCodes();
  private final PairCodes prefixes = new PairCodes();
  private final PairCodes keys = new PairCodes();
  private final PairCodes values = new PairCodes();
  private final long[] cells = new long[Layout.BLOCK_NODES + 1];
  private byte[] bytes = new byte[ROOM_AT_FIRST];

  /** The bytes of the last block; the next takes their place. */
  byte[] bytes() {
    return bytes;
  }

  /**
   * Encodes a block.
   *
   * @param base the block with other nodes of the same range, 0 if there is none
   * @param depth how many blocks there are below it
   * @return its size
   */
  int encode(Batch batch, long base, int depth) {
    int count = batch.count;
    kinds.clear();
    prefixes.clear();
    keys.clear();
    values.clear();
    long edgeBytes = code(batch);
    for (int i = 0; i < keys.count(); i++) {
      prefixes.code(0, keys.high(i));
    }
    int at = Layout.BLOCK_CELLS + 8 * (count + 1) + 8 * prefixes.count();
    int lowsAt = at;
    at += 8 * keys.count();
    int valuesAt = at;
    at += 16 * values.count();
    int kindsAt = at;
    at += 2 * kinds.count();
    int codesAt = at;
    at += keys.count();
    int edgesAt = at;
    int size = Math.toIntExact(at + edgeBytes + Layout.BLOCK_PADDING);
    if (bytes.length < size || bytes.length > 1 << 22) {
      bytes = new byte[Math.max(ROOM_AT_FIRST, size)];
    }
    ByteWriter out = new ByteWriter(bytes);
    out.at(Layout.BLOCK_SIZE).u32(size).u64(batch.range << Layout.BLOCK_BITS).u64(base);
    out.u16(count).u16(depth).u16(kinds.count()).u16(prefixes.count()).u16(keys.count());
    out.u16(values.count()).u32(lowsAt).u32(valuesAt).u32(kindsAt).u32(codesAt).u32(edgesAt);
    out.u64(batch.edgeCount);
    bitmap(out, batch);
    for (int i = 0; i <= count; i++) {
      out.u64(cells[i]);
    }
    dictionaries(out);
    edges(batch, edgesAt);
    out.at(size - Layout.BLOCK_PADDING).u64(0);
    out.at(Layout.BLOCK_CRC).u32(Layout.crc(bytes, 4, size - 4));
    return size;
  }

  private long code(Batch batch) {
    long start = 0;
    int from = 0;
    for (int i = 0; i < batch.count; i++) {
      int to = batch.ends[i];
      long any = 0;
      for (int e = from; e < to; e++) {
        any |= batch.edges[e];
      }
      long width = to == from ? 0 : Layout.width(any);
      cells[i] =
          start
              | (long) kinds.code(0, batch.kinds[i]) << 32
              | (long) keys.code(batch.keys[2 * i], batch.keys[2 * i + 1]) << 40
              | (long) values.code(batch.values[2 * i], batch.values[2 * i + 1]) << 48
              | width << 56;
      start += width * (to - from);
      from = to;
    }
    cells[batch.count] = start;
    return start;
  }

  private static void bitmap(ByteWriter out, Batch batch) {
    long word = 0;
    int number = 0;
    for (int i = 0; i < batch.count; i++) {
      int slot = batch.slots[i];
      while (slot >>> 6 > number) {
        out.u64(word);
        word = 0;
        number++;
      }
      word |= 1L << slot;
    }
    for (; number < 4; number++) {
      out.u64(word);
      word = 0;
    }
  }

  private void dictionaries(ByteWriter out) {
    for (int i = 0; i < prefixes.count(); i++) {
      out.u64(prefixes.low(i));
    }
    for (int i = 0; i < keys.count(); i++) {
      out.u64(keys.low(i));
    }
    for (int i = 0; i < values.count(); i++) {
      out.u64(values.high(i)).u64(values.low(i));
    }
    for (int i = 0; i < kinds.count(); i++) {
      out.u16((int) kinds.low(i));
    }
    int at = out.position();
    for (int i = 0; i < keys.count(); i++) {
      bytes[at + i] = (byte) prefixes.code(0, keys.high(i));
    }
  }

  /** Eight bytes for each edge; the next edge writes over those that are too many. */
  private void edges(Batch batch, int edgesAt) {
    int at = edgesAt;
    int from = 0;
    for (int i = 0; i < batch.count; i++) {
      int width = Blocks.width(cells[i]);
      for (int e = from; e < batch.ends[i]; e++) {
        U64.set(bytes, at, batch.edges[e]);
        at += width;
      }
      from = batch.ends[i];
    }
  }
}
