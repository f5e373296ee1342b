package dev.calotype.cli;

import dev.calotype.FileChangedException;
import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.split.SectionChoice;
import dev.calotype.split.Split;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A look for the libraries of the running JDK and of the system that have the most data to move.
 * Reads headers and relocations; nothing is loaded.
 */
final class LibraryScan {
  private static final long LEAST_SIZE = 64 << 10;
  private static final int MOST_FILES = 2000;
  private static final int JDK_DEPTH = 4;
  private static final int SYSTEM_DEPTH = 2;

  private final Set<Object> seen = new HashSet<>();
  private final List<Library> candidates = new ArrayList<>();

  private LibraryScan() {}

  /**
   * A library.
   *
   * @param path its file
   * @param size the file's size in bytes
   * @param data how many of them can move; 0 if that was not looked at
   */
  record Library(Path path, long size, long data) {}

  /**
   * The libraries with the most data, the richest first.
   *
   * @param count how many
   */
  static List<Library> richest(int count, Terminal terminal) {
    LibraryScan scan = new LibraryScan();
    scan.addAll(Path.of(System.getProperty("java.home"), "lib"), JDK_DEPTH);
    for (String folder : List.of("/usr/lib64", "/usr/lib", "/lib64", "/lib")) {
      scan.addAll(Path.of(folder), SYSTEM_DEPTH);
    }
    return scan.measure(count, terminal);
  }

  private void addAll(Path folder, int depth) {
    try {
      // The folder itself may be a link, as /lib is; the files in it may not.
      Files.walkFileTree(
          folder.toRealPath(),
          EnumSet.noneOf(java.nio.file.FileVisitOption.class),
          depth,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes facts) {
              add(file, facts);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException | UncheckedIOException | SecurityException e) {
      // Not there, or not ours to see: there are other folders.
    }
  }

  private void add(Path file, BasicFileAttributes facts) {
    String name = String.valueOf(file.getFileName());
    boolean isLibrary = name.endsWith(".so") || name.contains(".so.");
    if (isLibrary && facts.isRegularFile() && facts.size() >= LEAST_SIZE) {
      Object key = facts.fileKey();
      if (seen.add(key == null ? file : key)) {
        candidates.add(new Library(file, facts.size(), 0));
      }
    }
  }

  private List<Library> measure(int count, Terminal terminal) {
    candidates.sort(
        Comparator.comparingLong(Library::size).reversed().thenComparing(Library::path));
    List<Library> richest = new ArrayList<>();
    int files = Math.min(candidates.size(), MOST_FILES);
    try (Progress progress = terminal.progress("looking for data", files)) {
      for (Library library : candidates.subList(0, files)) {
        // From here on all are smaller than the data of those found.
        if (richest.size() == count && library.size <= richest.getLast().data) {
          break;
        }
        long data = data(library.path);
        if (data > 0) {
          richest.add(new Library(library.path, library.size, data));
          richest.sort(Comparator.comparingLong(Library::data).reversed());
          if (richest.size() > count) {
            richest.removeLast();
          }
        }
        progress.step("libraries");
      }
    }
    return richest;
  }

  /** How many bytes of a library can move; 0 if it can't be read or split. */
  private static long data(Path library) {
    if (!Files.isRegularFile(library, LinkOption.NOFOLLOW_LINKS)) {
      return 0;
    }
    try (Split split = Split.plan(library, List.of())) {
      return split.choices().stream()
          .filter(SectionChoice::moves)
          .mapToLong(SectionChoice::size)
          .sum();
    } catch (IOException
        | MalformedImageException
        | UnsupportedFormatException
        | RefusedException
        | FileChangedException e) {
      return 0;
    }
  }
}
