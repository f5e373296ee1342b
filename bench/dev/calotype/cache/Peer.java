package dev.calotype.cache;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;

/**
 * Another way to keep an artifact and to get at it again. One that copies it does so into memory
 * that is there already, which flatters it.
 */
interface Peer extends AutoCloseable {
  /** What the artifact is found by: as long as a store's key. */
  String KEY = "0123456789abcdef".repeat(4);

  /** Looks it up, makes all of it usable, reads a byte in the middle, and lets go of it. */
  byte hit() throws IOException;

  @Override
  void close() throws IOException;

  /** The byte in the middle. */
  static byte touch(ByteBuffer bytes) {
    return bytes.get(bytes.limit() / 2);
  }

  /** Memory outside of the heap. */
  static ByteBuffer memory(long bytes) {
    return Arena.ofAuto().allocate(bytes).asByteBuffer();
  }
}
