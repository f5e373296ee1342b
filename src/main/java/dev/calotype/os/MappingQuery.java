package dev.calotype.os;

import dev.calotype.os.ffi.Posix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks which file is mapped at an address: {@code PROCMAP_QUERY} of Linux 6.11 (linux/fs.h), which
 * spares the kernel to write out all of {@code /proc/self/maps}.
 */
public final class MappingQuery {
  private static final MethodHandle IOCTL = Posix.ioctl.makeInvoker(Posix.C_POINTER).handle();
  private static final Path MAPS = Path.of("/proc/self/maps");

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
   * Device and inode of the files that are mapped at addresses, written as in {@code
   * /proc/self/maps}.
   *
   * @return empty if the kernel can't tell, or nothing is mapped at one of them
   */
  public static Optional<List<String>> filesAt(long... addresses) {
    Optional<Descriptor> maps = Descriptor.open(MAPS, FileStat.ofThread());
    if (maps.isEmpty()) {
      return Optional.empty();
    }
    try (Descriptor descriptor = maps.get();
        Arena arena = Arena.ofConfined()) {
      List<String> files = new ArrayList<>();
      MemorySegment query = arena.allocate(SIZE, Long.BYTES);
      for (long address : addresses) {
        query.fill((byte) 0);
        query.set(ValueLayout.JAVA_LONG, 0, SIZE);
        query.set(ValueLayout.JAVA_LONG, ADDRESS, address);
        if (!ask(descriptor, query)) {
          return Optional.empty();
        }
        files.add(
            "%02x:%02x %s"
                .formatted(
                    query.get(ValueLayout.JAVA_INT, MAJOR),
                    query.get(ValueLayout.JAVA_INT, MINOR),
                    Long.toUnsignedString(query.get(ValueLayout.JAVA_LONG, INODE))));
      }
      return Optional.of(files);
    }
  }

  private static boolean ask(Descriptor maps, MemorySegment query) {
    try {
      return (int) IOCTL.invokeExact(maps.number(), QUERY, query) == 0;
    } catch (Throwable e) {
      throw Errno.unexpected(e);
    }
  }
}
