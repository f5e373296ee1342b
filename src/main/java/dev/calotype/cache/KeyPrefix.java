package dev.calotype.cache;

import dev.calotype.bytes.ByteView;

/**
 * The first 16 bytes of a key's digest: enough to keep its statistics apart from all others.
 *
 * @param high the first 8, big-endian
 * @param low the other 8
 */
record KeyPrefix(long high, long low) {
  // Written out, as a JVM takes milliseconds to make a record's own.
  @Override
  public boolean equals(Object other) {
    return other instanceof KeyPrefix prefix && high == prefix.high && low == prefix.low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(31 * high + low);
  }

  /** Of a digest's digits. */
  static KeyPrefix of(String digits) {
    return new KeyPrefix(
        Long.parseUnsignedLong(digits, 0, 16, 16), Long.parseUnsignedLong(digits, 16, 32, 16));
  }

  static KeyPrefix at(ByteView view, long at) {
    return new KeyPrefix(view.u64(at, "key"), view.u64(at + 8, "key"));
  }
}
