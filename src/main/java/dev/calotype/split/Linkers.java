package dev.calotype.split;

import dev.calotype.RefusedException;
import dev.calotype.image.Format;
import dev.calotype.image.Target;
import dev.calotype.ji.Host;
import dev.calotype.ji.Shape;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The linkers in some folders. Nothing is kept: a linker that was installed since is found.
 *
 * <p>Immutable; safe for use by several threads.
 */
public final class Linkers {
  private static final Pattern SEPARATOR = Pattern.compile(File.pathSeparator, Pattern.LITERAL);

  /** What stands in a name for a version. */
  private static final String VERSION = "-NN";

  private final List<Path> folders;

  private Linkers(List<Path> folders) {
    this.folders = List.copyOf(folders);
  }

  /** Those on the {@code PATH}. */
  public static Linkers onPath() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return new Linkers(
        SEPARATOR
            .splitAsStream(path)
            .filter(folder -> !folder.isEmpty())
            .flatMap(Linkers::folder)
            .toList());
  }

  /** Those in these folders, the first one first. */
  public static Linkers in(List<Path> folders) {
    return new Linkers(folders);
  }

  /**
   * The linker of a name in the folders, or at a path.
   *
   * @throws RefusedException if there is none, or its name does not tell its kind
   */
  public Linker named(String name) {
    if (name.indexOf('/') >= 0 || name.indexOf(File.separatorChar) >= 0) {
      Path program = Path.of(name);
      if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
        throw new RefusedException(name, "there is no such program");
      }
      return Linker.of(program);
    }
    Path found =
        programs(name).stream()
            .findFirst()
            .orElseThrow(
                () -> new RefusedException(name, "no linker of this name found on the PATH"));
    return Linker.of(found);
  }

  /**
   * All that can link objects of a target, the preferred one first.
   *
   * @param target what the objects are for
   * @param shape how the code is to find its data
   */
  public List<Linker> find(Target target, Shape shape) {
    List<Linker> all = new ArrayList<>();
    for (String name : names(target, shape)) {
      programs(name).forEach(program -> all.add(Linker.of(program)));
    }
    return all;
  }

  /**
   * The preferred linker for a target.
   *
   * @throws RefusedException if there is none, saying what was looked for
   */
  public Linker best(Target target, Shape shape) {
    return find(target, shape).stream()
        .findFirst()
        .orElseThrow(() ->
            new RefusedException(
                target.id(),
                "no linker for %s found: looked for %s on the PATH"
                    .formatted(target.id(), String.join(", ", names(target, shape)))));
  }

  /** The names that are looked for, in their order: docs/linking.md, "Which linker". */
  static List<String> names(Target target, Shape shape) {
    Set<String> names = new LinkedHashSet<>();
    String prefix = target.architecture().equals("i386") ? "i686" : target.architecture();
    switch (target.format()) {
      case ELF -> {
        boolean own = target.id().equals(Host.current().target());
        List<String> drivers =
            own ? List.of("cc", "gcc", "clang", "clang-NN") : List.of(prefix + "-linux-gnu-gcc");
        List<String> plain =
            own
                ? List.of("ld", "ld.lld", "ld.lld-NN", "mold", "ld.gold")
                : List.of(prefix + "-linux-gnu-ld", "ld.lld", "ld.lld-NN");
        names.addAll(shape == Shape.HOLE ? plain : drivers);
        names.addAll(shape == Shape.HOLE ? drivers : plain);
      }
      case COFF, PE ->
          names.addAll(
              List.of(
                  "lld-link",
                  "lld-link-NN",
                  prefix + "-w64-mingw32-gcc",
                  prefix + "-w64-mingw32-ld"));
      default -> {
        if (Linker.isMac() && target.format() == Format.MACHO) {
          names.addAll(List.of("cc", "clang"));
        }
        names.addAll(List.of("ld64.lld", "ld64.lld-NN"));
      }
    }
    return List.copyOf(names);
  }

  /** The programs of a name; of one with any version, the highest version first. */
  private List<Path> programs(String name) {
    List<Path> found = new ArrayList<>();
    for (Path folder : folders) {
      if (name.endsWith(VERSION)) {
        found.addAll(versions(folder, name.substring(0, name.length() - VERSION.length())));
      } else {
        Path program = folder.resolve(Linker.isWindows() ? name + ".exe" : name);
        if (isProgram(program)) {
          found.add(program);
        }
      }
    }
    return found;
  }

  private static List<Path> versions(Path folder, String name) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(
            folder, file -> version(name, file.getFileName().toString()) >= 0)) {
      files.forEach(found::add);
    } catch (IOException | DirectoryIteratorException e) {
      return List.of(); // The PATH may well name folders that are not there.
    }
    found.removeIf(file -> !isProgram(file));
    found.sort(
        Comparator.comparingInt((Path file) -> version(name, file.getFileName().toString()))
            .reversed());
    return found;
  }

  /** The N of {@code name-N}, or −1 if it is no such name. */
  private static int version(String name, String file) {
    String bare =
        Linker.isWindows() && file.endsWith(".exe") ? file.substring(0, file.length() - 4) : file;
    if (!bare.startsWith(name + "-") || bare.length() > name.length() + 5) {
      return -1;
    }
    String digits = bare.substring(name.length() + 1);
    return !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9')
        ? Integer.parseInt(digits)
        : -1;
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  private static Stream<Path> folder(String name) {
    try {
      return Stream.of(Path.of(name));
    } catch (InvalidPathException e) {
      return Stream.of();
    }
  }
}
