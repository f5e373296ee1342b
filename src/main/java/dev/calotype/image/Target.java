package dev.calotype.image;

import java.nio.ByteOrder;

/**
 * What an image was made for.
 *
 * @param architecture the name used in target triples, {@code x86_64} for example, or {@code
 *     machine-N} for a number without a name here
 * @param format the object format
 * @param bits the width of an address: 32 or 64
 * @param byteOrder the order of multi-byte numbers
 */
public record Target(String architecture, Format format, int bits, ByteOrder byteOrder) {
  /** The name as it is recorded in data files and code notes: {@code x86_64-elf}. */
  public String id() {
    return architecture + "-" + format.id();
  }

  /** The byte order as JSON and people have it: {@code little} or {@code big}. */
  public String endian() {
    return byteOrder == ByteOrder.LITTLE_ENDIAN ? "little" : "big";
  }
}
