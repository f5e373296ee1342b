package dev.calotype.split.coff;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.image.PeImage;
import dev.calotype.image.PeImage.DataDirectory;
import dev.calotype.image.Section;
import dev.calotype.image.coff.Coff;
import dev.calotype.ji.CodeNote;
import dev.calotype.ji.DetachedNote;
import dev.calotype.split.SectionChoice;
import dev.calotype.split.coff.PeSelection.Run;
import dev.calotype.split.plan.Cuts;
import dev.calotype.split.plan.Detachment;
import dev.calotype.split.plan.Moved;
import dev.calotype.split.plan.Part;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The plan for detaching data from a PE image. The remainder has its headers at its end, where
 * there is room for a section header more for each run of bytes that left: before it, for it,
 * behind it. The image is no executable one any more, by its characteristics and its subsystem.
 * docs/data-file-format.md, "Detached code object".
 */
public final class PeDetachment implements Detachment {
  private static final String HEADERS = "PE header";
  private static final int COFF_HEADER = 4;
  private static final int OPTIONAL_HEADER = 24;
  private static final int NEW_HEADER = 60;
  private static final int CERTIFICATES = 4;
  private static final int DEBUG = 6;
  private static final int CLR = 14;

  /** {@code IMAGE_FILE_EXECUTABLE_IMAGE} and {@code IMAGE_FILE_DLL}. */
  private static final int RUNNABLE = 0x2002;

  private static final long READ_ONLY_DATA = 0x4000_0040L;

  private final PeImage image;
  private final ByteView view;
  private final long header;
  private final PeSelection selection;
  private final List<Moved> moved;
  private final List<Part> parts;
  private final long bodyEnd;
  private final byte[] tail;
  private final byte[] debug;
  private final long debugOffset;

  private PeDetachment(PeImage image, List<String> wanted) {
    this.image = image;
    view = new ByteView(image.bytes(), image.file());
    header = view.u32(NEW_HEADER, "DOS header");
    requireNative();
    selection = PeSelection.of(image, wanted);
    moved =
        selection.runs().stream()
            .map(run ->
                new Moved(
                    run.name(), run.length(), Math.min(4096, Long.lowestOneBit(run.address()))))
            .toList();
    requireHeadersApart();
    DataDirectory directory = directory(DEBUG);
    debugOffset = offset(directory.address(), directory.size());
    Cuts cuts = new Cuts();
    cuts.replace(NEW_HEADER, 4, 4);
    int section = 0;
    for (Run run : selection.runs()) {
      cuts.move(run.offset(), run.length(), section++);
    }
    long debugSize = debugOffset < 0 ? 0 : directory.size() / 28 * 28;
    if (debugSize > 0) {
      cuts.replace(debugOffset, debugSize, debugSize);
    }
    parts = cuts.build(view.size());
    bodyEnd = cuts.end();
    debug = debug(debugSize);
    tail = headers();
  }

  /**
   * Plans the cut.
   *
   * @param wanted the names of the sections to move; empty for all that may
   * @throws RefusedException if this image can't be split, with the reason
   */
  public static PeDetachment plan(PeImage image, List<String> wanted) {
    return new PeDetachment(image, wanted);
  }

  @Override
  public List<Part> parts() {
    return parts;
  }

  @Override
  public List<Moved> moved() {
    return moved;
  }

  @Override
  public List<SectionChoice> choices() {
    return List.copyOf(selection.choices());
  }

  @Override
  public byte[] replacement(Part part) {
    if (part.offset() == NEW_HEADER) {
      return new ByteWriter(4).u32(tailOffset()).array();
    }
    return debug.clone();
  }

  @Override
  public byte[] tail() {
    return tail.clone();
  }

  @Override
  public long tailOffset() {
    return (bodyEnd + 7) & -8;
  }

  private void requireNative() {
    if (view.size() > 0xffff_0000L) {
      throw new RefusedException(image.file(), "is larger than 4 GiB, and its offsets are not");
    }
    if (directory(CLR).address() != 0) {
      throw new RefusedException(image.file(), "is a managed image; only native ones are split");
    }
    if (header < NEW_HEADER + 4) {
      throw new RefusedException(image.file(), "its headers overlap the DOS header");
    }
  }

  private void requireHeadersApart() {
    long end = header + OPTIONAL_HEADER + view.u16(header + COFF_HEADER + 16, HEADERS);
    end += view.u16(header + COFF_HEADER + 2, HEADERS) * (long) Coff.SECTION_HEADER_SIZE;
    for (Section section : image.sections()) {
      if (section.fileSize() > 0 && section.offset() < end) {
        throw new RefusedException(
            image.file(), "section %s overlaps the headers".formatted(section.name()));
      }
    }
  }

  private DataDirectory directory(int index) {
    List<DataDirectory> all = image.dataDirectories();
    return index < all.size() ? all.get(index) : new DataDirectory("", 0, 0);
  }

  /** The debug directory, which has offsets in the file (PE/COFF, "Debug Directory"). */
  private byte[] debug(long size) {
    if (size == 0) {
      return new byte[0];
    }
    ByteWriter table = new ByteWriter(copy(debugOffset, (int) size));
    for (int at = 0; at < size; at += 28) {
      long pointer = view.u32(debugOffset + at + 24, "debug directory");
      table.at(at + 24).u32(pointer == 0 ? 0 : Cuts.map(parts, pointer));
    }
    return table.array();
  }

  private byte[] headers() {
    int optionalSize = view.u16(header + COFF_HEADER + 16, HEADERS);
    byte[] sections = sectionHeaders();
    ByteWriter out = new ByteWriter(copy(header, OPTIONAL_HEADER + optionalSize));
    long symbols = view.u32(header + COFF_HEADER + 8, HEADERS);
    int characteristics = view.u16(header + COFF_HEADER + 18, HEADERS);
    out.at(COFF_HEADER + 2).u16(sections.length / Coff.SECTION_HEADER_SIZE);
    out.at(COFF_HEADER + 8).u32(symbols == 0 ? 0 : Cuts.map(parts, symbols));
    out.at(COFF_HEADER + 18).u16(characteristics & ~RUNNABLE);
    out.at(OPTIONAL_HEADER + 64).u32(0); // CheckSum
    out.at(OPTIONAL_HEADER + 68).u16(0); // Subsystem
    DataDirectory certificates = directory(CERTIFICATES);
    if (certificates.address() != 0) {
      int directories = OPTIONAL_HEADER + (image.target().bits() == 64 ? 112 : 96);
      out.at(directories + CERTIFICATES * 8).u32(Cuts.map(parts, certificates.address()));
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(out.array());
    all.writeBytes(sections);
    long noteAt = (tailOffset() + all.size() + Coff.SECTION_HEADER_SIZE + 7) & -8;
    all.writeBytes(noteHeader(noteAt));
    all.writeBytes(new byte[Math.toIntExact(noteAt - tailOffset() - all.size())]);
    byte[] headers = all.toByteArray();
    int count = sections.length / Coff.SECTION_HEADER_SIZE + 1;
    if (count > 0xffff || noteAt > 0xffff_0000L) {
      throw new RefusedException(image.file(), "would need too many section headers");
    }
    new ByteWriter(headers).at(COFF_HEADER + 2).u16(count);
    return headers;
  }

  private byte[] sectionHeaders() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    long table = header + OPTIONAL_HEADER + view.u16(header + COFF_HEADER + 16, HEADERS);
    int count = view.u16(header + COFF_HEADER + 2, HEADERS);
    for (int i = 0; i < count; i++) {
      long at = table + (long) i * Coff.SECTION_HEADER_SIZE;
      long raw = view.u32(at + 20, HEADERS);
      long rawSize = view.u32(at + 16, HEADERS);
      long virtual = Math.max(view.u32(at + 8, HEADERS), 0);
      Piece piece = new Piece(at, raw, rawSize, virtual == 0 ? rawSize : virtual);
      long from = 0;
      for (Run run : selection.runs()) {
        if (raw != 0 && run.offset() >= raw && run.end() <= raw + rawSize) {
          long skip = run.offset() - raw;
          if (skip > from) {
            all.writeBytes(piece.header(from, skip - from, skip - from));
          }
          all.writeBytes(piece.header(skip, 0, run.length()));
          from = skip + run.length();
        }
      }
      if (from == 0) {
        all.writeBytes(piece.header(0, raw == 0 ? 0 : rawSize, piece.virtual));
      } else if (from < Math.max(rawSize, piece.virtual)) {
        all.writeBytes(
            piece.header(from, Math.max(0, rawSize - from), Math.max(0, piece.virtual - from)));
      }
    }
    return all.toByteArray();
  }

  /** A section and the pieces that are left of it. */
  private final class Piece {
    private final long at;
    private final long raw;
    private final long rawSize;
    private final long virtual;

    Piece(long at, long raw, long rawSize, long virtual) {
      this.at = at;
      this.raw = raw;
      this.rawSize = rawSize;
      this.virtual = virtual;
    }

    byte[] header(long skip, long bytes, long size) {
      ByteWriter out = new ByteWriter(copy(at, Coff.SECTION_HEADER_SIZE));
      boolean whole = skip == 0 && bytes == (raw == 0 ? 0 : rawSize);
      if (!whole) {
        out.at(8).u32(size).u32(view.u32(at + 12, HEADERS) + skip);
      }
      if (raw != 0) {
        out.at(16).u32(bytes).u32(bytes == 0 ? 0 : Cuts.map(parts, raw + skip));
      }
      return out.array();
    }
  }

  private byte[] noteHeader(long noteAt) {
    ByteWriter out = new ByteWriter(Coff.SECTION_HEADER_SIZE);
    out.bytes(CodeNote.WANTED.coffSection().getBytes(StandardCharsets.US_ASCII));
    long page = Math.max(4096, image.sectionAlignment());
    out.at(8)
        .u32(DetachedNote.SIZE)
        .u32((image.sizeOfImage() + page - 1) / page * page)
        .u32(DetachedNote.SIZE)
        .u32(noteAt);
    out.at(36).u32(READ_ONLY_DATA);
    return out.array();
  }

  private long offset(long address, long size) {
    for (Section section : image.sections()) {
      long skip = address - section.address();
      if (size > 0 && skip >= 0 && skip < section.fileSize()) {
        return size <= section.fileSize() - skip ? section.offset() + skip : -1;
      }
    }
    return -1;
  }

  private byte[] copy(long offset, int length) {
    return view.slice(offset, length, HEADERS).toArray(ValueLayout.JAVA_BYTE);
  }
}
