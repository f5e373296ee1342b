package dev.calotype.image.macho;

import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.EntryList;
import dev.calotype.bytes.Name;
import dev.calotype.image.Export;
import dev.calotype.image.Format;
import dev.calotype.image.Image;
import dev.calotype.image.Import;
import dev.calotype.image.MachOImage;
import dev.calotype.image.Note;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.Section;
import dev.calotype.image.Segment;
import dev.calotype.image.SymbolTable;
import dev.calotype.image.Target;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A Mach-O image. */
public final class MachOFile implements MachOImage {
  private final ByteView view;
  private final MachOHeader header;
  private final MachOCommands commands;

  private MachOFile(ByteView view, MachOHeader header) {
    this.view = view;
    this.header = header;
    this.commands = new MachOCommands(view, header);
  }

  /** Reads the file header. See {@link Image#of}. */
  public static MachOFile of(MemorySegment bytes, String name) {
    ByteView view = new ByteView(bytes.asReadOnly(), name);
    MachOHeader header = MachOHeader.read(view);
    return new MachOFile(view.withOrder(header.order()), header);
  }

  ByteView view() {
    return view;
  }

  MachOCommands commands() {
    return commands;
  }

  boolean isObject() {
    return header.isObject();
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
        MachO.architecture(header.cpuType()), Format.MACHO, header.layout().bits(), header.order());
  }

  @Override
  public String type() {
    return MachO.fileType(header.fileType());
  }

  @Override
  public long fileType() {
    return header.fileType();
  }

  @Override
  public int cpuType() {
    return header.cpuType();
  }

  @Override
  public int cpuSubtype() {
    return header.cpuSubtype();
  }

  @Override
  public long flags() {
    return header.flags();
  }

  @Override
  public List<LoadCommand> loadCommands() {
    // Their places have to be found one after the other; there is at most one in 8 bytes.
    List<MachOCommand> all = new ArrayList<>();
    commands.forEach(all::add);
    return new EntryList<>(
        all.size(),
        i -> {
          MachOCommand command = all.get(i);
          return new LoadCommand(i, command.name(), command.offset(), command.bytes());
        });
  }

  @Override
  public List<Section> sections() {
    return Collections.unmodifiableList(machoSections());
  }

  /** The sections with what only Mach-O has. */
  List<MachOSection> machoSections() {
    List<MachOSection> sections = new ArrayList<>();
    for (MachOSegment segment : machoSegments()) {
      int count = segment.sectionCount();
      for (int i = 0; i < count; i++) {
        sections.add(new MachOSection(view, header, segment, segment.section(i), sections.size()));
      }
    }
    return sections;
  }

  @Override
  public Optional<Section> section(String name) {
    int comma = name.indexOf(',');
    long found =
        MachOTraverser.section(
            view.bytes(),
            view.file(),
            new Name(name.substring(comma + 1)),
            comma < 0 ? null : new Name(name.substring(0, comma)));
    if (found == MachOTraverser.ABSENT) {
      return Optional.empty();
    }
    int index = 0;
    int segments = 0;
    // No further than the traverser went: what is damaged behind it does not matter.
    for (MachOCommand command : commands) {
      if (command.type() == header.layout().segmentCommand()) {
        MachOSegment segment = new MachOSegment(command, header.layout(), segments++);
        if (found < command.offset() + command.size()) {
          index += (int) ((found - segment.section(0)) / header.layout().sectionSize());
          return Optional.of(new MachOSection(view, header, segment, found, index));
        }
        index += segment.sectionCount();
      }
    }
    return Optional.empty();
  }

  @Override
  public List<Segment> segments() {
    return Collections.unmodifiableList(machoSegments());
  }

  /** The segments with what only Mach-O has. */
  List<MachOSegment> machoSegments() {
    List<MachOSegment> segments = new ArrayList<>();
    for (MachOCommand command : commands) {
      if (command.type() == header.layout().segmentCommand()) {
        segments.add(new MachOSegment(command, header.layout(), segments.size()));
      }
    }
    return segments;
  }

  @Override
  public SymbolTable symbols() {
    return machoSymbols();
  }

  MachOSymbols machoSymbols() {
    return MachOSymbols.of(view, header, commands);
  }

  @Override
  public SymbolTable dynamicSymbols() {
    return isObject()
        ? new MachOSymbols(view, header.layout(), 0, 0, 0, 0, 0, 0, 0)
        : machoSymbols().dynamic(commands);
  }

  @Override
  public List<RelocationTable> relocations() {
    return Collections.unmodifiableList(MachORelocations.tables(this));
  }

  @Override
  public Iterable<Export> exports() {
    return MachOLinkage.exports(this);
  }

  @Override
  public Iterable<Import> imports() {
    return MachOLinkage.imports(this);
  }

  @Override
  public List<Note> notes() {
    List<Note> notes = new ArrayList<>();
    for (MachOCommand command : commands) {
      if (command.type() == MachO.LC_NOTE) {
        long offset = command.u64(24);
        MemorySegment data = view.slice(offset, command.u64(32), command.structure());
        notes.add(new Note(command.fixedName(8), 0, offset, data));
      }
    }
    return notes;
  }

  @Override
  public Optional<String> buildId() {
    return commands
        .first(MachO.LC_UUID)
        .map(command ->
            HexFormat.of().formatHex(command.bytes(8, 16).toArray(ValueLayout.JAVA_BYTE)));
  }

  @Override
  public List<String> needed() {
    List<String> names = new ArrayList<>();
    for (MachOCommand command : commands) {
      if (isLibrary(command)) {
        names.add(command.text(8));
      }
    }
    return names;
  }

  @Override
  public List<Dylib> dylibs() {
    List<Dylib> libraries = new ArrayList<>();
    for (MachOCommand command : commands) {
      if (isLibrary(command)) {
        libraries.add(
            new Dylib(
                command.text(8),
                command.name(),
                MachO.version(command.u32(16)),
                MachO.version(command.u32(20))));
      }
    }
    return libraries;
  }

  private static boolean isLibrary(MachOCommand command) {
    long type = command.type();
    return type == MachO.LC_LOAD_DYLIB
        || type == MachO.LC_LOAD_WEAK_DYLIB
        || type == MachO.LC_REEXPORT_DYLIB
        || type == MachO.LC_LAZY_LOAD_DYLIB
        || type == MachO.LC_LOAD_UPWARD_DYLIB;
  }

  @Override
  public Optional<String> installName() {
    return commands.first(MachO.LC_ID_DYLIB).map(command -> command.text(8));
  }

  @Override
  public List<String> runPaths() {
    List<String> paths = new ArrayList<>();
    for (MachOCommand command : commands) {
      if (command.type() == MachO.LC_RPATH) {
        paths.add(command.text(8));
      }
    }
    return paths;
  }

  @Override
  public Optional<BuildVersion> buildVersion() {
    for (MachOCommand command : commands) {
      long type = command.type();
      if (type == MachO.LC_BUILD_VERSION) {
        return Optional.of(version(MachO.platform(command.u32(8)), command, 12));
      }
      if (type == MachO.LC_VERSION_MIN_MACOSX) {
        return Optional.of(version("macos", command, 8));
      }
      if (type == MachO.LC_VERSION_MIN_IPHONEOS) {
        return Optional.of(version("ios", command, 8));
      }
      if (type == MachO.LC_VERSION_MIN_TVOS) {
        return Optional.of(version("tvos", command, 8));
      }
      if (type == MachO.LC_VERSION_MIN_WATCHOS) {
        return Optional.of(version("watchos", command, 8));
      }
    }
    return Optional.empty();
  }

  private static BuildVersion version(String platform, MachOCommand command, int field) {
    return new BuildVersion(
        platform, MachO.version(command.u32(field)), MachO.version(command.u32(field + 4)));
  }

  @Override
  public Optional<LinkEditData> linkEditData(String name) {
    long type = MachO.commandNumber(name);
    if (!MachO.isLinkEditData(type)) {
      return Optional.empty();
    }
    return commands
        .first(type)
        .map(command -> {
          long offset = command.u32(8);
          return new LinkEditData(offset, view.slice(offset, command.u32(12), command.structure()));
        });
  }
}
