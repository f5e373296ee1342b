package dev.calotype.load;

import dev.calotype.ji.Host;
import java.nio.file.Path;
import java.util.List;

/**
 * A machine as far as a native library can fail to fit it: its processor and pages, its C library,
 * the libraries its loader finds. Nothing is read before it is asked for, and what was read is
 * kept; so keep one for many libraries. Safe for use by several threads.
 */
public final class LibraryHost {
  private final Host machine;
  private final Libc libc;
  private final HostLibraries libraries;
  private final Path mounts;

  private LibraryHost(Host machine, Libc libc, HostLibraries libraries, Path mounts) {
    this.machine = machine;
    this.libc = libc;
    this.libraries = libraries;
    this.mounts = mounts;
  }

  /** Whose dynamic loader it is: they take different files. */
  public enum Libc {
    /** The GNU C library. */
    GLIBC,
    /** musl. */
    MUSL,
    /** Another, or none known: nothing is said of libraries and versions there. */
    OTHER
  }

  /** This process on this machine. On other systems than Linux, only the target is known. */
  public static LibraryHost current() {
    HostLibraries libraries = HostLibraries.current();
    return new LibraryHost(
        Host.current(), libraries.libc(), libraries, Path.of("/proc/self/mountinfo"));
  }

  /**
   * Another machine, or this one seen from another root.
   *
   * @param folders where its libraries are, in the loader's order; there is nothing else
   */
  public static LibraryHost of(Host machine, Libc libc, List<Path> folders) {
    return new LibraryHost(
        machine, libc, HostLibraries.in(libc, folders), Path.of("/proc/self/mountinfo"));
  }

  /** The same on which another file says what is mounted how. */
  public LibraryHost withMounts(Path mountinfo) {
    return new LibraryHost(machine, libc, libraries, mountinfo);
  }

  /** The same with another processor or other pages. */
  public LibraryHost withMachine(Host machine) {
    return new LibraryHost(machine, libc, libraries, mounts);
  }

  /** Its processor and pages. */
  public Host machine() {
    return machine;
  }

  /** Its C library. */
  public Libc libc() {
    return libc;
  }

  HostLibraries libraries() {
    return libraries;
  }

  Path mounts() {
    return mounts;
  }
}
