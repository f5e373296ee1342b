package dev.calotype.image;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.elf.ElfImage;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A native image, read in place. Immutable; safe for use by every thread that may read its bytes.
 *
 * <p>Any method may throw {@link MalformedImageException} when the table it reads is damaged.
 */
public sealed interface Image permits ElfImage {
  /**
   * Maps a file read-only and reads its header.
   *
   * @param arena owns the mapping: every segment got from this image goes when it is closed
   * @throws MalformedImageException if the header is damaged
   * @throws UnsupportedFormatException if the file is of another format
   * @throws IOException if the file can't be read
   */
  static Image map(Path path, Arena arena) throws IOException {
    try (OpenFile file = OpenFile.open(path)) {
      MemorySegment bytes = file.map(arena);
      return file.whileWhole(() -> of(bytes, path.toString()));
    }
  }

  /**
   * Reads the header of an image that is in memory already.
   *
   * @param bytes the whole file; only read, and kept
   * @param name the file's name for errors
   * @throws MalformedImageException if the header is damaged
   * @throws UnsupportedFormatException if the bytes are of another format
   */
  static Image of(MemorySegment bytes, String name) {
    return ElfImage.of(bytes, name);
  }

  /** The file's name as given by whoever opened it. */
  String file();

  /** The whole file, with the lifetime it was given. */
  MemorySegment bytes();

  /** What the image was made for. */
  Target target();

  /** The format's own name of what kind of file it is, {@code DYN (shared object)} for example. */
  String type();

  /** All sections in the table's order, decoded on access. Empty if there is no table. */
  List<Section> sections();

  /** The first section of that name. */
  default Optional<Section> section(String name) {
    for (Section section : sections()) {
      if (section.name().equals(name)) {
        return Optional.of(section);
      }
    }
    return Optional.empty();
  }

  /** All segments in the table's order, decoded on access. Empty if there is no table. */
  List<Segment> segments();

  /** The symbols for linkers and debuggers; empty if they were stripped. */
  SymbolTable symbols();

  /** The symbols for the dynamic loader; empty if there are none. */
  SymbolTable dynamicSymbols();

  /** All notes, in file order. */
  List<Note> notes();

  /** What identifies this build of the image, in hex: the GNU build-id in ELF. */
  Optional<String> buildId();

  /** The libraries the dynamic loader loads first, in its order. */
  List<String> needed();
}
