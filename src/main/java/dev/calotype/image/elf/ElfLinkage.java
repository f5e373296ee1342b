package dev.calotype.image.elf;

import dev.calotype.image.Export;
import dev.calotype.image.Import;
import dev.calotype.image.Symbol;
import dev.calotype.image.SymbolTable;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What the dynamic symbols say of other images. */
final class ElfLinkage {
  private ElfLinkage() {}

  /** Defined, and neither local nor hidden. */
  static Iterable<Export> exports(SymbolTable symbols) {
    return () ->
        entries(symbols)
            .filter(symbol -> symbol.isDefined() && symbol.isGlobal() && isVisible(symbol))
            .map(symbol ->
                new Export(symbol.name(), OptionalLong.empty(), symbol.value(), Optional.empty()))
            .iterator();
  }

  /** Undefined; the first entry of a table always is, and has no name. */
  static Iterable<Import> imports(SymbolTable symbols) {
    return () ->
        entries(symbols)
            .filter(symbol -> !symbol.isDefined() && symbol.index() != 0)
            .map(symbol ->
                new Import(symbol.name(), Optional.empty(), OptionalLong.empty(), symbol.isWeak()))
            .iterator();
  }

  private static boolean isVisible(ElfSymbols.Entry symbol) {
    int visibility = symbol.visibility();
    return visibility == Elf.STV_DEFAULT || visibility == Elf.STV_PROTECTED;
  }

  private static Stream<ElfSymbols.Entry> entries(SymbolTable symbols) {
    Stream<Symbol> all = StreamSupport.stream(symbols.spliterator(), false);
    return all.map(ElfSymbols.Entry.class::cast);
  }
}
