package dev.calotype.split.macho;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.image.MachOImage;
import dev.calotype.image.MachOImage.LoadCommand;
import dev.calotype.image.Segment;
import dev.calotype.ji.CodeNote;
import dev.calotype.ji.DetachedNote;
import dev.calotype.split.plan.Cuts;
import dev.calotype.split.plan.Part;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * Header and load commands of what is left when data is cut out of a Mach-O image ({@code
 * mach-o/loader.h}): every offset where its bytes are now, and a segment for the code note.
 */
final class MachORemainder {
  private static final String STRUCTURE = "load command";
  private static final int S_ZEROFILL = 1;

  private static final int MH_DYLIB = 6;

  /**
   * What loaders refuse and what has not all of its sections' bytes. Readers take no unknown type,
   * and a library's name in nothing but a library or its stub.
   */
  private static final int MH_DYLIB_STUB = 9;

  private static final int MH_DSYM = 10;

  private static final int NAME_SIZE = 16;
  private static final long PAGE = 0x4000;

  private final MachOImage image;
  private final ByteView view;
  private final List<Part> parts;
  private final Set<Long> moved;
  private final boolean wide;
  private final byte[] header;

  /**
   * Makes them.
   *
   * @param moved where the sections that leave started
   * @param noteOffset where the code note is in the code object
   */
  MachORemainder(
      MachOImage image, ByteView view, List<Part> parts, Set<Long> moved, long noteOffset) {
    this.image = image;
    this.view = view;
    this.parts = parts;
    this.moved = moved;
    this.wide = image.target().bits() == 64;
    int oldSize = Math.toIntExact((wide ? 32 : 28) + view.u32(20, STRUCTURE));
    header = new byte[oldSize + noteCommandSize(wide)];
    byte[] old = view.slice(0, oldSize, STRUCTURE).toArray(ValueLayout.JAVA_BYTE);
    System.arraycopy(old, 0, header, 0, oldSize);
    ByteWriter out = new ByteWriter(header);
    out.at(12).u32(image.fileType() == MH_DYLIB ? MH_DYLIB_STUB : MH_DSYM);
    out.at(16).u32(view.u32(16, STRUCTURE) + 1);
    out.at(20).u32(view.u32(20, STRUCTURE) + noteCommandSize(wide));
    long end = wide ? 32 : 28;
    for (LoadCommand command : image.loadCommands()) {
      correct(command);
      end += command.bytes().byteSize();
    }
    if (end != oldSize) {
      throw new RefusedException(image.file(), "has something behind its load commands");
    }
    putNoteCommand(out.at(oldSize), noteOffset);
  }

  /** How many bytes the additional load command has: a segment with a section. */
  static int noteCommandSize(boolean wide) {
    return wide ? 72 + 80 : 56 + 68;
  }

  byte[] header() {
    return header;
  }

  private void correct(LoadCommand command) {
    int at = Math.toIntExact(command.offset());
    int size = Math.toIntExact(command.bytes().byteSize());
    switch (command.name()) {
      case "LC_SEGMENT_64", "LC_SEGMENT" -> correctSegment(at, size);
      case "LC_SYMTAB" -> offsets(at, size, 8, 16);
      case "LC_DYSYMTAB" -> offsets(at, size, 32, 40, 48, 56, 64, 72);
      case "LC_DYLD_INFO", "LC_DYLD_INFO_ONLY" -> offsets(at, size, 8, 16, 24, 32, 40);
      case "LC_MAIN", "LC_ENCRYPTION_INFO", "LC_ENCRYPTION_INFO_64", "LC_TWOLEVEL_HINTS" ->
          offsets(at, size, 8); // LC_MAIN's has 64 bits, the upper ones zero in a file this small.
      case "LC_NOTE" -> offsets(at, size, 24);
      case "LC_FILESET_ENTRY" ->
          throw new RefusedException(image.file(), "is a set of files, which is not split");
      default -> {
        if (image.linkEditData(command.name()).isPresent()) {
          offsets(at, size, 8);
        }
      }
    }
  }

  private void offsets(int at, int size, int... fields) {
    for (int field : fields) {
      if (field + 4 <= size) {
        long offset = view.u32(at + field, STRUCTURE);
        if (offset != 0) {
          new ByteWriter(header).at(at + field).u32(map(offset));
        }
      }
    }
  }

  private void correctSegment(int at, int size) {
    int fields = wide ? 72 : 56;
    int entry = wide ? 80 : 68;
    if (size < fields) {
      return;
    }
    long offset = word(at + (wide ? 40 : 32));
    long length = word(at + (wide ? 48 : 36));
    ByteWriter out = new ByteWriter(header);
    if (length > 0) {
      long start = map(offset);
      put(out.at(at + (wide ? 40 : 32)), start);
      put(out.at(at + (wide ? 48 : 36)), mapEnd(offset + length) - start);
    }
    long count = view.u32(at + fields - 8, STRUCTURE);
    for (int i = 0; i < count && fields + (i + 1) * entry <= size; i++) {
      correctSection(out, at + fields + i * entry);
    }
  }

  private void correctSection(ByteWriter out, int at) {
    int field = at + (wide ? 48 : 40);
    int flags = at + (wide ? 64 : 56);
    long offset = view.u32(field, STRUCTURE);
    long length = word(at + (wide ? 40 : 36));
    boolean zeros = (view.u32(flags, STRUCTURE) & 0xff) == S_ZEROFILL;
    if (length > 0 && !zeros && moved.contains(offset)) {
      out.at(field).u32(0);
      out.at(flags).u32((view.u32(flags, STRUCTURE) & ~0xffL) | S_ZEROFILL);
    } else if (offset != 0) {
      out.at(field).u32(map(offset));
    }
    offsets(at, wide ? 80 : 68, wide ? 56 : 48);
  }

  private void putNoteCommand(ByteWriter out, long noteOffset) {
    long end = 0;
    for (Segment segment : image.segments()) {
      end = Math.max(end, segment.address() + segment.size());
    }
    end = (end + PAGE - 1) / PAGE * PAGE;
    int start = out.position();
    int fields = wide ? 72 : 56;
    out.u32(wide ? 0x19 : 1).u32(noteCommandSize(wide));
    name(out, "__CALOTYPE");
    for (long value : new long[] {end, PAGE, noteOffset, DetachedNote.SIZE}) {
      put(out, value);
    }
    out.u32(1).u32(1).u32(1).u32(0).at(start + fields);
    name(out, CodeNote.WANTED.machoSection());
    name(out, "__TEXT");
    put(out, end);
    put(out, DetachedNote.SIZE);
    out.u32(noteOffset).u32(3);
  }

  private static void name(ByteWriter out, String name) {
    int start = out.position();
    out.bytes(name.getBytes(StandardCharsets.US_ASCII)).at(start + NAME_SIZE);
  }

  private long word(int at) {
    return wide ? view.u64(at, STRUCTURE) : view.u32(at, STRUCTURE);
  }

  private void put(ByteWriter out, long value) {
    if (wide) {
      out.u64(value);
    } else {
      out.u32(value);
    }
  }

  private long map(long offset) {
    return offset >= view.size() ? offset : Cuts.map(parts, offset);
  }

  /** Where what ends at {@code end} of the original ends in the code object. */
  private long mapEnd(long end) {
    for (Part part : parts) {
      if (end > part.offset() && end <= part.end()) {
        return part.codeOffset() + (part.kind() == Part.Kind.MOVE ? 0 : end - part.offset());
      }
    }
    return end;
  }
}
