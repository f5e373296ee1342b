package dev.calotype.load;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.Binary;
import dev.calotype.image.Container;
import dev.calotype.image.ElfImage;
import dev.calotype.image.Export;
import dev.calotype.image.Image;
import dev.calotype.image.Import;
import dev.calotype.image.Relocation;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.Segment;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a file says of the machine it is for, copied out of it.
 *
 * @param target what it was made for, {@code x86_64-elf}, or what it is instead of a native image
 * @param bits the width of an address; 0 if it is no native image
 * @param elf what only ELF says
 */
record LibraryFacts(String target, int bits, Optional<Elf> elf) {
  private static final long DT_FLAGS = 30;
  private static final long DF_BIND_NOW = 8;
  private static final long DT_FLAGS_1 = 0x6fff_fffb;
  private static final long DF_1_NOW = 1;
  private static final long DF_1_NOOPEN = 0x40;
  private static final long DF_1_PIE = 0x0800_0000;

  /** Relocations that wait for a call, by the names that psABIs give them. */
  private static final Pattern JUMP = Pattern.compile("_JU?MP_SLOT");

  /**
   * What an ELF file says.
   *
   * @param kind {@code e_type} in readelf's words; of a position-independent program that it is one
   * @param isLibrary whether {@code dlopen} takes files of that kind
   * @param osAbi {@code EI_OSABI}
   * @param alignment the smallest alignment of what is loaded, or 0 if nothing is
   * @param levels the x86-64 levels that it says it needs
   * @param needed the libraries it needs
   * @param versions the versions of their symbols that it can't be loaded without
   * @param defined the versions it has
   * @param soname its name for others
   * @param runPath folders in which what it needs is looked for
   * @param isBound whether all symbols that it needs are looked for when it is loaded; else
   *     functions are when they are called
   * @param imports symbols that have to be there when it is loaded, if asked for
   */
  record Elf(
      String kind,
      boolean isLibrary,
      int osAbi,
      long alignment,
      List<String> levels,
      List<String> needed,
      List<ElfImage.NeededVersion> versions,
      Set<String> defined,
      Optional<String> soname,
      Optional<String> runPath,
      boolean isBound,
      Set<String> imports) {}

  /** The program that loads a program. */
  static Optional<String> interpreter(Path path) throws IOException {
    try (OpenFile file = OpenFile.open(path);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = file.map(arena);
      return file.whileWhole(() ->
          Binary.of(bytes, path.toString()) instanceof ElfImage image
              ? image.interpreter()
              : Optional.empty());
    }
  }

  /**
   * Reads a file.
   *
   * @throws MalformedImageException if it is damaged, or ends before what is loaded of it
   */
  static LibraryFacts read(Path path, boolean withImports) throws IOException {
    try (OpenFile file = OpenFile.open(path)) {
      return read(file, withImports);
    }
  }

  static LibraryFacts read(OpenFile file, boolean withImports) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = file.map(arena);
      return file.whileWhole(() -> of(bytes, file.path().toString(), withImports));
    }
  }

  static LibraryFacts of(MemorySegment bytes, String name, boolean withImports) {
    Binary binary;
    try {
      binary = Binary.of(bytes, name);
    } catch (UnsupportedFormatException e) {
      return new LibraryFacts(e.found(), 0, Optional.empty());
    }
    return switch (binary) {
      case Container container -> new LibraryFacts(container.type(), 0, Optional.empty());
      case ElfImage image ->
          new LibraryFacts(
              image.target().id(), image.target().bits(), Optional.of(elf(image, withImports)));
      case Image image ->
          new LibraryFacts(image.target().id(), image.target().bits(), Optional.empty());
    };
  }

  private static Elf elf(ElfImage image, boolean withImports) {
    long flags = entry(image, DT_FLAGS);
    long flags1 = entry(image, DT_FLAGS_1);
    boolean isProgram = (flags1 & DF_1_PIE) != 0;
    boolean isClosed = (flags1 & DF_1_NOOPEN) != 0;
    boolean isBound = (flags & DF_BIND_NOW) != 0 || (flags1 & DF_1_NOW) != 0;
    return new Elf(
        isProgram ? "a program" : isClosed ? "not to be opened" : image.type(),
        image.fileType() == 3 && !isProgram && !isClosed,
        image.osAbi(),
        alignment(image),
        IsaLevels.needed(image),
        List.copyOf(image.needed()),
        image.neededVersions().stream().filter(version -> !version.isWeak()).toList(),
        image.definedVersions().stream()
            .map(ElfImage.DefinedVersion::version)
            .collect(Collectors.toUnmodifiableSet()),
        image.soname(),
        image.runPath(),
        isBound,
        withImports ? imports(image, isBound) : Set.of());
  }

  /** Removes the symbols that a library has from those that are missing. */
  static void remove(Path library, Set<String> missing) throws IOException {
    try (OpenFile file = OpenFile.open(library);
        Arena arena = Arena.ofConfined()) {
      Image image = Image.of(file.map(arena), library.toString());
      Set<String> found =
          file.whileWhole(() -> {
            Set<String> left = new HashSet<>(missing);
            for (Export symbol : image.exports()) {
              left.remove(symbol.name());
              if (left.isEmpty()) {
                break;
              }
            }
            return left;
          });
      missing.retainAll(found);
    }
  }

  private static long entry(ElfImage image, long tag) {
    for (ElfImage.DynamicEntry entry : image.dynamicEntries()) {
      if (entry.tag() == tag) {
        return entry.value();
      }
    }
    return 0;
  }

  /** Also makes sure that the bytes are there: a loader maps past the end, and the process dies. */
  private static long alignment(ElfImage image) {
    long least = 0;
    for (Segment segment : image.segments()) {
      if (segment.type().equals("LOAD")) {
        long bytes = segment.bytes().byteSize();
        if (bytes > 0 && (least == 0 || segment.alignment() < least)) {
          least = segment.alignment();
        }
      }
    }
    return least;
  }

  private static Set<String> imports(ElfImage image, boolean isBound) {
    Set<String> names = new HashSet<>();
    if (isBound) {
      for (Import symbol : image.imports()) {
        if (!symbol.isWeak()) {
          names.add(symbol.name());
        }
      }
      return names;
    }
    for (RelocationTable table : image.relocations()) {
      for (Relocation relocation : table) {
        // Most have no symbol: nothing is asked of them but that.
        relocation
            .symbol()
            .filter(symbol -> !JUMP.matcher(relocation.type()).find())
            .filter(symbol -> !symbol.isDefined() && symbol.binding().equals("GLOBAL"))
            .ifPresent(symbol -> names.add(symbol.name()));
      }
    }
    return names;
  }
}
