package dev.calotype.split.elf;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.image.Format;
import dev.calotype.image.elf.Elf;
import dev.calotype.image.elf.ElfFile;
import dev.calotype.image.elf.ElfLayout;
import dev.calotype.image.elf.ElfSection;
import dev.calotype.image.elf.ElfSegment;
import dev.calotype.ji.CodeNote;
import dev.calotype.ji.DataNote;
import dev.calotype.split.plan.Embedding;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;

/**
 * The plan for putting a data file behind a finished ELF64 shared object, as a segment of its own.
 * docs/containers.md, "Within".
 */
public final class ElfEmbedding implements Embedding {
  private static final int HEADER_SIZE = ElfLayout.ELF64.headerSize();
  private static final int PROGRAM_HEADER_SIZE = ElfLayout.ELF64.programHeaderSize();
  private static final int SECTION_HEADER_SIZE = ElfLayout.ELF64.sectionHeaderSize();
  private static final long PAGES = 0x10000;
  private static final long DF_1_PIE = 0x0800_0000L;
  private static final int MOST_SECTIONS = 0xff00 - 3;

  private final ElfFile image;
  private final ByteOrder order;
  private final long dataSize;
  private final byte[] codeNote;
  private final long address;
  private final long dataOffset;
  private final long notesSize;
  private final byte[] head;
  private final byte[] tail;

  /**
   * Plans it.
   *
   * @param dataSize the size of the data file
   * @param codeNote the unsealed code note
   * @throws RefusedException if the image can't take it, with the reason
   */
  public ElfEmbedding(ElfFile image, long dataSize, byte[] codeNote) {
    this.image = image;
    this.order = image.header().order();
    this.dataSize = dataSize;
    this.codeNote = codeNote.clone();
    requireLibrary();
    dataOffset = up(image.view().size(), PAGES);
    address = up(memoryEnd(), PAGES);
    if (address + dataSize < 0) {
      throw refused("has no room for %d bytes behind its last address".formatted(dataSize));
    }
    notesSize = DataNote.SIZE + (long) codeNote.length;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(programHeaders());
    bytes.writeBytes(new DataNote(address, dataSize, DataNote.NO_EXPORTS).encode(order));
    bytes.writeBytes(codeNote);
    long sections = 0;
    int count = image.elfSections().size();
    if (count > 0) {
      byte[] names = names();
      long namesAt = tailOffset() + bytes.size();
      bytes.writeBytes(names);
      bytes.writeBytes(new byte[(int) (up(bytes.size(), 8) - bytes.size())]);
      sections = tailOffset() + bytes.size();
      bytes.writeBytes(sectionHeaders(names.length, namesAt));
    }
    tail = bytes.toByteArray();
    head = head(sections, count == 0 ? 0 : count + 3);
  }

  @Override
  public byte[] head() {
    return head.clone();
  }

  @Override
  public long dataOffset() {
    return dataOffset;
  }

  @Override
  public long tailOffset() {
    return dataOffset + up(dataSize, 8);
  }

  @Override
  public byte[] tail() {
    return tail.clone();
  }

  private void requireLibrary() {
    if (image.header().layout() != ElfLayout.ELF64) {
      throw refused("is a 32-bit image; only 64-bit ones take a data file");
    }
    OptionalLong flags = image.dynamic().first(Elf.DT_FLAGS_1);
    boolean program = flags.isPresent() && (flags.getAsLong() & DF_1_PIE) != 0;
    if (image.header().type() != Elf.ET_DYN || program) {
      throw refused("is no shared object; only those take a data file");
    }
    if (image.elfSections().size() > MOST_SECTIONS
        || image.elfSegments().size() >= Elf.PN_XNUM - 2) {
      throw refused("has too many sections or segments to add some");
    }
  }

  private long memoryEnd() {
    long end = 0;
    for (ElfSegment segment : image.elfSegments()) {
      if (segment.typeNumber() == Elf.PT_LOAD) {
        long segmentEnd = segment.address() + segment.size();
        if (segment.address() < 0 || segment.size() < 0 || segmentEnd < 0) {
          throw refused("has no room behind its last address");
        }
        end = Math.max(end, segmentEnd);
      }
    }
    if (end == 0 || end > Long.MAX_VALUE - PAGES) {
      throw refused("has no loaded segment to go behind");
    }
    return end;
  }

  private long notesOffset() {
    return tailOffset() + (image.elfSegments().size() + 2L) * PROGRAM_HEADER_SIZE;
  }

  private byte[] head(long sectionHeaders, int sectionCount) {
    ByteWriter header = new ByteWriter(copy(0, HEADER_SIZE), order);
    header.at(32).u64(tailOffset());
    header.at(56).u16(image.elfSegments().size() + 2);
    if (sectionCount > 0) {
      header.at(40).u64(sectionHeaders);
      header.at(60).u16(sectionCount);
    }
    return header.array();
  }

  private byte[] programHeaders() {
    List<ElfSegment> segments = image.elfSegments();
    int last = 0;
    for (ElfSegment segment : segments) {
      last = segment.typeNumber() == Elf.PT_LOAD ? segment.index() : last;
    }
    int size = (segments.size() + 2) * PROGRAM_HEADER_SIZE;
    ByteWriter table = new ByteWriter(new byte[size], order);
    long end = notesOffset() + notesSize - dataOffset;
    for (ElfSegment segment : segments) {
      int start = table.position();
      table.bytes(
          copy(
              image.header().programHeaders() + (long) segment.index() * PROGRAM_HEADER_SIZE,
              PROGRAM_HEADER_SIZE));
      if (segment.typeNumber() == Elf.PT_PHDR) {
        long there = address + tailOffset() - dataOffset;
        table.at(start + 8).u64(tailOffset()).u64(there).u64(there).u64(size).u64(size);
        table.at(start + PROGRAM_HEADER_SIZE);
      }
      if (segment.index() == last) {
        put(table, Elf.PT_LOAD, dataOffset, end, PAGES); // The format wants them by address.
      }
    }
    put(table, Elf.PT_NOTE, notesOffset(), notesSize, 8);
    return table.array();
  }

  private void put(ByteWriter table, long type, long offset, long size, long alignment) {
    long there = address + offset - dataOffset;
    table.u32(type).u32(4).u64(offset).u64(there).u64(there).u64(size).u64(size).u64(alignment);
  }

  private byte[] names() {
    ElfSection names = nameSection();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(copy(names.offset(), Math.toIntExact(names.fileSize())));
    for (String name : List.of(".caldata", ".note.caldata", noteName())) {
      bytes.writeBytes((name + "\0").getBytes(StandardCharsets.US_ASCII));
    }
    return bytes.toByteArray();
  }

  private static String noteName() {
    return CodeNote.section(Format.ELF);
  }

  private ElfSection nameSection() {
    int index = image.header().sectionNames();
    if (index == 0 || index >= image.elfSections().size()) {
      throw refused("has section headers without names");
    }
    return image.elfSections().get(index);
  }

  private byte[] sectionHeaders(int namesSize, long namesAt) {
    int count = image.elfSections().size();
    ByteWriter table = new ByteWriter(new byte[(count + 3) * SECTION_HEADER_SIZE], order);
    table.bytes(copy(image.header().sectionHeaders(), count * SECTION_HEADER_SIZE));
    ElfSection names = nameSection();
    table.at(names.index() * SECTION_HEADER_SIZE + 24).u64(namesAt).u64(namesSize);
    table.at(count * SECTION_HEADER_SIZE);
    long name = names.fileSize();
    long notes = notesOffset();
    put(table, name, Elf.SHT_PROGBITS, dataOffset, dataSize, PAGES);
    name += ".caldata".length() + 1;
    put(table, name, Elf.SHT_NOTE, notes, DataNote.SIZE, 8);
    name += ".note.caldata".length() + 1;
    put(table, name, Elf.SHT_NOTE, notes + DataNote.SIZE, codeNote.length, 8);
    return table.array();
  }

  private void put(ByteWriter table, long name, long type, long offset, long size, long alignment) {
    table
        .u32(name)
        .u32(type)
        .u64(Elf.SHF_ALLOC)
        .u64(address + offset - dataOffset)
        .u64(offset)
        .u64(size)
        .u64(0)
        .u64(alignment)
        .u64(0);
  }

  private byte[] copy(long offset, int length) {
    return image.view().slice(offset, length, "headers").toArray(ValueLayout.JAVA_BYTE);
  }

  private RefusedException refused(String reason) {
    return new RefusedException(image.file(), reason);
  }

  private static long up(long value, long alignment) {
    return (value + alignment - 1) & -alignment;
  }
}
