package dev.calotype.load;

import dev.calotype.image.ElfImage;
import dev.calotype.image.Image;
import dev.calotype.image.Relocation;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.Segment;
import dev.calotype.image.Symbol;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an ELF image will make the loader do, seen from its file: docs/loading.md, "Shapes".
 *
 * @param runsFirst what makes code of it run before its holes can be filled
 * @param staysLoaded what keeps it in memory when it is closed
 * @param needed the libraries it needs
 * @param mapped an address, as in the file, that the loader maps from the file
 * @param exported a symbol that others may bind to
 */
record ElfRules(
    List<String> runsFirst,
    Optional<String> staysLoaded,
    List<String> needed,
    OptionalLong mapped,
    Optional<String> exported) {
  /** Up to here reading takes less time than mapping. */
  private static final long MOST_COPIED = 1 << 20;

  private static final long FLAGS_1 = 0x6fff_fffb;
  private static final long NODELETE = 8;
  private static final Map<Long, String> ENTRIES =
      Map.of(
          12L, "DT_INIT",
          13L, "DT_FINI",
          25L, "DT_INIT_ARRAY",
          26L, "DT_FINI_ARRAY",
          32L, "DT_PREINIT_ARRAY");

  /** {@code R_386_IRELATIVE} and so on, by {@code e_machine}. */
  private static final Map<Integer, Integer> INDIRECT = Map.of(3, 42, 62, 37, 183, 1032, 243, 58);

  /**
   * Looks at the headers, dynamic symbols and relocations.
   *
   * @throws dev.calotype.MalformedImageException if they are damaged
   * @throws dev.calotype.FileChangedException if the file shrank meanwhile
   */
  static ElfRules of(OpenFile file) throws IOException {
    String name = file.path().toString();
    if (file.size() <= MOST_COPIED) {
      byte[] copy = new byte[(int) file.size()];
      file.readFully(0, copy, 0, copy.length);
      return of(Image.of(MemorySegment.ofArray(copy), name));
    }
    try (Arena arena = Arena.ofConfined()) {
      Image image = Image.of(file.map(arena), name);
      return file.whileWhole(() -> of(image));
    }
  }

  private static ElfRules of(Image image) {
    List<String> first = new ArrayList<>();
    Optional<String> stays = Optional.empty();
    int indirect = -1;
    OptionalLong address = OptionalLong.empty();
    Optional<String> exported = Optional.empty();
    if (image instanceof ElfImage elf) {
      indirect = INDIRECT.getOrDefault(elf.machine(), -1);
      for (ElfImage.DynamicEntry entry : elf.dynamicEntries()) {
        String name = ENTRIES.get(entry.tag());
        if (name != null) {
          first.add(name);
        }
        if (entry.tag() == FLAGS_1 && (entry.value() & NODELETE) != 0) {
          stays = Optional.of("DF_1_NODELETE");
        }
      }
    }
    for (Segment segment : image.segments()) {
      if (segment.type().equals("TLS")) {
        first.add("PT_TLS");
      }
      if (segment.isLoaded() && segment.fileSize() > 0 && address.isEmpty()) {
        address = OptionalLong.of(segment.address());
      }
    }
    for (RelocationTable table : image.relocations()) {
      for (Relocation relocation : table) {
        if (relocation.typeNumber() == indirect) {
          first.add("IRELATIVE relocations");
          break;
        }
      }
    }
    for (Symbol symbol : image.dynamicSymbols()) {
      if (symbol.binding().equals("UNIQUE")) {
        stays = Optional.of("a unique symbol, " + symbol.name());
        break;
      }
      if (symbol.isDefined() && symbol.isGlobal() && exported.isEmpty()) {
        exported = Optional.of(symbol.name());
      }
    }
    return new ElfRules(List.copyOf(first), stays, List.copyOf(image.needed()), address, exported);
  }
}
