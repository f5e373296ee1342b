package dev.calotype.load;

import dev.calotype.FileChangedException;
import dev.calotype.RefusedException;
import dev.calotype.map.OpenFile;
import dev.calotype.os.Descriptor;
import dev.calotype.os.Library;
import dev.calotype.os.Mapping;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A library that the dynamic loader took from the very file that is open here: docs/loading.md,
 * "Steps" 5 and 6.
 *
 * @param library the library
 * @param identity device and inode of its mappings, as the kernel prints them
 */
record VerifiedLibrary(Library library, String identity) {
  private static final AtomicLong LOADS = new AtomicLong();

  /** Another descriptor of an open file. */
  static Descriptor descriptor(OpenFile file) throws IOException {
    Descriptor again = Descriptor.again(file.descriptor());
    if (!file.isBehind(again.number())) {
      again.close();
      throw new FileChangedException(file.path().toString(), "is not what was opened any more");
    }
    return again;
  }

  /** Whether the loader has this file already. */
  static boolean isLoaded(Descriptor descriptor) {
    return Library.isOpen(newName(descriptor.number()));
  }

  /**
   * Loads it. Its initial code runs.
   *
   * @param rules what its headers say
   * @param file what errors call it
   * @throws RefusedException with the loader's words, if it refuses
   */
  static VerifiedLibrary open(Descriptor descriptor, ElfRules rules, String file)
      throws IOException {
    if (rules.mapped().isEmpty()) {
      throw new RefusedException(file, "no part of it is loaded");
    }
    String name = newName(descriptor.number());
    Library library;
    try {
      library = Library.open(name);
    } catch (IOException e) {
      String words = String.valueOf(e.getMessage()).replace(name, "it");
      throw new RefusedException(file, "the dynamic loader refuses it: " + words);
    }
    boolean same = false;
    try {
      String ours = identity(descriptor.number());
      Optional<String> theirs = MemoryMaps.fileAt(library.base() + rules.mapped().getAsLong());
      same = theirs.isPresent() && theirs.get().equals(ours);
      if (!same) {
        throw new RefusedException(
            file, "the dynamic loader mapped file %s, not %s".formatted(theirs.orElse("-"), ours));
      }
      return new VerifiedLibrary(library, ours);
    } finally {
      if (!same) {
        library.close();
      }
    }
  }

  private static String identity(int descriptor) throws IOException {
    long start = Mapping.start(descriptor, 1);
    try {
      return MemoryMaps.fileAt(start).orElse("");
    } finally {
      Mapping.remove(start, 1);
    }
  }

  /** A spelling of the descriptor's path that no load had before. */
  private static String newName(int descriptor) {
    StringBuilder name = new StringBuilder("/proc/self/fd");
    for (long left = LOADS.incrementAndGet(); left > 0; left >>>= 1) {
      name.append((left & 1) == 0 ? "/." : "//");
    }
    return name.append('/').append(descriptor).toString();
  }
}
