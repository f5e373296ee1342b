package dev.calotype.map;

import java.io.IOException;

/** The bytes of a file that is open, whichever way they are gotten at. */
interface OpenBytes extends AutoCloseable {
  /**
   * The sum of the 8-byte words of a part of the file.
   *
   * @param position of the first byte, a multiple of 8
   * @param length in bytes, a multiple of 8
   */
  long sum(long position, int length) throws IOException;

  @Override
  void close() throws IOException;
}
