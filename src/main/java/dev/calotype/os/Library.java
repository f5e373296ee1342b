package dev.calotype.os;

import dev.calotype.os.ffi.Posix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** A library that the dynamic loader brought in. Safe for use by several threads. */
public final class Library implements AutoCloseable {
  private static final MemorySegment DLOPEN = Call.function("dlopen");
  private static final MemorySegment DLINFO = Call.function("dlinfo");
  private static final MemorySegment DLSYM = Call.function("dlsym");
  private static final MemorySegment DLCLOSE = Call.function("dlclose");
  private static final MemorySegment DLERROR = Call.function("dlerror");

  // struct link_map (link.h) on 64-bit machines.
  static final int BASE = 0;
  static final int NAME = 8;

  private final long handle;
  private final long base;
  private final boolean isNew;
  private boolean closed;

  private Library(long handle, long base, boolean isNew) {
    this.handle = handle;
    this.base = base;
    this.isNew = isNew;
  }

  /**
   * Loads a library, with all that it needs, its symbols for itself alone. Its initial code runs.
   *
   * @param path with a {@code /} in it, or the loader searches
   * @throws IOException with the loader's words if it refuses
   */
  public static Library open(String path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      long handle =
          Call.of(
              DLOPEN, arena.allocateFrom(path).address(), Posix.RTLD_NOW() | Posix.RTLD_LOCAL());
      if (handle == 0) {
        throw new IOException(error());
      }
      MemorySegment map = arena.allocate(Long.BYTES, Long.BYTES);
      if ((int) Call.of(DLINFO, handle, Posix.RTLD_DI_LINKMAP(), map.address()) != 0) {
        IOException e = new IOException(error());
        Call.of(DLCLOSE, handle);
        throw e;
      }
      MemorySegment entry = memory(map.get(ValueLayout.JAVA_LONG, 0));
      long base = entry.get(ValueLayout.JAVA_LONG, BASE);
      String name = memory(entry.get(ValueLayout.JAVA_LONG, NAME)).getString(0);
      return new Library(handle, base, name.equals(path));
    }
  }

  /**
   * Whether it came into memory by this very call, if no other ever had its path. A file that the
   * loader has already, under whatever name, keeps its first one.
   */
  public boolean isNew() {
    return isNew;
  }

  /** What is to be added to an address of the file to have it in memory. */
  public long base() {
    return base;
  }

  /** The address of a symbol of this library, or of one that it needs. */
  public Optional<MemorySegment> find(String symbol) {
    try (Arena arena = Arena.ofConfined()) {
      long found = Call.of(DLSYM, handle, arena.allocateFrom(symbol).address());
      return found == 0 ? Optional.empty() : Optional.of(MemorySegment.ofAddress(found));
    }
  }

  /** Lets go of it. Whether it leaves memory is the loader's to decide. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Call.of(DLCLOSE, handle);
    }
  }

  private static String error() {
    long text = Call.of(DLERROR, 0);
    return text == 0 ? "the dynamic loader refused it" : memory(text).getString(0);
  }

  private static MemorySegment memory(long address) {
    return MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE);
  }
}
