package dev.calotype.examples.sepia;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The texts in a module's functions, laid out as bytes are in memory: length, bytes, padding. */
final class Literals {
  private final Map<String, Long> offsets = new LinkedHashMap<>();
  private long size;

  /** Where a text is, a char for each byte. */
  long offset(String text) {
    Long known = offsets.get(text);
    if (known != null) {
      return known;
    }
    long offset = size;
    offsets.put(text, offset);
    size += size(text.length());
    return offset;
  }

  boolean isEmpty() {
    return offsets.isEmpty();
  }

  byte[] bytes() {
    ByteBuffer all = buffer((int) size);
    offsets.keySet().forEach(text -> put(all, text.getBytes(StandardCharsets.ISO_8859_1)));
    return all.array();
  }

  /** How much room bytes take, with their length and padding. */
  static long size(long length) {
    return 8 + length + 7 & -8;
  }

  /** Adds bytes at a multiple of eight, and goes to the next. */
  static void put(ByteBuffer into, byte[] bytes) {
    into.putLong(bytes.length).put(bytes);
    into.position(into.position() + 7 & -8);
  }

  static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }
}
