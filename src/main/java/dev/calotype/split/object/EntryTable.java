package dev.calotype.split.object;

import java.util.Arrays;
import java.util.BitSet;

/** A table of entries of one size, some of which change and some of which go. */
public final class EntryTable {
  private final byte[] bytes;
  private final int entrySize;
  private final BitSet removed = new BitSet();

  /** The table as it was; the array is changed. */
  public EntryTable(byte[] bytes, int entrySize) {
    this.bytes = bytes;
    this.entrySize = entrySize;
  }

  /** Puts other bytes into an entry. */
  public void change(long index, int field, byte[] replacement) {
    System.arraycopy(replacement, 0, bytes, (int) index * entrySize + field, replacement.length);
  }

  /** Takes an entry away. */
  public void remove(long index) {
    removed.set((int) index);
  }

  /** How many entries are left. */
  public int count() {
    return bytes.length / entrySize - removed.cardinality();
  }

  /** The entries that are left. */
  public byte[] toBytes() {
    byte[] left = new byte[count() * entrySize];
    int at = 0;
    for (int i = 0; i < bytes.length / entrySize; i++) {
      if (!removed.get(i)) {
        System.arraycopy(bytes, i * entrySize, left, at, entrySize);
        at += entrySize;
      }
    }
    return Arrays.copyOf(left, at);
  }
}
