package dev.calotype.image.macho;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Export;
import dev.calotype.image.Import;
import dev.calotype.image.Symbol;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What an image and others have of each other. */
final class MachOLinkage {
  /** Library ordinals that name no library: dynamic lookup, and the main executable. */
  private static final int DYNAMIC_LOOKUP_ORDINAL = 0xfe;

  private static final int SELF_LIBRARY_ORDINAL = 0;

  private MachOLinkage() {}

  /** From the trie or, in images from before it, the symbols. */
  static Iterable<Export> exports(MachOFile image) {
    if (image.isObject()) {
      return List.of();
    }
    for (MachOCommand command : image.commands()) {
      if (command.type() == MachO.LC_DYLD_INFO || command.type() == MachO.LC_DYLD_INFO_ONLY) {
        return trie(image, command, 40); // export_off
      }
      if (command.type() == MachO.LC_DYLD_EXPORTS_TRIE) {
        return trie(image, command, 8); // dataoff
      }
    }
    return () ->
        entries(image.dynamicSymbols())
            .filter(symbol -> symbol.isDefined() && symbol.isGlobal())
            .map(symbol ->
                new Export(symbol.name(), OptionalLong.empty(), symbol.value(), Optional.empty()))
            .iterator();
  }

  private static MachOExports trie(MachOFile image, MachOCommand command, int field) {
    ByteView view = image.view();
    long offset = command.u32(field);
    long size = command.u32(field + 4);
    if (size != 0) {
      view.require(offset, size, "exports trie");
    }
    return new MachOExports(view, offset, size, base(image), image.needed());
  }

  /** Where the file's header is loaded. */
  private static long base(MachOFile image) {
    for (MachOSegment segment : image.machoSegments()) {
      if (segment.offset() == 0 && segment.fileSize() != 0) {
        return segment.address();
      }
    }
    return 0;
  }

  static Iterable<Import> imports(MachOFile image) {
    if (image.isObject()) {
      return List.of();
    }
    MachOSymbols symbols = image.machoSymbols().undefined(image.commands());
    boolean isTwoLevel = (image.flags() & MachO.MH_TWOLEVEL) != 0;
    List<String> libraries = isTwoLevel ? image.needed() : List.of();
    return () ->
        entries(symbols)
            .filter(symbol -> !symbol.isDefined() && symbol.isGlobal())
            .map(symbol ->
                new Import(
                    symbol.name(),
                    isTwoLevel ? library(image, symbol, libraries) : Optional.empty(),
                    OptionalLong.empty(),
                    symbol.isWeak()))
            .iterator();
  }

  private static Optional<String> library(
      MachOFile image, MachOSymbols.Entry symbol, List<String> libraries) {
    int ordinal = symbol.libraryOrdinal();
    if (ordinal >= DYNAMIC_LOOKUP_ORDINAL) {
      return Optional.empty();
    }
    if (ordinal == SELF_LIBRARY_ORDINAL) {
      return image.installName();
    }
    if (ordinal > libraries.size()) {
      throw image
          .view()
          .malformed(
              "symbol table",
              symbol.at(),
              "library " + ordinal,
              "one of %d, from 1".formatted(libraries.size()));
    }
    return Optional.of(libraries.get(ordinal - 1));
  }

  private static Stream<MachOSymbols.Entry> entries(Iterable<Symbol> symbols) {
    return StreamSupport.stream(symbols.spliterator(), false).map(MachOSymbols.Entry.class::cast);
  }
}
