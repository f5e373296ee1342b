package dev.calotype.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Asks which file is mapped at an address: {@code PROCMAP_QUERY} of Linux 6.11 (linux/fs.h), which
 * spares the kernel to write out all of {@code /proc/self/maps}.
 */
public final class MappingQuery {
  private static final MemorySegment IOCTL = Call.function("ioctl");

  /** It stays open: opening it costs more than asking. */
  private static final Optional<Descriptor> MAPS =
      Descriptor.open(Path.of("/proc/self/maps"), FileStat.ofThread());

  /** {@code struct procmap_query}, which older headers lack. */
  private static final long SIZE = 104;

  private static final long ADDRESS = 16;
  private static final long INODE = 64;
  private static final long MAJOR = 72;
  private static final long MINOR = 76;

  /** {@code _IOWR('f', 17, struct procmap_query)}. */
  private static final long QUERY = 0xc000_0000L | SIZE << 16 | 'f' << 8 | 17;

  private MappingQuery() {}

  /**
   * The file that is mapped at an address.
   *
   * @return empty if the kernel can't tell, or nothing is mapped there
   */
  public static Optional<MappedFile> fileAt(long address) {
    if (MAPS.isEmpty()) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment query = arena.allocate(SIZE, Long.BYTES);
      query.set(ValueLayout.JAVA_LONG, 0, SIZE);
      query.set(ValueLayout.JAVA_LONG, ADDRESS, address);
      if ((int) Call.of(IOCTL, MAPS.get().number(), QUERY, query.address()) != 0) {
        return Optional.empty();
      }
      return Optional.of(
          new MappedFile(
              query.get(ValueLayout.JAVA_INT, MAJOR),
              query.get(ValueLayout.JAVA_INT, MINOR),
              query.get(ValueLayout.JAVA_LONG, INODE)));
    }
  }
}
