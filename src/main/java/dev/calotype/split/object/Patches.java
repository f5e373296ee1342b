package dev.calotype.split.object;

import dev.calotype.RefusedException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Bytes of the original that the code object has otherwise. They are few, but may be as many as the
 * references to data, so they are kept in flat arrays.
 */
public final class Patches {
  /** The bits of a sort key that hold an index; the rest hold an offset. */
  private static final int INDEX_BITS = 23;

  private static final int MOST = 1 << INDEX_BITS;
  private static final long MOST_OFFSET = 1L << (63 - INDEX_BITS);

  private final String file;
  private final ByteArrayOutputStream pool = new ByteArrayOutputStream();
  private long[] offsets = new long[64];
  private int[] starts = new int[64];
  private int count;
  private int[] order = new int[0];
  private byte[] bytes = new byte[0];

  /** None yet, for that original. */
  public Patches(String file) {
    this.file = file;
  }

  /**
   * Puts other bytes at an offset of the original.
   *
   * @throws RefusedException if there are too many
   */
  public void add(long offset, byte[] replacement) {
    if (count == MOST || offset < 0 || offset >= MOST_OFFSET) {
      throw new RefusedException(file, "more than %d of its bytes would change".formatted(MOST));
    }
    if (count + 1 >= starts.length) {
      offsets = Arrays.copyOf(offsets, 2 * count);
      starts = Arrays.copyOf(starts, 2 * count);
    }
    offsets[count] = offset;
    pool.writeBytes(replacement);
    starts[++count] = pool.size();
  }

  /**
   * Sorts them; none may be added any more.
   *
   * @throws RefusedException if two are of the same byte
   */
  void freeze() {
    bytes = pool.toByteArray();
    long[] keys = new long[count];
    for (int i = 0; i < count; i++) {
      keys[i] = offsets[i] << INDEX_BITS | i;
    }
    Arrays.sort(keys);
    order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = (int) (keys[i] & (MOST - 1));
      if (i > 0 && offset(i) < offset(i - 1) + length(i - 1)) {
        throw new RefusedException(
            file, "two relocations change the byte at offset 0x%x".formatted(offset(i)));
      }
    }
  }

  /** How many there are. */
  int count() {
    return count;
  }

  /** Where the {@code i}th starts, in the order of the file. */
  long offset(int i) {
    return offsets[order[i]];
  }

  /** How many bytes the {@code i}th has. */
  int length(int i) {
    return starts[order[i] + 1] - starts[order[i]];
  }

  /** The first that ends behind {@code offset}, or {@link #count()}. */
  int firstAfter(long offset) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (offset(middle) + length(middle) <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Puts what lies in a range of the original into a copy of it. */
  void apply(long offset, byte[] copy, int length) {
    for (int i = firstAfter(offset); i < count && offset(i) < offset + length; i++) {
      int start = starts[order[i]];
      for (int k = 0; k < length(i); k++) {
        long at = offset(i) + k - offset;
        if (at >= 0 && at < length) {
          copy[(int) at] = bytes[start + k];
        }
      }
    }
  }
}
