package dev.calotype.os;

import dev.calotype.os.ffi.Posix;
import dev.calotype.os.ffi.statx;
import dev.calotype.os.ffi.statx_timestamp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The attributes of a file, asked for with statx(2). One object a thread, filled anew by each look,
 * so that a loop over files makes no garbage.
 */
public final class FileStat {
  private static final ThreadLocal<FileStat> MINE = ThreadLocal.withInitial(FileStat::new);

  /** linux/fcntl.h. */
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;

  private static final MemorySegment ITSELF = Arena.global().allocateFrom("");

  private final MemorySegment facts = Arena.ofAuto().allocate(statx.layout());

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
    return name.isPresent()
        && Posix.statx(
                Posix.AT_FDCWD(),
                name.get().segment(),
                AT_SYMLINK_NOFOLLOW,
                Posix.STATX_BASIC_STATS(),
                facts)
            == 0;
  }

  /** The same of a path that is there as bytes. */
  public boolean look(PathBytes path) {
    return Posix.statx(Posix.AT_FDCWD(), path.segment(), 0, Posix.STATX_BASIC_STATS(), facts) == 0;
  }

  /** Looks at an open file. */
  boolean look(int descriptor) {
    return Posix.statx(descriptor, ITSELF, Posix.AT_EMPTY_PATH(), Posix.STATX_BASIC_STATS(), facts)
        == 0;
  }

  /** What it is and who may do what with it, as in sys/stat.h. */
  public int mode() {
    return Short.toUnsignedInt(statx.stx_mode(facts));
  }

  /** The number of the user whose it is. */
  public int owner() {
    return statx.stx_uid(facts);
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
    return statx.stx_size(facts);
  }

  /** The number on its device. */
  public long inode() {
    return statx.stx_ino(facts);
  }

  /** The device, its major number in the upper half. */
  public long device() {
    return (long) statx.stx_dev_major(facts) << Integer.SIZE
        | Integer.toUnsignedLong(statx.stx_dev_minor(facts));
  }

  /** How the kernel would tell it where it is mapped, on file systems that have one device each. */
  public MappedFile mapped() {
    return new MappedFile(statx.stx_dev_major(facts), statx.stx_dev_minor(facts), inode());
  }

  /** When its content changed last, in nanoseconds since 1970, as near as a long comes to that. */
  public long modified() {
    return nanos(statx.stx_mtime(facts));
  }

  /** When anything of it changed last, likewise. */
  public long changed() {
    return nanos(statx.stx_ctime(facts));
  }

  private static long nanos(MemorySegment time) {
    long seconds = TimeUnit.SECONDS.toNanos(statx_timestamp.tv_sec(time));
    if (seconds == Long.MIN_VALUE || seconds == Long.MAX_VALUE) {
      return seconds;
    }
    long sum = seconds + statx_timestamp.tv_nsec(time);
    return sum < seconds ? Long.MAX_VALUE : sum;
  }
}
