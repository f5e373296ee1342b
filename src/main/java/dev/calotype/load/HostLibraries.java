package dev.calotype.load;

import dev.calotype.MalformedImageException;
import dev.calotype.load.LibraryHost.Libc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a loader finds libraries (ld.so(8)).
 *
 * @param libc whose loader it is
 * @param loaded those it has already
 * @param first the folders it looks in before any other
 * @param cache those it was told of
 * @param last the folders it looks in at the end
 */
record HostLibraries(
    Libc libc, List<Path> loaded, List<Path> first, Optional<LoaderCache> cache, List<Path> last) {
  private static final Pattern COLON = Pattern.compile("[:;]");

  /** Those of this process, as it is now. */
  static HostLibraries current() {
    Optional<Path> loader = loader();
    String name = loader.map(path -> String.valueOf(path.getFileName())).orElse("");
    if (name.startsWith("ld-musl-")) {
      Path paths = Path.of("/etc", name.replaceFirst("\\.so\\.1$", ".path"));
      List<Path> last = folders(text(paths).orElse("/lib:/usr/local/lib:/usr/lib"));
      return new HostLibraries(Libc.MUSL, loadedNow(), ofEnvironment(), Optional.empty(), last);
    }
    if (name.startsWith("ld-linux") || name.startsWith("ld64.so")) {
      Set<Path> last = new LinkedHashSet<>();
      try {
        // Where the loader itself is, the system's libraries are.
        last.add(loader.orElseThrow().toRealPath().resolveSibling(""));
      } catch (IOException e) {
        // The usual folders are left.
      }
      last.addAll(folders("/lib64:/usr/lib64:/lib:/usr/lib"));
      Optional<LoaderCache> cache = LoaderCache.read(Path.of("/etc/ld.so.cache"));
      return new HostLibraries(Libc.GLIBC, loadedNow(), ofEnvironment(), cache, List.copyOf(last));
    }
    return new HostLibraries(Libc.OTHER, List.of(), List.of(), Optional.empty(), List.of());
  }

  /** Those in a few folders. */
  static HostLibraries in(Libc libc, List<Path> folders) {
    return new HostLibraries(libc, List.of(), List.of(), Optional.empty(), List.copyOf(folders));
  }

  /** The files that a name may lead to, in the loader's order; the first that fits is taken. */
  List<Path> candidates(String name, List<Path> runPath) {
    List<Path> files = new ArrayList<>();
    for (List<Path> folders : List.of(first, runPath)) {
      folders.forEach(folder -> files.add(folder.resolve(name)));
    }
    cache.ifPresent(it -> files.addAll(it.files(name)));
    last.forEach(folder -> files.add(folder.resolve(name)));
    files.removeIf(file -> !Files.isRegularFile(file));
    return files;
  }

  /** The folders of a search path, without those of which only the loader knows where they are. */
  static List<Path> folders(String path) {
    List<Path> folders = new ArrayList<>();
    for (String folder : COLON.splitAsStream(path.replace('\n', ':').strip()).toList()) {
      if (folder.startsWith("/") && !folder.contains("$")) {
        folders.add(Path.of(folder));
      }
    }
    return folders;
  }

  private static List<Path> ofEnvironment() {
    return folders(Optional.ofNullable(System.getenv("LD_LIBRARY_PATH")).orElse(""));
  }

  /** The dynamic loader of this process. */
  private static Optional<Path> loader() {
    try {
      return LibraryFacts.interpreter(Path.of("/proc/self/exe")).map(Path::of);
    } catch (IOException | MalformedImageException e) {
      return Optional.empty(); // Not Linux.
    }
  }

  /**
   * The library that the loader takes because it has it: by the library's own name, whatever its
   * file's.
   *
   * @param isAlike whether to look at files whose names are the library's, or start like it, and so
   *     at most of what there is to find; or at all the others
   */
  Optional<Path> loaded(String name, boolean isAlike) {
    String stem = name.substring(0, name.indexOf(".so") + 1);
    for (Path file : loaded) {
      String fileName = String.valueOf(file.getFileName());
      if (fileName.startsWith(stem) == isAlike
          && (fileName.equals(name) || soname(file).equals(Optional.of(name)))) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> soname(Path file) {
    try {
      return LibraryFacts.read(file, false).elf().flatMap(LibraryFacts.Elf::soname);
    } catch (IOException | MalformedImageException e) {
      return Optional.empty(); // Mapped, but no library, or gone.
    }
  }

  private static List<Path> loadedNow() {
    Set<String> files = new LinkedHashSet<>();
    text(Path.of("/proc/self/maps"))
        .orElse("")
        .lines()
        .filter(line -> line.indexOf('/') > 0 && line.contains(".so"))
        .forEach(line -> files.add(line.substring(line.indexOf('/'))));
    return files.stream().map(Path::of).toList();
  }

  private static Optional<String> text(Path file) {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
