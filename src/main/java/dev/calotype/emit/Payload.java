package dev.calotype.emit;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Bytes to be wrapped, wherever they are. They are read once, from first to last, through a buffer.
 */
public abstract sealed class Payload permits FilePayload, StreamPayload, MemoryPayload {
  /** The size of a payload that tells it only by ending. */
  static final long UNKNOWN = -1;

  private final String name;

  Payload(String name) {
    this.name = name;
  }

  /**
   * The content of a regular file, which is opened when it is wrapped. A change of the file under
   * its reader throws {@link dev.calotype.FileChangedException} and leaves nothing behind.
   */
  public static Payload of(Path file) {
    return new FilePayload(file);
  }

  /**
   * Whatever a stream gives until it ends.
   *
   * @param stream stays open; as it can be read only once, so can the payload
   * @param name what errors call it
   */
  public static Payload of(InputStream stream, String name) {
    return new StreamPayload(stream, UNKNOWN, name);
  }

  /**
   * A stream of announced size. One that ends too early or goes on throws {@link IOException} and
   * leaves nothing behind.
   *
   * @param stream stays open; at most one byte more than {@code size} is read
   * @param size in bytes
   * @param name what errors call it
   * @throws IllegalArgumentException if the size is negative
   */
  public static Payload of(InputStream stream, long size, String name) {
    if (size < 0) {
      throw new IllegalArgumentException("size " + size);
    }
    return new StreamPayload(stream, size, name);
  }

  /**
   * Bytes in memory. The segment may be mapped: it is copied through a buffer on the heap, and if
   * its file shrinks meanwhile, that is a {@link dev.calotype.FileChangedException}.
   *
   * @param bytes only read, by the thread that wraps
   * @param name what errors call it
   */
  public static Payload of(MemorySegment bytes, String name) {
    return new MemoryPayload(bytes, name);
  }

  /** What errors call it. */
  public String name() {
    return name;
  }

  /** Starts reading from the first byte. */
  abstract Source open() throws IOException;

  /** A payload that is being read. */
  interface Source extends AutoCloseable {
    /** How many bytes it will give, or {@link #UNKNOWN}. */
    long size();

    /**
     * Reads at least one byte into the start of {@code buffer}.
     *
     * @return how many were read, −1 at the end
     */
    int read(byte[] buffer) throws IOException;

    /** Throws unless all that was read was one whole state of the payload. */
    default void requireUnchanged() throws IOException {}

    @Override
    default void close() throws IOException {}
  }
}
