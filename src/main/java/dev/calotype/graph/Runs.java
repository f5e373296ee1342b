package dev.calotype.graph;

import java.util.Arrays;

/**
 * Runs of indices as bytes: for each, how many indices lie between it and the one before, and how
 * many it has, both in unsigned LEB128.
 */
final class Runs {
  private byte[] bytes = new byte[64];
  private int size;
  private long end;

  /** Adds all indices whose bit is set, as runs; ascending over calls. */
  static Runs of(long[] bits) {
    Runs runs = new Runs();
    long start = -1;
    for (int word = 0; word < bits.length; word++) {
      long left = bits[word];
      if (start >= 0 ? left == -1 : left == 0) {
        continue;
      }
      for (int bit = 0; bit < 64; bit++) {
        boolean set = (left >>> bit & 1) != 0;
        long index = 64L * word + bit;
        if (set && start < 0) {
          start = index;
        } else if (!set && start >= 0) {
          runs.add(start, index);
          start = -1;
        }
      }
    }
    if (start >= 0) {
      runs.add(start, 64L * bits.length);
    }
    return runs;
  }

  int size() {
    return size;
  }

  byte[] bytes() {
    return Arrays.copyOf(bytes, size);
  }

  /**
   * Sets or clears the bits of all indices.
   *
   * @return false if the bytes are no runs below the limit
   */
  static boolean apply(byte[] bytes, int from, int to, long[] bits, long limit, boolean value) {
    long end = 0;
    int at = from;
    while (at < to) {
      long[] numbers = new long[2];
      for (int i = 0; i < 2; i++) {
        int shift = 0;
        long number = 0;
        byte next;
        do {
          if (at == to || shift > 42) {
            return false;
          }
          next = bytes[at++];
          number |= (long) (next & 0x7f) << shift;
          shift += 7;
        } while (next < 0);
        numbers[i] = number;
      }
      long start = end + numbers[0];
      if (numbers[1] == 0 || start > limit || numbers[1] > limit - start) {
        return false;
      }
      end = start + numbers[1];
      set(bits, start, end, value);
    }
    return true;
  }

  private static void set(long[] bits, long start, long end, boolean value) {
    for (long at = start; at < end; ) {
      int word = (int) (at >>> 6);
      long next = Math.min(end, (at | 63) + 1);
      long mask = -1L >>> (64 - (next - at)) << at;
      bits[word] = value ? bits[word] | mask : bits[word] & ~mask;
      at = next;
    }
  }

  private void add(long start, long stop) {
    put(start - end);
    put(stop - start);
    end = stop;
  }

  private void put(long number) {
    if (size + 10 > bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * bytes.length);
    }
    long left = number;
    while (left >= 0x80) {
      bytes[size++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    bytes[size++] = (byte) left;
  }
}
