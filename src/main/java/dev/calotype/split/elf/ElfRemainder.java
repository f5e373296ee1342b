package dev.calotype.split.elf;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.image.elf.Elf;
import dev.calotype.image.elf.ElfFile;
import dev.calotype.image.elf.ElfSection;
import dev.calotype.image.elf.ElfSegment;
import dev.calotype.ji.DetachedNote;
import dev.calotype.split.elf.ElfSelection.Candidate;
import dev.calotype.split.plan.Part;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The headers of what is left when data is cut out of an ELF image. */
final class ElfRemainder {
  private final ElfFile image;
  private final List<Part> parts;
  private final Set<Integer> movedSections = new HashSet<>();
  private final long bodyEnd;
  private final byte[] sectionHeaders;
  private final byte[] programHeaders;
  private final byte[] fileHeader;

  ElfRemainder(ElfFile image, List<Part> parts, List<Candidate> moving) {
    this.image = image;
    this.parts = parts;
    for (Candidate candidate : moving) {
      movedSections.add(candidate.section.index());
    }
    Part last = parts.getLast();
    bodyEnd = last.codeOffset() + (last.kind() == Part.Kind.MOVE ? 0 : last.length());
    sectionHeaders = makeSectionHeaders();
    programHeaders = makeProgramHeaders();
    fileHeader = makeFileHeader();
  }

  byte[] fileHeader() {
    return fileHeader;
  }

  byte[] sectionHeaders() {
    return sectionHeaders;
  }

  byte[] programHeaders() {
    return programHeaders;
  }

  long programHeadersOffset() {
    return (bodyEnd + 7) & -8;
  }

  /** Where the byte at {@code offset} of the original is in the code object, or would be. */
  private long map(long offset) {
    Part last = parts.getLast();
    for (Part part : parts) {
      if (offset >= part.offset() && offset < part.end()) {
        return part.codeOffset() + (part.kind() == Part.Kind.MOVE ? 0 : offset - part.offset());
      }
    }
    // Sections without bytes may start anywhere; past the end they keep their distance from it.
    return bodyEnd + (offset - last.end());
  }

  private byte[] makeFileHeader() {
    ByteWriter header = copy(0, ElfDetachment.FILE_HEADER_SIZE);
    int count = programHeaders.length / ElfDetachment.PROGRAM_HEADER_SIZE;
    if (count >= Elf.PN_XNUM) {
      throw new RefusedException(image.file(), "has too many program headers to add some");
    }
    header
        .at(16)
        .u16(Elf.ET_NONE)
        .at(32)
        .u64(programHeadersOffset())
        .at(40)
        .u64(map(image.header().sectionHeaders()))
        .at(54)
        .u16(ElfDetachment.PROGRAM_HEADER_SIZE)
        .at(56)
        .u16(count);
    return header.array();
  }

  private byte[] makeSectionHeaders() {
    List<ElfSection> sections = image.elfSections();
    ByteWriter table =
        copy(
            image.header().sectionHeaders(),
            Math.multiplyExact(sections.size(), ElfDetachment.SECTION_HEADER_SIZE));
    int patched = relocatedSection(sections);
    for (ElfSection section : sections) {
      int at = section.index() * ElfDetachment.SECTION_HEADER_SIZE;
      long type = section.typeNumber();
      if (type == Elf.SHT_NULL) {
        continue; // Section 0 holds counts, not places.
      }
      table.at(at + 24).u64(map(section.offset()));
      if (movedSections.contains(section.index())) {
        table.at(at + 4).u32(Elf.SHT_NOBITS);
      }
      // Readers allow a relocation section without a target in executables and shared objects only,
      // which this no longer is.
      if ((type == Elf.SHT_RELA || type == Elf.SHT_REL) && section.info() == 0) {
        table.at(at + 44).u32(patched);
      }
    }
    return table.array();
  }

  private static int relocatedSection(List<ElfSection> sections) {
    for (ElfSection section : sections) {
      if (section.typeNumber() == Elf.SHT_PROGBITS && section.isLoaded() && section.isWritable()) {
        return section.index();
      }
    }
    return 0;
  }

  private byte[] makeProgramHeaders() {
    List<ElfSegment> segments = image.elfSegments();
    // Each cut makes at most two more segments of the one it is in; the note is one more.
    int most = segments.size() + 2 * movedSections.size() + 1;
    ByteWriter table = new ByteWriter(most * ElfDetachment.PROGRAM_HEADER_SIZE);
    for (ElfSegment segment : segments) {
      if (segment.typeNumber() == Elf.PT_LOAD) {
        putLoad(table, segment);
      } else if (segment.typeNumber() != Elf.PT_PHDR) {
        // PT_PHDR has to be in a loaded segment, and the new table is not: nothing loads this file.
        put(table, segment, 0, segment.fileSize(), segment.size());
      }
    }
    long note = programHeadersOffset() + table.position() + ElfDetachment.PROGRAM_HEADER_SIZE;
    table
        .u32(Elf.PT_NOTE)
        .u32(4)
        .u64(note)
        .u64(0)
        .u64(0)
        .u64(DetachedNote.SIZE)
        .u64(DetachedNote.SIZE)
        .u64(4);
    return Arrays.copyOf(table.array(), table.position());
  }

  /** Cuts a loaded segment where data left it: what is before, the gap, and what is after. */
  private void putLoad(ByteWriter table, ElfSegment segment) {
    long start = segment.offset();
    long end = start + segment.fileSize();
    long from = start;
    for (int i = 0; i < parts.size(); i++) {
      Part cut = parts.get(i);
      if (cut.kind() != Part.Kind.MOVE || cut.offset() < from || cut.end() > end) {
        continue;
      }
      long gapEnd = cut.end();
      for (Part later : parts.subList(i, parts.size())) {
        // The few bytes between the cuts of a run belong to no section.
        if (later.run() == cut.run() && later.end() <= end) {
          gapEnd = later.end();
        }
      }
      if (cut.offset() > from) {
        long length = cut.offset() - from;
        put(table, segment, from - start, length, length);
      }
      put(table, segment, cut.offset() - start, 0, gapEnd - cut.offset());
      from = gapEnd;
    }
    long memory = segment.size() - (from - start);
    if (end > from || memory > 0) {
      put(table, segment, from - start, end - from, memory);
    }
  }

  private void put(ByteWriter table, ElfSegment segment, long skip, long fileSize, long size) {
    long offset = map(segment.offset() + skip);
    long address = segment.address() + skip;
    long alignment = segment.alignment();
    // What moved by pages of 4 KiB may not be congruent for larger ones any more.
    boolean congruent = Long.remainderUnsigned(address - offset, alignment) == 0;
    table
        .u32(segment.typeNumber())
        .u32(segment.flags())
        .u64(offset)
        .u64(address)
        .u64(segment.physicalAddress() + skip)
        .u64(fileSize)
        .u64(size)
        .u64(congruent ? alignment : Math.min(alignment, ElfDetachment.PAGE));
  }

  private ByteWriter copy(long offset, int length) {
    byte[] bytes = image.view().slice(offset, length, "headers").toArray(ValueLayout.JAVA_BYTE);
    return new ByteWriter(bytes);
  }
}
