package dev.calotype.emit;

import dev.calotype.RefusedException;
import dev.calotype.publish.Publication;
import java.io.IOException;
import java.util.List;

/** The bytes around the contents of an object's sections in one format. */
abstract sealed class ObjectLayout permits ElfObjectLayout, CoffObjectLayout, MachOObjectLayout {
  /** What is written at once of tables of any size. */
  private static final int PORTION = 1 << 12;

  private final ObjectTarget target;

  ObjectLayout(ObjectTarget target) {
    this.target = target;
  }

  static ObjectLayout of(ObjectTarget target) {
    return switch (target.target().format()) {
      case ELF -> new ElfObjectLayout(target);
      case COFF -> new CoffObjectLayout(target);
      default -> new MachOObjectLayout(target);
    };
  }

  final ObjectTarget target() {
    return target;
  }

  /** Throws unless the format can have such a section. */
  abstract void require(ObjectSection section);

  /** How many sections there can be. */
  abstract int mostSections();

  /** Where the contents may end at most. */
  abstract long mostBytes();

  /** The size of what is before the contents of that many sections. */
  abstract int headSize(int sections);

  /**
   * Writes everything but the contents.
   *
   * @param file has the contents, after as many bytes as {@link #headSize} says
   * @param symbols those that were given; those that relocations need are added
   */
  abstract void finish(Publication file, List<PlacedSection> sections, ObjectSymbols symbols)
      throws IOException;

  /** Writes entries of a table, a portion at a time. */
  static <T> void writeTable(Publication file, List<T> entries, Encoder<T> encoder)
      throws IOException {
    for (int i = 0; i < entries.size(); i += PORTION) {
      file.write(encoder.encode(entries.subList(i, Math.min(entries.size(), i + PORTION))));
    }
  }

  /** Makes bytes of entries. */
  interface Encoder<T> {
    byte[] encode(List<T> entries);
  }

  /**
   * Writes addends over fields of a section's content; all formats that do so are little-endian.
   */
  static void patch(Publication file, PlacedSection section, List<FieldPatch> patches)
      throws IOException {
    byte[] field = new byte[8];
    for (FieldPatch patch : patches) {
      for (int i = 0; i < patch.width(); i++) {
        field[i] = (byte) (patch.value() >>> (8 * i));
      }
      file.overwrite(section.offset() + patch.offset(), field, 0, patch.width());
    }
  }

  final void requireAlignment(long bytes, long most) {
    if (Long.bitCount(bytes) != 1 || bytes < 0 || bytes > most) {
      throw refused(
          "alignment %d is no power of two up to the %d that %s sections can have"
              .formatted(bytes, most, target.target().format().title()));
    }
  }

  final RefusedException refused(String why) {
    return new RefusedException(target.triple(), why);
  }
}
