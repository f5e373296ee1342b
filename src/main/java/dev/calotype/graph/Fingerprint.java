package dev.calotype.graph;

import java.util.HexFormat;

/**
 * 128 bits that stand for a key or a value. Who records them makes them; here they are only
 * compared.
 *
 * @param high the first eight bytes, which keys often share
 * @param low the other eight
 */
public record Fingerprint(long high, long low) implements Comparable<Fingerprint> {
  /** The order of unsigned 128-bit numbers. */
  @Override
  public int compareTo(Fingerprint other) {
    int order = Long.compareUnsigned(high, other.high);
    return order != 0 ? order : Long.compareUnsigned(low, other.low);
  }

  /** 32 hexadecimal digits, the high half first. */
  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }
}
