package dev.calotype.load;

import dev.calotype.FileChangedException;
import dev.calotype.RefusedException;
import dev.calotype.map.OpenFile;
import dev.calotype.os.Descriptor;
import dev.calotype.os.FileStat;
import dev.calotype.os.Library;
import dev.calotype.os.Mapping;
import java.io.IOException;
import java.util.List;
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
    // Most files still have their names, and finding the descriptor looks at all there are.
    Optional<Descriptor> named = Descriptor.open(file.path(), FileStat.ofThread());
    if (named.isPresent()) {
      if (file.isBehind(named.get().number())) {
        return named.get();
      }
      named.get().close();
    }
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
      List<String> files = files(descriptor.number(), library.base() + rules.mapped().getAsLong());
      String ours = files.getFirst();
      String theirs = files.getLast();
      same = !ours.isEmpty() && theirs.equals(ours);
      if (!same) {
        throw new RefusedException(
            file, "the dynamic loader mapped file '%s', not '%s'".formatted(theirs, ours));
      }
      return new VerifiedLibrary(library, ours);
    } finally {
      if (!same) {
        library.close();
      }
    }
  }

  /** What the descriptor's file is called where it is mapped, and what is mapped there. */
  private static List<String> files(int descriptor, long address) throws IOException {
    long start = Mapping.start(descriptor, 1);
    try {
      return MemoryMaps.filesAt(start, address);
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
