package dev.calotype.image.elf;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.ByteView;
import dev.calotype.image.Format;
import dev.calotype.image.LoadedRange;
import dev.calotype.image.Note;
import dev.calotype.image.NoteFinder;
import dev.calotype.image.NoteFinder.Wanted;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The way to a note: file header, program headers, {@code PT_NOTE}. See {@link NoteFinder}. */
public final class ElfNoteFinder {
  /** Notes are small; a segment that claims more is not searched. */
  private static final int MOST_BYTES = 1 << 21;

  /** 65,279 section headers have 4 MiB. */
  private static final int MOST_TABLE_BYTES = 64 << 20;

  private static final int PF_W = 2;

  private ElfNoteFinder() {}

  /**
   * See {@link NoteFinder#find}.
   *
   * @param start the file's first bytes, at least its header
   */
  public static Optional<NoteFinder.Found> find(OpenFile file, MemorySegment start, Wanted wanted)
      throws IOException {
    ElfHeader header = ElfHeader.read(new ByteView(start, file.path().toString()));
    Damage damage = new Damage();
    Optional<NoteFinder.Found> found =
        header.programHeaders() == 0 || header.programHeaderCount() == 0
            ? findInSections(file, header, wanted, damage)
            : findInSegments(file, header, wanted, damage);
    if (found.isEmpty() && damage.first != null) {
      throw damage.first;
    }
    return found;
  }

  private static Optional<NoteFinder.Found> findInSegments(
      OpenFile file, ElfHeader header, Wanted wanted, Damage damage) throws IOException {
    ElfLayout layout = header.layout();
    ByteView headers =
        table(
            file,
            "program header table",
            header.programHeaders(),
            header.programHeaderCount(),
            header.programHeaderSize(),
            layout.programHeaderSize());
    headers = headers.withOrder(header.order());
    for (long at = 0; at < headers.size(); at += layout.programHeaderSize()) {
      int index = (int) (at / layout.programHeaderSize());
      ElfSegment segment = new ElfSegment(headers, layout, at, index);
      if (segment.typeNumber() == Elf.PT_NOTE) {
        var found =
            damage.orNothing(() ->
                findIn(
                    file,
                    header.order(),
                    segment.offset(),
                    segment.fileSize(),
                    segment.alignment(),
                    wanted));
        if (found.isPresent()) {
          long delta = segment.address() - segment.offset();
          List<LoadedRange> loaded = loaded(headers, layout);
          return found.map(note -> note.inImage(delta, loaded));
        }
      }
    }
    return Optional.empty();
  }

  private static List<LoadedRange> loaded(ByteView headers, ElfLayout layout) {
    List<LoadedRange> loaded = new ArrayList<>();
    for (long at = 0; at < headers.size(); at += layout.programHeaderSize()) {
      int index = (int) (at / layout.programHeaderSize());
      ElfSegment segment = new ElfSegment(headers, layout, at, index);
      long type = segment.typeNumber();
      if (type == Elf.PT_LOAD || type == Elf.PT_GNU_RELRO) {
        loaded.add(
            new LoadedRange(
                segment.address(),
                segment.size(),
                segment.fileSize(),
                type == Elf.PT_LOAD && (segment.flags() & PF_W) != 0));
      }
    }
    return loaded;
  }

  /** In objects, which have no segments. */
  private static Optional<NoteFinder.Found> findInSections(
      OpenFile file, ElfHeader header, Wanted wanted, Damage damage) throws IOException {
    if (header.sectionHeaders() == 0) {
      return Optional.empty();
    }
    ElfLayout layout = header.layout();
    int size = layout.sectionHeaderSize();
    long count = header.sectionHeaderCount();
    if (count == 0) {
      // gABI, "Extended numbering": a count that does not fit is the size of section 0.
      ByteView zero =
          read(file, header.sectionHeaders(), size, "section header table")
              .withOrder(header.order());
      count = layout.word(zero, layout.at(20, 32), "section header table");
    }
    ByteView headers =
        table(
            file,
            "section header table",
            header.sectionHeaders(),
            count,
            header.sectionHeaderSize(),
            size);
    headers = headers.withOrder(header.order());
    for (long at = 0; at < headers.size(); at += size) {
      if (headers.u32(at + 4, "section header table") == Elf.SHT_NOTE) {
        long offset = layout.word(headers, at + layout.at(16, 24), "section header table");
        long length = layout.word(headers, at + layout.at(20, 32), "section header table");
        long alignment = layout.word(headers, at + layout.at(32, 48), "section header table");
        var found =
            damage.orNothing(() -> findIn(file, header.order(), offset, length, alignment, wanted));
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  static ByteView table(
      OpenFile file, String structure, long offset, long count, int entry, int expected)
      throws IOException {
    if (entry != expected || count < 0 || count > MOST_TABLE_BYTES / expected) {
      throw new MalformedImageException(
          file.path().toString(),
          structure,
          offset,
          "%d entries of %d bytes".formatted(count, entry),
          "fewer, of " + expected);
    }
    return read(file, offset, count * expected, structure);
  }

  /** Another's damaged note must not hide the one that is looked for. */
  private static final class Damage {
    private @Nullable MalformedImageException first;

    private interface Search {
      Optional<NoteFinder.Found> run() throws IOException;
    }

    Optional<NoteFinder.Found> orNothing(Search search) throws IOException {
      try {
        return search.run();
      } catch (MalformedImageException e) {
        first = first == null ? e : first;
        return Optional.empty();
      }
    }
  }

  private static Optional<NoteFinder.Found> findIn(
      OpenFile file, ByteOrder order, long offset, long size, long alignment, Wanted wanted)
      throws IOException {
    return findIn(file, Format.ELF, order, offset, size, alignment, wanted);
  }

  /** The note among those in a range of the file, as one of an object. */
  public static Optional<NoteFinder.Found> findIn(
      OpenFile file,
      Format format,
      ByteOrder order,
      long offset,
      long size,
      long alignment,
      Wanted wanted)
      throws IOException {
    String structure = "notes";
    if (size < 0 || size > MOST_BYTES) {
      return Optional.empty();
    }
    ByteView notes = read(file, offset, size, structure).withOrder(order);
    List<Note> all = new ArrayList<>();
    try {
      ElfNotes.read(notes, 0, notes.size(), alignment, structure, all);
    } catch (MalformedImageException e) {
      throw inFile(e, offset);
    }
    all.removeIf(note -> note.type() != wanted.type() || !note.owner().equals(wanted.owner()));
    if (all.isEmpty()) {
      return Optional.empty();
    }
    Note note = all.getFirst();
    long end = note.descriptor().address() - notes.bytes().address() + note.descriptor().byteSize();
    return Optional.of(
        new NoteFinder.Found(
            format,
            offset + note.offset(),
            notes.slice(note.offset(), end - note.offset(), structure),
            OptionalLong.empty(),
            List.of(),
            all.size()));
  }

  /** The same error with its offset counted from the start of the file. */
  private static MalformedImageException inFile(MalformedImageException e, long start) {
    return new MalformedImageException(
        e.file(), e.structure(), start + e.offset(), e.actual(), e.expected());
  }

  /**
   * Reads a part of a file.
   *
   * @throws MalformedImageException if the file does not have it
   */
  public static ByteView read(OpenFile file, long offset, long size, String structure)
      throws IOException {
    ByteView empty = new ByteView(MemorySegment.ofArray(new byte[0]), file.path().toString());
    if (offset < 0 || size < 0 || offset > file.size() || size > file.size() - offset) {
      throw empty.malformed(
          structure,
          offset,
          "%d bytes wanted".formatted(size),
          "an end within the file's %d bytes".formatted(file.size()));
    }
    byte[] bytes = new byte[(int) size];
    file.readFully(offset, bytes, 0, bytes.length);
    return new ByteView(MemorySegment.ofArray(bytes), file.path().toString());
  }
}
