package dev.calotype.cli;

import dev.calotype.image.Container;
import dev.calotype.image.Image;
import dev.calotype.image.Import;
import dev.calotype.image.MachOImage;
import dev.calotype.image.Member;
import dev.calotype.image.Section;
import dev.calotype.image.Segment;
import dev.calotype.image.Symbol;
import dev.calotype.image.SymbolTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

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
   * @param kind {@code section}, {@code segment}, {@code load command}, {@code symbol} or {@code
   *     member}
   * @param type the format's own name of its type
   * @param address where it is loaded, or {@link #NOWHERE}
   * @param offset where it is in the file, or {@link #NOWHERE}
   * @param size its size in bytes
   */
  record Match(String kind, String type, long address, long offset, long size) {
    static final long NOWHERE = -1;
  }

  /** All sections, segments and load commands of that name, then the symbol. */
  List<Match> find() {
    List<Match> matches = new ArrayList<>();
    for (Section section : image.sections()) {
      if (section.name().equals(name) || section.qualifiedName().equals(name)) {
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
      if (segment.name().equals(name)) {
        matches.add(
            new Match(
                "segment", segment.type(), segment.address(), segment.offset(), segment.size()));
      }
    }
    if (image instanceof MachOImage macho) {
      for (MachOImage.LoadCommand command : macho.loadCommands()) {
        if (command.name().equals(name)) {
          long size = command.bytes().byteSize();
          matches.add(new Match("load command", name, Match.NOWHERE, command.offset(), size));
        }
      }
    }
    symbol(image.symbols())
        .or(() -> symbol(image.dynamicSymbols()))
        .ifPresent(symbol ->
            matches.add(
                new Match("symbol", symbol.type(), symbol.value(), offset(symbol), symbol.size())));
    return matches;
  }

  /** Whether the loader looks elsewhere for a symbol of that name. */
  boolean isImported() {
    for (Import wanted : image.imports()) {
      if (wanted.name().equals(name)) {
        return true;
      }
    }
    return false;
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

  /** By the symbol's section, as objects have no segments; else by what the loader maps. */
  private long offset(Symbol symbol) {
    OptionalInt index = symbol.section();
    if (index.isPresent() && index.getAsInt() < image.sections().size()) {
      Section section = image.sections().get(index.getAsInt());
      long inside = symbol.value() - section.address();
      return inside >= 0 && inside < section.fileSize() ? section.offset() + inside : Match.NOWHERE;
    }
    for (Segment segment : image.segments()) {
      long inside = symbol.value() - segment.address();
      if (segment.isLoaded() && inside >= 0 && inside < segment.fileSize()) {
        return segment.offset() + inside;
      }
    }
    return Match.NOWHERE;
  }

  /** All members of a container that have that name. */
  static List<Match> inContainer(Container container, String name) {
    List<Match> matches = new ArrayList<>();
    for (Member member : container.members()) {
      if (member.name().equals(name)) {
        matches.add(
            new Match("member", container.type(), Match.NOWHERE, member.offset(), member.size()));
      }
    }
    return matches;
  }
}
