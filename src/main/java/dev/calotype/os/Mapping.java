package dev.calotype.os;

import dev.calotype.os.ffi.Posix;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Mappings at places that the caller chooses (mmap(2)). */
public final class Mapping {
  private static final MemorySegment MMAP = Call.function("mmap");
  private static final MemorySegment MUNMAP = Call.function("munmap");

  private Mapping() {}

  /**
   * Maps a part of a file over what is at an address, read-only. The pages that were there are
   * gone; nothing else is checked, so the caller knows that they are its own.
   *
   * @param descriptor the file's number
   * @param offset a multiple of the page size
   * @param address a multiple of the page size
   */
  public static void over(int descriptor, long offset, long size, long address) throws IOException {
    map(address, size, Posix.MAP_PRIVATE() | Posix.MAP_FIXED(), descriptor, offset);
  }

  /**
   * Maps the first bytes of a file anywhere, read-only.
   *
   * @return the address
   */
  public static long start(int descriptor, long size) throws IOException {
    return map(0, size, Posix.MAP_PRIVATE(), descriptor, 0);
  }

  /** Unmaps what {@link #start} mapped. */
  public static void remove(long address, long size) {
    Call.of(MUNMAP, address, size);
  }

  private static long map(long address, long size, int flags, int descriptor, long offset)
      throws IOException {
    long got = Call.of(MMAP, address, size, Posix.PROT_READ(), flags, descriptor, offset);
    if (got == Posix.MAP_FAILED().address()) {
      throw Errno.exception("mmap");
    }
    return got;
  }
}
