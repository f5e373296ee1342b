package dev.calotype.os;

import dev.calotype.os.ffi.Posix;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * A file in memory without a name (memfd_create(2)): written, then sealed, after which nobody, this
 * process included, can change a byte of it. Not safe for use by several threads.
 */
public final class MemoryFile extends OutputStream {
  private static final MemorySegment CREATE = Call.function("memfd_create");
  private static final MemorySegment WRITE = Call.function("write");
  private static final int BUFFER = 1 << 16;

  private final int number;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(BUFFER);
  private boolean closed;

  /**
   * An empty one.
   *
   * @param name what {@code /proc} calls it
   */
  public MemoryFile(String name) throws IOException {
    int flags = Posix.MFD_CLOEXEC() | Posix.MFD_ALLOW_SEALING();
    number = (int) Call.of(CREATE, arena.allocateFrom(name).address(), flags);
    if (number < 0) {
      arena.close();
      throw Errno.exception("memfd_create");
    }
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int part = Math.min(length - done, BUFFER);
      MemorySegment.copy(bytes, offset + done, buffer, ValueLayout.JAVA_BYTE, 0, part);
      long written = Call.of(WRITE, number, buffer.address(), part);
      if (written < 0 && Errno.last() != Posix.EINTR()) {
        throw Errno.exception("write to memory");
      }
      done += (int) Math.max(written, 0);
    }
  }

  /** Makes it unchangeable. */
  public void seal() throws IOException {
    int seals =
        Posix.F_SEAL_SEAL() | Posix.F_SEAL_SHRINK() | Posix.F_SEAL_GROW() | Posix.F_SEAL_WRITE();
    if (Descriptor.control(number, Posix.F_ADD_SEALS(), seals) < 0) {
      throw new IOException("can't seal a file in memory");
    }
  }

  /** A path that leads to it while it is open. */
  public Path path() {
    return Path.of("/proc/self/fd/" + number);
  }

  /** Closes it; it is gone with its last mapping and descriptor. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Descriptor.close(number);
      arena.close();
    }
  }
}
