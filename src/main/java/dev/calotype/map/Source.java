package dev.calotype.map;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** An open file, whichever way it was opened. Safe for use by several threads. */
interface Source extends AutoCloseable {
  /** Its size in bytes now. */
  long size() throws IOException;

  /**
   * Reads up to {@code length} bytes at {@code position}; fewer only where the file ends.
   *
   * @return how many were read, 0 at or past the end
   */
  int read(long position, byte[] target, int offset, int length) throws IOException;

  /** A channel of it, for mappings; closed with this. */
  FileChannel channel() throws IOException;

  /**
   * The number of another descriptor, which is the caller's to close.
   *
   * @param name where the file was, and probably is
   */
  int newDescriptor(Path name) throws IOException;

  /** Whether a descriptor leads to this very file. */
  boolean isBehind(int number) throws IOException;

  /** Whether this very file still has the name, and another time of modification than at first. */
  boolean wasWrittenTo(Path name) throws IOException;

  @Override
  void close() throws IOException;
}
