package dev.calotype.map;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A window of one file's bytes that owns them: nobody else has them from here, and they are gone
 * when it is closed. It starts as the whole file, and is cut by {@link #drain} into disjoint
 * windows with lifetimes of their own. The file is closed with the last of them.
 *
 * <p>A window is mapped when its bytes are first asked for, so cutting costs no system call.
 * Closing one gives its pages back at once, and its segment throws {@link IllegalStateException}
 * from then on. Cuts may be anywhere. Where two windows meet inside a page, both map it, and what
 * one of them writes into its private copy the other does not see.
 *
 * <p><b>Whose arena.</b> Windows own theirs, because each ends by itself; it is a shared one, so
 * that any thread may read and close. Closing a mapped window therefore waits until every thread of
 * the JVM has passed a safepoint poll, which takes the longer the busier the JVM is. Whoever knows
 * when all bytes may go together maps them into an arena of their own, with {@link
 * OpenFile#map(Arena)}.
 *
 * <p><b>What needs native calls</b> and is not there yet: windows that keep their distance in
 * memory, as code that reaches its data relative to itself needs; changing a window that is mapped,
 * from written to read-only or executable ({@code mprotect}); and private windows of a file that
 * may not be written to, see {@link OpenFile#openForPrivate}.
 *
 * <p>Safe for use by several threads. A file that others may truncate is read inside {@link
 * #whileWhole}.
 */
public final class OwnedMapping implements AutoCloseable {
  /** What may be done to the bytes of a window. */
  public enum Access {
    /** Reading; writing throws {@link IllegalArgumentException}. */
    READ_ONLY,
    /**
     * Writing too, into private copies of the pages: the file and other windows stay as they are.
     */
    PRIVATE
  }

  private final OpenFile file;
  private final AtomicLong windows;
  private final Access access;
  private long position;
  private long size;
  private @Nullable Arena arena;
  private @Nullable MemorySegment bytes;
  private boolean closed;

  private OwnedMapping(OpenFile file, AtomicLong windows, Access access, long position, long size) {
    this.file = file;
    this.windows = windows;
    this.access = access;
    this.position = position;
    this.size = size;
  }

  /** A read-only window of a whole file, which belongs to it and its parts from now on. */
  public static OwnedMapping of(OpenFile file) {
    return of(file, Access.READ_ONLY);
  }

  /**
   * A window of a whole file, which belongs to it and its parts from now on.
   *
   * @throws IllegalArgumentException if it is to be private and the file was not opened for that
   */
  public static OwnedMapping of(OpenFile file, Access access) {
    requirePossible(file, access);
    return new OwnedMapping(file, new AtomicLong(1), access, 0, file.size());
  }

  /** The path the file was opened by. */
  public Path path() {
    return file.path();
  }

  /** Where the window starts in the file. */
  public synchronized long position() {
    return position;
  }

  /** How many bytes it has. */
  public synchronized long size() {
    return size;
  }

  /** What may be done to its bytes. */
  public Access access() {
    return access;
  }

  /** Cuts off the first {@code length} bytes as a window of the same access. */
  public OwnedMapping drain(long length) throws IOException {
    return drain(length, access);
  }

  /**
   * Cuts off the first {@code length} bytes as a window of its own; the rest stays. A segment that
   * {@link #bytes} gave before is dead then, as it had bytes that are somebody else's now.
   *
   * @throws EOFException if it has fewer bytes
   * @throws IllegalArgumentException if the new one is to be private and the file was not opened
   *     for that
   * @throws IllegalStateException if this one is closed, or private and mapped already: what was
   *     written to it would be lost
   */
  public synchronized OwnedMapping drain(long length, Access access) throws IOException {
    requireOpen();
    if (length < 0 || length > size) {
      throw new EOFException(
          "%s has no %d bytes from %d in this window".formatted(path(), length, position));
    }
    requirePossible(file, access);
    if (bytes != null && this.access == Access.PRIVATE) {
      throw new IllegalStateException("what was written to the window would be lost");
    }
    unmap();
    OwnedMapping first = new OwnedMapping(file, windows, access, position, length);
    windows.incrementAndGet();
    position += length;
    size -= length;
    return first;
  }

  /**
   * The bytes, mapped now if they were not yet. No byte is read.
   *
   * @throws IllegalStateException if this is closed
   * @throws IOException if they can't be mapped
   */
  public synchronized MemorySegment bytes() throws IOException {
    requireOpen();
    MemorySegment mapped = bytes;
    if (mapped == null) {
      Arena own = Arena.ofShared();
      try {
        mapped =
            access == Access.PRIVATE
                ? file.mapPrivate(position, size, own)
                : file.map(position, size, own);
      } catch (Throwable e) {
        own.close();
        throw e;
      }
      arena = own;
      bytes = mapped;
    }
    return mapped;
  }

  /** As {@link OpenFile#whileWhole}, for work that reads the bytes of windows. */
  public <T> T whileWhole(Supplier<T> work) throws IOException {
    return file.whileWhole(work);
  }

  /**
   * Unmaps the bytes, and closes the file with the last of its windows. A second call does nothing.
   *
   * @throws IllegalStateException if a native call is using the bytes; nothing has happened then
   */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    unmap();
    closed = true;
    if (windows.decrementAndGet() == 0) {
      file.close();
    }
  }

  private void unmap() {
    if (arena != null) {
      arena.close();
      arena = null;
      bytes = null;
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the window is closed");
    }
  }

  private static void requirePossible(OpenFile file, Access access) {
    if (access == Access.PRIVATE && !file.isForPrivate()) {
      throw new IllegalArgumentException(file.path() + " was not opened for private mappings");
    }
  }
}
