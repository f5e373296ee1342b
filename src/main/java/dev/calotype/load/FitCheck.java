package dev.calotype.load;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.ElfImage;
import dev.calotype.ji.Cause;
import dev.calotype.load.LibraryHost.Libc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Does what the loader does before it runs any code: docs/native-libraries.md, "What is asked". */
final class FitCheck {
  private static final Map<Integer, String> SYSTEMS =
      Map.of(2, "NetBSD", 6, "Solaris", 9, "FreeBSD", 12, "OpenBSD");

  /** {@code ELFOSABI_NONE} and {@code ELFOSABI_GNU}. */
  private static final Set<Integer> LINUX = Set.of(0, 3);

  private static final Pattern LIBC = Pattern.compile("libc\\.(so|musl-).*");

  /** Names that musl takes for itself, whatever follows the dot. */
  private static final Pattern MUSL = Pattern.compile("lib(c|pthread|rt|m|dl|util|xnet)\\..*");

  private static final String GLIBC_NAME = "libc.so.6";

  private final LibraryHost host;
  private final Optional<Path> folder;
  private final List<Cause> causes = new ArrayList<>();

  /** By the name that something needs; empty where there is none that fits. */
  private final Map<String, Optional<Found>> libraries = new LinkedHashMap<>();

  private record Found(Path file, LibraryFacts.Elf elf) {}

  private record Needing(LibraryFacts.Elf elf, Optional<Path> folder) {}

  FitCheck(LibraryHost host, Optional<Path> folder) {
    this.host = host;
    this.folder = folder;
  }

  List<Cause> causes(LibraryFacts facts) {
    if (compareTarget(facts)) {
      compareFile(facts.elf().orElseThrow());
      if (host.libc() != Libc.OTHER) {
        lookForLibraries(facts.elf().orElseThrow());
        lookForSymbols(facts.elf().orElseThrow());
      }
    }
    folder
        .flatMap(it -> Mounts.noexec(it, host.mounts()))
        .ifPresent(
            point -> causes.add(new Cause(Cause.Code.NOEXEC, "a folder to execute from", point)));
    return causes;
  }

  /** Whether it is worth looking further: it is ELF, and for this machine. */
  private boolean compareTarget(LibraryFacts facts) {
    String expected = host.machine().target();
    Optional<String> actual = Optional.empty();
    if (!facts.target().equals(expected)) {
      actual = Optional.of(facts.target());
    } else if (facts.bits() != bits(expected)) {
      actual = Optional.of("%s of %d bits".formatted(facts.target(), facts.bits()));
    } else if (facts.elf().isPresent() && !LINUX.contains(facts.elf().get().osAbi())) {
      int abi = facts.elf().get().osAbi();
      actual =
          Optional.of("%s of %s".formatted(expected, SYSTEMS.getOrDefault(abi, "system " + abi)));
      expected += " of Linux";
    }
    if (actual.isPresent()) {
      causes.add(new Cause(Cause.Code.TARGET, expected, actual.get()));
    }
    return actual.isEmpty() && facts.elf().isPresent();
  }

  /** Every JVM is of 64 bits on a machine of 64. */
  private static int bits(String target) {
    return target.contains("64") || target.startsWith("s390x") ? 64 : 32;
  }

  private void compareFile(LibraryFacts.Elf elf) {
    if (!elf.isLibrary() || elf.alignment() == 0) {
      String actual = elf.isLibrary() ? "a file of which nothing is loaded" : elf.kind();
      causes.add(new Cause(Cause.Code.FILE_TYPE, "DYN (shared object)", actual));
    }
    long pages = host.machine().pageSize();
    if (elf.alignment() % pages != 0) {
      causes.add(
          new Cause(Cause.Code.PAGE_SIZE, Long.toString(pages), Long.toString(elf.alignment())));
    }
    if (host.libc() == Libc.GLIBC) {
      for (String level : elf.levels()) {
        if (!host.machine().features().contains(level)) {
          causes.add(new Cause(Cause.Code.FEATURE, level, "a host that has it", "none"));
        }
      }
    }
  }

  /** Looks for what it needs, and for what that needs, as far as it is not loaded already. */
  private void lookForLibraries(LibraryFacts.Elf library) {
    Deque<Needing> left = new ArrayDeque<>(List.of(new Needing(library, folder)));
    while (!left.isEmpty()) {
      Needing needing = left.remove();
      for (String name : needing.elf().needed()) {
        if (!libraries.containsKey(name) && !isLibcsOwn(name)) {
          Optional<Found> found = find(name, needing);
          libraries.put(name, found);
          if (found.isPresent() && !host.libraries().loaded().contains(found.get().file())) {
            Optional<Path> beside = Optional.ofNullable(found.get().file().getParent());
            left.add(new Needing(found.get().elf(), beside));
          }
        }
      }
      if (host.libc() == Libc.GLIBC) {
        compareVersions(needing);
      }
    }
  }

  /** Whether the C library itself answers to a name, or another C library would have to. */
  private boolean isLibcsOwn(String name) {
    if (host.libc() == Libc.MUSL) {
      return MUSL.matcher(name).matches();
    }
    boolean isOther = LIBC.matcher(name).matches() && !name.equals(GLIBC_NAME);
    if (isOther && causes.stream().noneMatch(cause -> cause.code() == Cause.Code.LIBC)) {
      String actual = name.startsWith("libc.musl-") ? "musl" : "another C library, " + name;
      causes.add(new Cause(Cause.Code.LIBC, "glibc", actual));
    }
    return isOther;
  }

  private Optional<Found> find(String name, Needing needing) {
    HostLibraries libraries = host.libraries();
    List<Path> files = new ArrayList<>();
    libraries.loaded(name, true).ifPresent(files::add);
    if (files.isEmpty()) {
      files.addAll(libraries.candidates(name, runPath(needing)));
    }
    String others = "";
    for (Path file : files) {
      LibraryFacts facts = facts(file);
      if (isForHost(facts)) {
        return Optional.of(new Found(file, facts.elf().orElseThrow()));
      }
      others = others.isEmpty() ? "%s (%s)".formatted(file, facts.target()) : others;
    }
    Optional<Path> renamed = libraries.loaded(name, false);
    if (renamed.isPresent() && isForHost(facts(renamed.get()))) {
      return Optional.of(new Found(renamed.get(), facts(renamed.get()).elf().orElseThrow()));
    }
    causes.add(
        new Cause(Cause.Code.LIBRARY, name, "a library for " + host.machine().target(), others));
    return Optional.empty();
  }

  private boolean isForHost(LibraryFacts facts) {
    return facts.elf().isPresent() && facts.target().equals(host.machine().target());
  }

  private static LibraryFacts facts(Path file) {
    try {
      return LibraryFacts.read(file, false);
    } catch (IOException | MalformedImageException e) {
      return new LibraryFacts("no library", 0, Optional.empty());
    }
  }

  private static List<Path> runPath(Needing needing) {
    String path = needing.elf().runPath().orElse("");
    if (path.contains("$") && needing.folder().isPresent()) {
      String origin = needing.folder().get().toString();
      path = path.replace("${ORIGIN}", origin).replace("$ORIGIN", origin);
    }
    return HostLibraries.folders(path);
  }

  private void compareVersions(Needing needing) {
    for (ElfImage.NeededVersion version : needing.elf().versions()) {
      String name = version.library();
      if (!libraries.containsKey(name)) {
        // The loader's own, which nobody has to need by name.
        libraries.put(name, isLibcsOwn(name) ? Optional.empty() : find(name, needing));
      }
      Optional<Found> found = libraries.getOrDefault(name, Optional.empty());
      // A library without any versions is taken for one that has them all.
      Set<String> defined = found.map(it -> it.elf().defined()).orElse(Set.of());
      if (!defined.isEmpty() && !defined.contains(version.version())) {
        causes.add(
            new Cause(
                Cause.Code.SYMBOL_VERSION,
                name,
                version.version(),
                VersionNames.highest(defined, version.version()).orElse("")));
      }
    }
  }

  /** Symbols that the loader wants at once, if nothing else is amiss. */
  private void lookForSymbols(LibraryFacts.Elf library) {
    // musl leaves all symbols for later that a file does not want to be bound.
    if (!causes.isEmpty() || (host.libc() == Libc.MUSL && !library.isBound())) {
      return;
    }
    Set<Path> files = new LinkedHashSet<>();
    libraries.values().forEach(found -> found.ifPresent(it -> files.add(it.file())));
    if (host.libc() == Libc.MUSL) {
      files.addAll(host.libraries().candidates("libc.so", List.of()));
    }
    // What the process has, as far as it was opened for all: nobody can tell from outside.
    files.addAll(host.libraries().loaded());
    Set<String> missing = new TreeSet<>(library.imports());
    for (Path file : files) {
      if (missing.isEmpty()) {
        return;
      }
      try {
        LibraryFacts.remove(file, missing);
      } catch (IOException | MalformedImageException | UnsupportedFormatException e) {
        return; // Nobody can say what it has.
      }
    }
    for (String symbol : missing) {
      causes.add(new Cause(Cause.Code.SYMBOL, symbol, "a library that has it", ""));
    }
  }
}
