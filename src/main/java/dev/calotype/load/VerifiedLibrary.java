package dev.calotype.load;

import dev.calotype.RefusedException;
import dev.calotype.os.Descriptor;
import dev.calotype.os.Library;
import dev.calotype.os.MappedFile;
import dev.calotype.os.Mapping;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A library that the dynamic loader took from the very file that is open here: docs/loading.md,
 * "Steps" 5 and 6.
 *
 * @param library the library
 * @param file the file of its mappings
 */
record VerifiedLibrary(Library library, MappedFile file) {
  private static final AtomicLong LOADS = new AtomicLong();

  /**
   * Loads it.
   *
   * @param rules what its headers say
   * @param name what errors call it
   * @throws RefusedException with the loader's words, if it refuses
   */
  static VerifiedLibrary open(Descriptor descriptor, ElfRules rules, String name)
      throws IOException {
    if (rules.mapped().isEmpty()) {
      throw new RefusedException(name, "no part of it is loaded");
    }
    String path = newPath(descriptor.number());
    Library library;
    try {
      library = Library.open(path);
    } catch (IOException e) {
      String words = String.valueOf(e.getMessage()).replace(path, "it");
      throw new RefusedException(name, "the dynamic loader refuses it: " + words);
    }
    boolean same = false;
    try {
      MappedFile theirs = MemoryMaps.fileAt(library.base() + rules.mapped().getAsLong());
      same = isOf(descriptor, theirs);
      if (!same) {
        throw new RefusedException(
            name, "the dynamic loader mapped file '%s', not this".formatted(theirs));
      }
      return new VerifiedLibrary(library, theirs);
    } finally {
      if (!same) {
        library.close();
      }
    }
  }

  /** Whether what is mapped is the descriptor's file. */
  private static boolean isOf(Descriptor descriptor, MappedFile mapped) throws IOException {
    if (mapped.equals(descriptor.stat().mapped())) {
      return true;
    }
    // Some file systems show other devices there than here, so it is asked of a mapping of ours.
    long start = Mapping.start(descriptor.number(), 1);
    try {
      return !mapped.equals(MappedFile.NONE) && mapped.equals(MemoryMaps.fileAt(start));
    } finally {
      Mapping.remove(start, 1);
    }
  }

  /** A spelling of the descriptor's path that no load had before. */
  private static String newPath(int descriptor) {
    StringBuilder name = new StringBuilder("/proc/self/fd");
    for (long left = LOADS.incrementAndGet(); left > 0; left >>>= 1) {
      name.append((left & 1) == 0 ? "/." : "//");
    }
    return name.append('/').append(descriptor).toString();
  }
}
