package dev.calotype.image.elf;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.ByteView;
import dev.calotype.image.Note;
import dev.calotype.image.NoteFinder;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The way to a note: file header, program headers, {@code PT_NOTE}. See {@link NoteFinder}. */
public final class ElfNoteFinder {
  /** Notes are small; a segment that claims more is not searched. */
  private static final int MOST_BYTES = 1 << 20;

  private ElfNoteFinder() {}

  /** See {@link NoteFinder#find}. */
  public static Optional<NoteFinder.Found> find(OpenFile file, String owner, long type)
      throws IOException {
    long most = ElfLayout.ELF64.headerSize();
    ByteView start = read(file, 0, Math.min(file.size(), most), "ELF header");
    ElfHeader header = ElfHeader.read(start);
    ElfLayout layout = header.layout();
    long count = header.programHeaderCount();
    if (header.programHeaders() == 0 || count == 0) {
      return Optional.empty();
    }
    String table = "program header table";
    if (header.programHeaderSize() != layout.programHeaderSize()) {
      throw start.malformed(
          table,
          layout.at(42, 54),
          header.programHeaderSize() + " bytes an entry",
          layout.programHeaderSize() + "");
    }
    ByteView headers =
        read(file, header.programHeaders(), count * layout.programHeaderSize(), table)
            .withOrder(header.order());
    Optional<MalformedImageException> damage = Optional.empty();
    for (int i = 0; i < count; i++) {
      ElfSegment segment =
          new ElfSegment(headers, layout, (long) i * layout.programHeaderSize(), i);
      if (segment.typeNumber() == Elf.PT_NOTE && segment.fileSize() <= MOST_BYTES) {
        try {
          Optional<NoteFinder.Found> found = findIn(file, header, segment, owner, type);
          if (found.isPresent()) {
            return found;
          }
        } catch (MalformedImageException e) {
          // Another's damaged note must not hide the one that is looked for.
          damage = damage.or(() -> Optional.of(e));
        }
      }
    }
    if (damage.isPresent()) {
      throw damage.get();
    }
    return Optional.empty();
  }

  private static Optional<NoteFinder.Found> findIn(
      OpenFile file, ElfHeader header, ElfSegment segment, String owner, long type)
      throws IOException {
    String structure = "program header " + segment.index();
    ByteView notes =
        read(file, segment.offset(), segment.fileSize(), structure).withOrder(header.order());
    List<Note> all = new ArrayList<>();
    try {
      ElfNotes.read(notes, 0, notes.size(), segment.alignment(), structure, all);
    } catch (MalformedImageException e) {
      throw inFile(e, segment.offset());
    }
    for (Note note : all) {
      if (note.type() == type && note.owner().equals(owner)) {
        long end =
            note.descriptor().address() - notes.bytes().address() + note.descriptor().byteSize();
        return Optional.of(
            new NoteFinder.Found(
                segment.offset() + note.offset(),
                notes.slice(note.offset(), end - note.offset(), structure)));
      }
    }
    return Optional.empty();
  }

  /** The same error with its offset counted from the start of the file. */
  private static MalformedImageException inFile(MalformedImageException e, long start) {
    return new MalformedImageException(
        e.file(), e.structure(), start + e.offset(), e.actual(), e.expected());
  }

  private static ByteView read(OpenFile file, long offset, long size, String structure)
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
