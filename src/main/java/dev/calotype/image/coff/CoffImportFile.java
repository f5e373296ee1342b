package dev.calotype.image.coff;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.CoffImage;
import dev.calotype.image.Export;
import dev.calotype.image.Import;
import dev.calotype.image.Note;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.Section;
import dev.calotype.image.Segment;
import dev.calotype.image.SymbolTable;
import dev.calotype.image.Target;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** A short import object (PE/COFF, "Import Library Format"): a header and two or three names. */
public final class CoffImportFile implements CoffImage {
  private static final String STRUCTURE = "import object";
  private static final List<String> TYPES = List.of("code", "data", "const");
  private static final List<String> NAME_TYPES =
      List.of("ordinal", "name", "noprefix", "undecorate", "exportas");

  private final ByteView view;

  CoffImportFile(ByteView view) {
    view.require(0, CoffHeader.SIZE, STRUCTURE);
    this.view = view;
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
    return CoffFile.target(machine());
  }

  @Override
  public String type() {
    return "import object";
  }

  @Override
  public int machine() {
    return view.u16(6, STRUCTURE);
  }

  @Override
  public int characteristics() {
    return 0;
  }

  @Override
  public long timeDateStamp() {
    return view.u32(8, STRUCTURE);
  }

  @Override
  public boolean isBigObject() {
    return false;
  }

  @Override
  public Optional<ImportObject> importObject() {
    long size = view.u32(12, STRUCTURE);
    view.require(CoffHeader.SIZE, size, STRUCTURE);
    long end = CoffHeader.SIZE + size;
    String symbol = view.string(CoffHeader.SIZE, end, STRUCTURE);
    long afterSymbol = CoffHeader.SIZE + 1L + view.stringLength(CoffHeader.SIZE, end, STRUCTURE);
    String library = view.string(afterSymbol, end, STRUCTURE);
    int types = view.u16(18, STRUCTURE);
    return Optional.of(
        new ImportObject(
            symbol,
            library,
            name(TYPES, types & 3),
            name(NAME_TYPES, types >> 2 & 7),
            view.u16(16, STRUCTURE)));
  }

  private String name(List<String> names, int index) {
    if (index >= names.size()) {
      throw view.malformed(STRUCTURE, 18, "type " + index, "at most " + (names.size() - 1));
    }
    return names.get(index);
  }

  @Override
  public List<Section> sections() {
    return List.of();
  }

  @Override
  public List<Segment> segments() {
    return List.of();
  }

  /** What a linker finds here: the pointer {@code __imp_X} and, unless it is data, {@code X}. */
  @Override
  public SymbolTable symbols() {
    ImportObject self = importObject().orElseThrow();
    String pointer = "__imp_" + self.symbol();
    return new CoffImportSymbols(
        self.type().equals("data") ? List.of(pointer) : List.of(pointer, self.symbol()),
        self.type().equals("code"));
  }

  @Override
  public SymbolTable dynamicSymbols() {
    return new CoffImportSymbols(List.of(), false);
  }

  @Override
  public List<RelocationTable> relocations() {
    return List.of();
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

  /** The library that whatever is linked with this object will need. */
  @Override
  public List<String> needed() {
    return List.of(importObject().orElseThrow().library());
  }
}
