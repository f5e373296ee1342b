package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Note;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Note ranges (gABI, "Note Section"): name and descriptor padded to 4 bytes, or 8 (GNU property).
 */
final class ElfNotes {
  private static final int HEADER_SIZE = 12;

  /**
   * The most notes of one file: a core file of 10,000 threads has half of them. Headers can name
   * the same notes again and again, and a file of zeros is all notes.
   */
  private static final int MOST_NOTES = 1 << 17;

  private ElfNotes() {}

  /**
   * Adds the notes in {@code [offset, offset + size)}, whose segment or section has that alignment.
   */
  static void read(
      ByteView view, long offset, long size, long alignment, String structure, List<Note> notes) {
    view.require(offset, size, structure);
    long padding = alignment == 8 ? 8 : 4;
    long end = offset + size;
    long at = offset;
    while (end - at >= HEADER_SIZE) {
      long nameSize = view.u32(at, structure);
      long descriptorSize = view.u32(at + 4, structure);
      // Sizes are below 2^32 and the position within the file: no sum below can overflow.
      long descriptor = roundUp(at + HEADER_SIZE + nameSize - offset, padding) + offset;
      long next = roundUp(descriptor + descriptorSize - offset, padding) + offset;
      if (at + HEADER_SIZE + nameSize > end || descriptor + descriptorSize > end) {
        throw view.malformed(
            structure,
            at,
            "a note of %d bytes".formatted(next - at),
            "an end before 0x%x".formatted(end));
      }
      if (notes.size() == MOST_NOTES) {
        throw view.malformed(structure, at, "more notes", "at most %d".formatted(MOST_NOTES));
      }
      String owner = owner(view, at + HEADER_SIZE, nameSize, structure);
      notes.add(
          new Note(
              owner,
              view.u32(at + 8, structure),
              at,
              view.slice(descriptor, descriptorSize, structure)));
      at = next;
    }
  }

  private static String owner(ByteView view, long offset, long size, String structure) {
    // The count is of a file's making: names that matter are short.
    byte[] name = new byte[(int) Math.min(size, 256)];
    int length = 0;
    while (length < name.length) {
      int next = view.u8(offset + length, structure);
      if (next == 0) {
        break;
      }
      name[length++] = (byte) next;
    }
    return new String(name, 0, length, StandardCharsets.UTF_8);
  }

  private static long roundUp(long value, long multiple) {
    return (value + multiple - 1) & -multiple;
  }
}
