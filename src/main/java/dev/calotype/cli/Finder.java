package dev.calotype.cli;

import dev.calotype.image.Image;
import dev.calotype.image.Section;
import dev.calotype.image.Segment;
import dev.calotype.image.Symbol;
import dev.calotype.image.SymbolTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Everything in an image that has a name. */
final class Finder {
  private final Image image;
  private final String name;

  Finder(Image image, String name) {
    this.image = image;
    this.name = name;
  }

  /**
   * A thing of that name.
   *
   * @param kind {@code section}, {@code segment} or {@code symbol}
   * @param type the format's own name of its type
   * @param address where it is loaded, or {@link #NOWHERE}
   * @param offset where it is in the file, or {@link #NOWHERE}
   * @param size its size in bytes
   */
  record Match(String kind, String type, long address, long offset, long size) {
    static final long NOWHERE = -1;
  }

  /** All sections and segments of that name, then the symbol. */
  List<Match> find() {
    List<Match> matches = new ArrayList<>();
    for (Section section : image.sections()) {
      if (section.name().equals(name)) {
        matches.add(
            new Match(
                "section",
                section.type(),
                section.isLoaded() ? section.address() : Match.NOWHERE,
                section.offset(),
                section.size()));
      }
    }
    for (Segment segment : image.segments()) {
      if (segment.type().equals(name)) {
        matches.add(
            new Match(
                "segment", segment.type(), segment.address(), segment.offset(), segment.size()));
      }
    }
    symbol(image.symbols())
        .or(() -> symbol(image.dynamicSymbols()))
        .ifPresent(symbol ->
            matches.add(
                new Match(
                    "symbol",
                    symbol.type(),
                    symbol.value(),
                    offset(symbol.value()),
                    symbol.size())));
    return matches;
  }

  /** Whether the loader looks elsewhere for a symbol of that name. */
  boolean isImported() {
    return image.dynamicSymbols().find(name).filter(symbol -> !symbol.isDefined()).isPresent();
  }

  /** What another image defines is not found here. */
  private Optional<Symbol> symbol(SymbolTable table) {
    for (Symbol symbol : table) {
      if (symbol.isDefined() && symbol.name().equals(name)) {
        return Optional.of(symbol);
      }
    }
    return Optional.empty();
  }

  private long offset(long address) {
    for (Segment segment : image.segments()) {
      long inside = address - segment.address();
      if (segment.isLoaded() && inside >= 0 && inside < segment.fileSize()) {
        return segment.offset() + inside;
      }
    }
    return Match.NOWHERE;
  }
}
