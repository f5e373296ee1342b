package dev.calotype.image.coff;

import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.EntryList;
import dev.calotype.bytes.Name;
import dev.calotype.image.CoffImage;
import dev.calotype.image.Export;
import dev.calotype.image.Format;
import dev.calotype.image.Import;
import dev.calotype.image.Note;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.Section;
import dev.calotype.image.Segment;
import dev.calotype.image.SymbolTable;
import dev.calotype.image.Target;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** A COFF object. */
public final class CoffFile implements CoffImage {
  private final ByteView view;
  private final CoffHeader header;

  CoffFile(ByteView view, CoffHeader header) {
    this.view = view;
    this.header = header;
  }

  @Override
  public String file() {
    return view.file();
  }

  @Override
  public MemorySegment bytes() {
    return view.bytes();
  }

  @Override
  public Target target() {
    return target(header.machine());
  }

  static Target target(int machine) {
    return new Target(
        Coff.architecture(machine), Format.COFF, Coff.bits(machine), ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public String type() {
    return header.isBig() ? "big object" : "object";
  }

  @Override
  public int machine() {
    return header.machine();
  }

  @Override
  public int characteristics() {
    return header.characteristics();
  }

  @Override
  public long timeDateStamp() {
    return header.timeDateStamp();
  }

  @Override
  public boolean isBigObject() {
    return header.isBig();
  }

  @Override
  public Optional<ImportObject> importObject() {
    return Optional.empty();
  }

  @Override
  public List<Section> sections() {
    return new EntryList<>(
        header.checkedSectionCount(view), i -> new CoffSection(header.section(view, i)));
  }

  @Override
  public Optional<Section> section(String name) {
    long found = CoffTraverser.section(view.bytes(), view.file(), new Name(name));
    if (found == CoffTraverser.ABSENT) {
      return Optional.empty();
    }
    long index = (found - header.sectionTable()) / Coff.SECTION_HEADER_SIZE;
    return Optional.of(new CoffSection(header.section(view, (int) index)));
  }

  @Override
  public List<Segment> segments() {
    return List.of();
  }

  @Override
  public SymbolTable symbols() {
    return CoffSymbols.of(view, header);
  }

  @Override
  public SymbolTable dynamicSymbols() {
    return new CoffSymbols(view, header, 0, new CoffStrings(view, 0, 0));
  }

  @Override
  public List<RelocationTable> relocations() {
    return CoffRelocations.tables(view, header);
  }

  @Override
  public Iterable<Export> exports() {
    return List.of();
  }

  @Override
  public Iterable<Import> imports() {
    return List.of();
  }

  /** The format has none. */
  @Override
  public List<Note> notes() {
    return List.of();
  }

  /** Objects have none. */
  @Override
  public Optional<String> buildId() {
    return Optional.empty();
  }

  @Override
  public List<String> needed() {
    return List.of();
  }
}
