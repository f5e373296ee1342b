package dev.calotype.os;

import dev.calotype.os.ffi.Posix;
import dev.calotype.os.ffi.link_map;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** A library that the dynamic loader brought in. Safe for use by several threads. */
public final class Library implements AutoCloseable {
  private final MemorySegment handle;
  private final long base;
  private final boolean isNew;
  private boolean closed;

  private Library(MemorySegment handle, long base, boolean isNew) {
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
      MemorySegment handle =
          Posix.dlopen(arena.allocateFrom(path), Posix.RTLD_NOW() | Posix.RTLD_LOCAL());
      if (handle.address() == 0) {
        throw new IOException(error());
      }
      MemorySegment map = arena.allocate(Posix.C_POINTER);
      if (Posix.dlinfo(handle, Posix.RTLD_DI_LINKMAP(), map) != 0) {
        IOException e = new IOException(error());
        Posix.dlclose(handle);
        throw e;
      }
      MemorySegment entry = map.get(Posix.C_POINTER, 0).reinterpret(link_map.sizeof());
      String name = link_map.l_name(entry).getString(0);
      return new Library(handle, link_map.l_addr(entry), name.equals(path));
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
      MemorySegment found = Posix.dlsym(handle, arena.allocateFrom(symbol));
      return found.address() == 0
          ? Optional.empty()
          : Optional.of(MemorySegment.ofAddress(found.address()));
    }
  }

  /** Lets go of it. Whether it leaves memory is the loader's to decide. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Posix.dlclose(handle);
    }
  }

  private static String error() {
    MemorySegment text = Posix.dlerror();
    return text.address() == 0 ? "the dynamic loader refused it" : text.getString(0);
  }
}
