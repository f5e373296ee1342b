package dev.calotype.load;

import dev.calotype.MalformedImageException;
import dev.calotype.load.LibraryFacts.Symbols;
import dev.calotype.load.LibraryHost.Libc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a loader finds libraries (ld.so(8)).
 *
 * @param libc whose loader it is
 * @param loaded those it has already, by name
 * @param first the folders it looks in before any other
 * @param cache those it was told of, by name
 * @param last the folders it looks in at the end
 */
record HostLibraries(
    Libc libc,
    Map<String, Path> loaded,
    List<Path> first,
    Map<String, List<String>> cache,
    List<Path> last) {
  private static final Pattern COLON = Pattern.compile("[:;]");

  /** Those of this process, as it is now. */
  static HostLibraries current() {
    Optional<Path> loader = loader();
    String name = loader.map(path -> String.valueOf(path.getFileName())).orElse("");
    if (name.startsWith("ld-musl-")) {
      Path paths = Path.of("/etc", name.replaceFirst("\\.so\\.1$", ".path"));
      List<Path> last = folders(text(paths).orElse("/lib:/usr/local/lib:/usr/lib"));
      return new HostLibraries(Libc.MUSL, loadedNow(), ofEnvironment(), Map.of(), last);
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
      Map<String, List<String>> cache = LoaderCache.read(Path.of("/etc/ld.so.cache"));
      return new HostLibraries(Libc.GLIBC, loadedNow(), ofEnvironment(), cache, List.copyOf(last));
    }
    return new HostLibraries(Libc.OTHER, Map.of(), List.of(), Map.of(), List.of());
  }

  /** Those in a few folders. */
  static HostLibraries in(Libc libc, List<Path> folders) {
    return new HostLibraries(libc, Map.of(), List.of(), Map.of(), List.copyOf(folders));
  }

  /** The files that a name may lead to, in the loader's order; the first that fits is taken. */
  List<Path> candidates(String name, List<Path> runPath) {
    List<Path> files = new ArrayList<>();
    for (List<Path> folders : List.of(first, runPath)) {
      folders.forEach(folder -> files.add(folder.resolve(name)));
    }
    cache.getOrDefault(name, List.of()).forEach(file -> files.add(Path.of(file)));
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

  /** A loader takes a library that it has by the library's own name, whatever its file's. */
  private static Map<String, Path> loadedNow() {
    Map<String, Path> loaded = new HashMap<>();
    for (String file : mapped()) {
      Path path = Path.of(file);
      try {
        Optional<LibraryFacts.Elf> elf = LibraryFacts.read(path, Symbols.NONE).elf();
        String name = String.valueOf(path.getFileName());
        elf.ifPresent(it -> loaded.putIfAbsent(it.soname().orElse(name), path));
      } catch (IOException | MalformedImageException e) {
        // Mapped, but no library, or gone.
      }
    }
    return loaded;
  }

  private static Set<String> mapped() {
    Set<String> files = new LinkedHashSet<>();
    text(Path.of("/proc/self/maps"))
        .orElse("")
        .lines()
        .filter(line -> line.indexOf('/') > 0 && line.contains(".so"))
        .forEach(line -> files.add(line.substring(line.indexOf('/'))));
    return files;
  }

  private static Optional<String> text(Path file) {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
