package dev.calotype.os;

import dev.calotype.os.ffi.Posix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The attributes of a file, asked for with statx(2). One object a thread, filled anew by each look,
 * so that a loop over files makes no garbage.
 */
public final class FileStat {
  private static final ThreadLocal<FileStat> MINE = ThreadLocal.withInitial(FileStat::new);

  // struct statx (linux/stat.h), the same on all machines. The bindings' accessors would do, but a
  // JVM takes milliseconds to make them, all of them when the first is wanted.
  static final int SIZE = 256;
  static final int OWNER = 20;
  static final int MODE = 28;
  static final int INODE = 32;
  static final int BYTES = 40;
  static final int CHANGED = 96;
  static final int MODIFIED = 112;
  static final int MAJOR = 136;
  static final int MINOR = 140;

  /** Within a time: after the seconds. */
  static final int NANOS = 8;

  /** linux/fcntl.h. */
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;

  private static final MemorySegment STATX = Call.function("statx");
  private static final MemorySegment ITSELF = Arena.global().allocateFrom("");

  private final MemorySegment facts = Arena.ofAuto().allocate(SIZE, Long.BYTES);

  private FileStat() {}

  /** This thread's. Its facts hold until the thread looks at another file. */
  public static FileStat ofThread() {
    return MINE.get();
  }

  /**
   * Looks at a file, following links.
   *
   * @return false for any reason not to have an answer; whoever needs to know it asks the JDK
   */
  public boolean look(Path path) {
    Optional<PathBytes> name = PathBytes.of(path);
    return name.isPresent() && look(name.get());
  }

  /** The same, of a link itself. */
  public boolean lookAtLink(Path path) {
    Optional<PathBytes> name = PathBytes.of(path);
    return name.isPresent() && look(Posix.AT_FDCWD(), name.get().segment(), AT_SYMLINK_NOFOLLOW);
  }

  /** The same of a path that is there as bytes. */
  public boolean look(PathBytes path) {
    return look(Posix.AT_FDCWD(), path.segment(), 0);
  }

  /** Looks at an open file. */
  boolean look(int descriptor) {
    return look(descriptor, ITSELF, Posix.AT_EMPTY_PATH());
  }

  private boolean look(int folder, MemorySegment path, int flags) {
    int failed =
        (int)
            Call.of(
                STATX,
                folder,
                path.address(),
                flags,
                Posix.STATX_BASIC_STATS(),
                facts.address(),
                0);
    return failed == 0;
  }

  /** What it is and who may do what with it, as in sys/stat.h. */
  public int mode() {
    return Short.toUnsignedInt(facts.get(ValueLayout.JAVA_SHORT, MODE));
  }

  /** The number of the user whose it is. */
  public int owner() {
    return facts.get(ValueLayout.JAVA_INT, OWNER);
  }

  /** Whether it is a regular file. */
  public boolean isFile() {
    return (mode() & Posix.S_IFMT()) == Posix.S_IFREG();
  }

  /** Whether it is a folder. */
  public boolean isFolder() {
    return (mode() & Posix.S_IFMT()) == Posix.S_IFDIR();
  }

  /** The size in bytes. */
  public long size() {
    return facts.get(ValueLayout.JAVA_LONG, BYTES);
  }

  /** The number on its device. */
  public long inode() {
    return facts.get(ValueLayout.JAVA_LONG, INODE);
  }

  /** The device, its major number in the upper half. */
  public long device() {
    return (long) major() << Integer.SIZE | Integer.toUnsignedLong(minor());
  }

  /** How the kernel would tell it where it is mapped, on file systems that have one device each. */
  public MappedFile mapped() {
    return new MappedFile(major(), minor(), inode());
  }

  /** When its content changed last, in nanoseconds since 1970, as near as a long comes to that. */
  public long modified() {
    return nanos(MODIFIED);
  }

  /** When anything of it changed last, likewise. */
  public long changed() {
    return nanos(CHANGED);
  }

  private int major() {
    return facts.get(ValueLayout.JAVA_INT, MAJOR);
  }

  private int minor() {
    return facts.get(ValueLayout.JAVA_INT, MINOR);
  }

  private long nanos(int time) {
    long seconds = TimeUnit.SECONDS.toNanos(facts.get(ValueLayout.JAVA_LONG, time));
    if (seconds == Long.MIN_VALUE || seconds == Long.MAX_VALUE) {
      return seconds;
    }
    long sum = seconds + facts.get(ValueLayout.JAVA_INT, time + NANOS);
    return sum < seconds ? Long.MAX_VALUE : sum;
  }
}
