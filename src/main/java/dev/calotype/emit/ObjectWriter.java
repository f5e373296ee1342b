package dev.calotype.emit;

import dev.calotype.FileChangedException;
import dev.calotype.RefusedException;
import dev.calotype.publish.Publication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Writes a relocatable object from sections, symbols and relocations. Contents stream through:
 * memory is one buffer, the symbols and the relocations. The same calls give the same bytes, and
 * the object appears whole or not at all. See docs/object-writer.md for what each target has.
 *
 * <p>Collects what it is given; not safe for use by several threads.
 */
public final class ObjectWriter {
  private static final int BUFFER = 1 << 18;
  private static final int MOST_NAME_BYTES = 1 << 16;

  private final ObjectTarget target;
  private final List<ObjectSection> sections = new ArrayList<>();
  private final List<ObjectSymbols.Entry> others = new ArrayList<>();

  private ObjectWriter(ObjectTarget target) {
    this.target = target;
  }

  /** For an object without anything. */
  public static ObjectWriter of(ObjectTarget target) {
    return new ObjectWriter(target);
  }

  /** What the object is for. */
  public ObjectTarget target() {
    return target;
  }

  /** Adds a section. It may be changed until the object is written. */
  public ObjectWriter add(ObjectSection section) {
    sections.add(section);
    return this;
  }

  /** Adds cells, holes and the note that says where they are. */
  public ObjectWriter add(CellTable cells) {
    cells.sections(target).forEach(this::add);
    return this;
  }

  /** Adds a symbol whose value is no place. */
  public ObjectWriter absolute(ObjectSymbol symbol) {
    others.add(new ObjectSymbols.Entry(symbol, ObjectSymbols.ABSOLUTE));
    return this;
  }

  /**
   * Adds a symbol that is defined elsewhere; needed only for one that is weak, or that no
   * relocation names.
   */
  public ObjectWriter undefined(ObjectSymbol symbol) {
    others.add(new ObjectSymbols.Entry(symbol, ObjectSymbols.UNDEFINED));
    return this;
  }

  /** {@link #write(Path, OutputOptions, LongConsumer)}, telling nobody of its progress. */
  public long write(Path object, OutputOptions options) throws IOException {
    return write(object, options, _ -> {});
  }

  /**
   * Writes the object.
   *
   * @param object where it goes
   * @param options whether it may replace a file, and how durable it is
   * @param progress given the number of bytes of content written since the last call
   * @return the object's size in bytes
   * @throws RefusedException if the target can't have a part of it, or parts contradict each other
   * @throws FileChangedException if a payload's file changed meanwhile
   * @throws IOException if a file can't be read or written; nothing is left behind
   */
  public long write(Path object, OutputOptions options, LongConsumer progress) throws IOException {
    ObjectLayout layout = ObjectLayout.of(target);
    requireSections(layout);
    try (Publication file = Publication.beside(object, options.replace())) {
      file.skip(layout.headSize(sections.size()));
      List<PlacedSection> placed = new ArrayList<>();
      for (ObjectSection section : sections) {
        placed.add(place(section, placed.size() + 1, file, layout, progress));
      }
      ObjectSymbols symbols = symbols(placed);
      layout.finish(file, placed, symbols);
      if (file.position() > layout.mostBytes()) {
        throw tooLarge(layout);
      }
      file.publish(options.durability());
      return file.position();
    }
  }

  private PlacedSection place(
      ObjectSection section,
      int number,
      Publication file,
      ObjectLayout layout,
      LongConsumer progress)
      throws IOException {
    if (section.payload().isEmpty()) {
      return new PlacedSection(section, number, 0, section.noBits());
    }
    file.align(Math.min(section.alignment(), WrapLayout.MOST_FILE_ALIGNMENT));
    long offset = file.position();
    Payload payload = section.payload().get();
    try (Payload.Source source = payload.open()) {
      byte[] buffer = new byte[BUFFER];
      for (int length = source.read(buffer); length >= 0; length = source.read(buffer)) {
        if (length > layout.mostBytes() - file.position()) {
          throw tooLarge(layout);
        }
        file.write(buffer, 0, length);
        progress.accept(length);
      }
      source.requireUnchanged();
    } catch (InternalError e) {
      if (payload instanceof MemoryPayload memory && memory.isMapped()) {
        throw new FileChangedException(payload.name(), "lost bytes of its mapping");
      }
      throw e;
    }
    return new PlacedSection(section, number, offset, file.position() - offset);
  }

  private ObjectSymbols symbols(List<PlacedSection> placed) {
    ObjectSymbols symbols = new ObjectSymbols(target);
    for (PlacedSection section : placed) {
      for (ObjectSymbol symbol : section.section().symbols()) {
        requireName("symbol", symbol.name());
        if (symbol.value() < 0 || symbol.value() > section.size()) {
          throw refused(
              "symbol %s at %d of a section of %d bytes"
                  .formatted(symbol.name(), symbol.value(), section.size()));
        }
        symbols.add(symbol, section.number());
      }
    }
    for (ObjectSymbols.Entry other : others) {
      requireName("symbol", other.symbol().name());
      if (other.section() == ObjectSymbols.UNDEFINED && other.symbol().isLocal()) {
        throw refused("symbol %s is local and undefined".formatted(other.symbol().name()));
      }
      symbols.add(other.symbol(), other.section());
    }
    for (PlacedSection section : placed) {
      for (ObjectRelocation relocation : section.section().relocations()) {
        requireName("symbol", relocation.symbol());
        long most = section.size() - relocation.width();
        if (relocation.offset() < 0 || relocation.offset() > most || !section.hasBits()) {
          throw relocation.refused(
              target, "it is in a section of %d bytes".formatted(section.size()));
        }
        symbols.add(ObjectSymbol.data(relocation.symbol(), 0, 0), ObjectSymbols.UNDEFINED);
      }
    }
    return symbols;
  }

  private void requireSections(ObjectLayout layout) {
    if (sections.size() > layout.mostSections()) {
      throw refused(
          "%d sections, more than the %d of such an object"
              .formatted(sections.size(), layout.mostSections()));
    }
    for (ObjectSection section : sections) {
      section.name().ifPresent(name -> requireName("section", name));
      layout.require(section);
    }
  }

  private void requireName(String what, String name) {
    int length = WrapLayout.utf8(name).length;
    if (length == 0 || length > MOST_NAME_BYTES || name.indexOf('\0') >= 0) {
      throw refused(
          "a %s name has 1 to %d bytes, none of them NUL".formatted(what, MOST_NAME_BYTES));
    }
  }

  private RefusedException tooLarge(ObjectLayout layout) {
    return refused("more than the %d bytes of such an object".formatted(layout.mostBytes()));
  }

  private RefusedException refused(String why) {
    return new RefusedException(target.triple(), why);
  }
}
