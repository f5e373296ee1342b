package dev.calotype.os;

import dev.calotype.os.ffi.Posix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An open regular file by its descriptor. It goes with the last call that uses it, so that no call
 * ever reads from a file that got the number next.
 *
 * <p>Safe for use by several threads.
 */
public final class Descriptor implements AutoCloseable {
  private static final MemorySegment OPEN = Call.function("open");
  private static final MemorySegment PREAD = Call.function("pread");
  private static final MemorySegment FCNTL = Call.function("fcntl");
  private static final MemorySegment CLOSE = Call.function("close");

  /** linux/fcntl.h: 1024 and 6, on all machines. */
  private static final int F_DUPFD_CLOEXEC = 1030;

  /** Never waits: a pipe would until somebody writes to it. */
  private static final int FLAGS =
      Posix.O_RDONLY() | Posix.O_CLOEXEC() | Posix.O_NONBLOCK() | Posix.O_NOCTTY();

  /** {@code O_NOFOLLOW}, asm/fcntl.h, which is not the same on all machines. */
  private static final int NO_FOLLOW =
      System.getProperty("os.arch", "").equals("aarch64") ? 0x8000 : 0x20000;

  /** What one call reads at most. */
  private static final int BUFFER = 1 << 16;

  private static final ThreadLocal<MemorySegment> MINE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(BUFFER));

  private static final VarHandle USERS = field("users", int.class);
  private static final VarHandle CLOSED = field("closed", boolean.class);

  private final int number;

  /** The calls that use it now, and one more until it is closed. */
  private volatile int users = 1;

  private volatile boolean closed;

  private Descriptor(int number) {
    this.number = number;
  }

  /**
   * Opens a regular file for reading.
   *
   * @param stat what is known of the file afterwards
   * @return empty for any reason not to have it; whoever needs to know it asks the JDK
   */
  public static Optional<Descriptor> open(Path path, FileStat stat) {
    return open(path, FLAGS, stat);
  }

  /** The same, if the path's last name is no link. */
  public static Optional<Descriptor> openNoLink(Path path, FileStat stat) {
    return open(path, FLAGS | NO_FOLLOW, stat);
  }

  private static Optional<Descriptor> open(Path path, int flags, FileStat stat) {
    Optional<PathBytes> name = PathBytes.of(path);
    if (name.isEmpty()) {
      return Optional.empty();
    }
    int number = open(name.get(), flags, 0);
    if (number < 0) {
      return Optional.empty();
    }
    if (!stat.look(number) || !stat.isFile()) {
      close(number);
      return Optional.empty();
    }
    return Optional.of(new Descriptor(number));
  }

  /**
   * Opens an open file again, by its number, whatever has its name by now.
   *
   * @throws IOException if it is no regular file, or can't be opened
   */
  public static Descriptor again(int number) throws IOException {
    return open(Path.of("/proc/self/fd/" + number), FileStat.ofThread())
        .orElseThrow(() -> new IOException("can't open descriptor %d again".formatted(number)));
  }

  /** Takes over a descriptor of a regular file. */
  public static Descriptor of(int number) {
    return new Descriptor(number);
  }

  /**
   * The number of another descriptor of the same open file, which is the caller's to close.
   *
   * @throws ClosedChannelException if this is closed
   */
  public int duplicate() throws IOException {
    acquire();
    try {
      int other = control(number, F_DUPFD_CLOEXEC, 0);
      if (other >= 0) {
        return other;
      }
    } finally {
      release();
    }
    throw new IOException("no more descriptors");
  }

  /** open(2): the number, or −1. */
  static int open(PathBytes name, int flags, int mode) {
    return (int) Call.of(OPEN, name.segment().address(), flags, mode);
  }

  /** fcntl(2) of a descriptor: what it answers, −1 if it refuses. */
  static int control(int number, int command, long argument) {
    return (int) Call.of(FCNTL, number, command, argument);
  }

  /** close(2) of a descriptor. */
  static void close(int number) {
    Call.of(CLOSE, number);
  }

  /** The number, which is this file's until it is closed. */
  public int number() {
    return number;
  }

  /**
   * Reads up to {@code length} bytes at {@code position}; fewer only where the file ends.
   *
   * @return how many were read, 0 at or past the end
   * @throws ClosedChannelException if this is closed
   */
  public int read(long position, byte[] target, int offset, int length) throws IOException {
    MemorySegment buffer = MINE.get();
    acquire();
    try {
      int done = 0;
      while (done < length) {
        int part = Math.min(length - done, BUFFER);
        long got = read(buffer, part, position + done);
        if (got == 0) {
          break;
        }
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, target, offset + done, (int) got);
        done += (int) got;
      }
      return done;
    } finally {
      release();
    }
  }

  private long read(MemorySegment buffer, int length, long position) throws IOException {
    while (true) {
      long got = Call.of(PREAD, number, buffer.address(), length, position, 0, 0);
      if (got >= 0) {
        return got;
      }
      if (Errno.last() != Posix.EINTR()) {
        throw Errno.exception("read");
      }
    }
  }

  /**
   * What is known of the file now, in this thread's object.
   *
   * @throws ClosedChannelException if this is closed
   */
  public FileStat stat() throws IOException {
    FileStat stat = FileStat.ofThread();
    acquire();
    try {
      if (!stat.look(number)) {
        throw new IOException("no attributes of an open file");
      }
      return stat;
    } finally {
      release();
    }
  }

  @Override
  public void close() {
    if (CLOSED.compareAndSet(this, false, true)) {
      release();
    }
  }

  private void acquire() throws IOException {
    while (true) {
      int now = users;
      if (closed || now == 0) {
        throw new ClosedChannelException();
      }
      if (USERS.compareAndSet(this, now, now + 1)) {
        return;
      }
    }
  }

  private void release() {
    if ((int) USERS.getAndAdd(this, -1) == 1) {
      close(number);
    }
  }

  private static VarHandle field(String name, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(Descriptor.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
