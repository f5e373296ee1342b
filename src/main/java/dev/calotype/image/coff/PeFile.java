package dev.calotype.image.coff;

import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.EntryList;
import dev.calotype.bytes.Name;
import dev.calotype.image.Export;
import dev.calotype.image.Format;
import dev.calotype.image.Import;
import dev.calotype.image.Note;
import dev.calotype.image.PeImage;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.Section;
import dev.calotype.image.Segment;
import dev.calotype.image.SymbolTable;
import dev.calotype.image.Target;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** A PE image. */
public final class PeFile implements PeImage {
  private final ByteView view;
  private final PeHeader header;

  PeFile(ByteView view, PeHeader header) {
    this.view = view;
    this.header = header;
  }

  ByteView view() {
    return view;
  }

  PeHeader header() {
    return header;
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
    return new Target(
        Coff.architecture(machine()),
        Format.PE,
        header.isWide() ? 64 : 32,
        ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public String type() {
    String kind = (characteristics() & Coff.FILE_DLL) != 0 ? "DLL" : "EXE";
    return "%s (%s)".formatted(kind, header.isWide() ? "PE32+" : "PE32");
  }

  @Override
  public int machine() {
    return header.coff().machine();
  }

  @Override
  public int characteristics() {
    return header.coff().characteristics();
  }

  @Override
  public long timeDateStamp() {
    return header.coff().timeDateStamp();
  }

  @Override
  public long entryPoint() {
    return header.u32(view, 16);
  }

  @Override
  public long imageBase() {
    return header.imageBase(view);
  }

  @Override
  public long sectionAlignment() {
    return header.u32(view, 32);
  }

  @Override
  public long fileAlignment() {
    return header.u32(view, 36);
  }

  @Override
  public long sizeOfImage() {
    return header.u32(view, 56);
  }

  long sizeOfHeaders() {
    return header.u32(view, 60);
  }

  @Override
  public int subsystem() {
    return header.u16(view, 68);
  }

  @Override
  public int dllCharacteristics() {
    return header.u16(view, 70);
  }

  @Override
  public List<DataDirectory> dataDirectories() {
    return Collections.unmodifiableList(header.directories(view));
  }

  @Override
  public Optional<String> exportName() {
    return PeExports.imageName(this);
  }

  @Override
  public Optional<Pdb> pdb() {
    return PeDebug.pdb(this);
  }

  @Override
  public Optional<String> buildId() {
    return pdb().map(PeDebug::buildId);
  }

  @Override
  public List<Section> sections() {
    return Collections.unmodifiableList(peSections());
  }

  @Override
  public Optional<Section> section(String name) {
    long found = CoffTraverser.section(view.bytes(), view.file(), new Name(name));
    if (found == CoffTraverser.ABSENT) {
      return Optional.empty();
    }
    long index = (found - header.coff().sectionTable()) / Coff.SECTION_HEADER_SIZE;
    return Optional.of(section((int) index));
  }

  @Override
  public List<Segment> segments() {
    return Collections.unmodifiableList(peSections());
  }

  private List<PeSection> peSections() {
    return new EntryList<>(header.coff().checkedSectionCount(view), this::section);
  }

  private PeSection section(int index) {
    return new PeSection(header.coff().section(view, index), Math.max(1, sectionAlignment()));
  }

  /** The COFF symbols; the GNU linker writes them, Microsoft's and LLVM's do not. */
  @Override
  public SymbolTable symbols() {
    return CoffSymbols.of(view, header.coff());
  }

  @Override
  public SymbolTable dynamicSymbols() {
    return new CoffSymbols(view, header.coff(), 0, new CoffStrings(view, 0, 0));
  }

  @Override
  public List<RelocationTable> relocations() {
    return PeRelocations.tables(this);
  }

  @Override
  public Iterable<Export> exports() {
    return () -> new PeExports(this);
  }

  @Override
  public Iterable<Import> imports() {
    return () -> new PeImports(this);
  }

  /** The format has none. */
  @Override
  public List<Note> notes() {
    return List.of();
  }

  @Override
  public List<String> needed() {
    return PeImports.libraries(this, new PeMemory(this)).stream()
        .map(PeImports.Library::name)
        .toList();
  }

  @Override
  public List<String> delayNeeded() {
    return PeImports.delayedLibraries(this, new PeMemory(this)).stream()
        .map(PeImports.Library::name)
        .toList();
  }
}
