package dev.calotype.image;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A native image, read in place: an executable, a library or an object. Immutable; safe for use by
 * every thread that may read its bytes.
 *
 * <p>Any method may throw {@link MalformedImageException} when the table it reads is damaged.
 */
public sealed interface Image extends Binary permits ElfImage, MachOImage, CoffImage, PeImage {
  /**
   * Maps a file read-only and reads its header.
   *
   * @param arena owns the mapping: every segment got from this image goes when it is closed
   * @throws MalformedImageException if the header is damaged
   * @throws UnsupportedFormatException if the file is of another format, or a {@link Container}
   * @throws IOException if the file can't be read
   */
  static Image map(Path path, Arena arena) throws IOException {
    return only(Binary.map(path, arena));
  }

  /**
   * Reads the header of an image that is in memory already.
   *
   * @param bytes the whole file; only read, and kept
   * @param name the file's name for errors
   * @throws MalformedImageException if the header is damaged
   * @throws UnsupportedFormatException if the bytes are of another format, or a {@link Container}
   */
  static Image of(MemorySegment bytes, String name) {
    return only(Binary.of(bytes, name));
  }

  private static Image only(Binary binary) {
    // A switch over types costs a JVM milliseconds when it first comes there, and loads come here.
    if (binary instanceof Image image) {
      return image;
    }
    throw new UnsupportedFormatException(
        binary.file(), "as one image, a container (%s)".formatted(binary.type()));
  }

  /** What the image was made for. */
  Target target();

  @Override
  default Format format() {
    return target().format();
  }

  /** All sections in the table's order, decoded on access. Empty if there is no table. */
  List<Section> sections();

  /**
   * The first section of that name.
   *
   * @param name the section's name or, where it has a longer one, its qualified name
   */
  default Optional<Section> section(String name) {
    for (Section section : sections()) {
      if (section.name().equals(name) || section.qualifiedName().equals(name)) {
        return Optional.of(section);
      }
    }
    return Optional.empty();
  }

  /**
   * What the loader maps, in the table's order, decoded on access: ELF program headers, Mach-O
   * segment commands, PE sections. Empty in COFF objects and where there is no table.
   */
  List<Segment> segments();

  /** The symbols for linkers and debuggers; empty if they were stripped. */
  SymbolTable symbols();

  /**
   * The symbols for the dynamic loader, where it has a table of them; empty in PE, which has {@link
   * #exports()} and {@link #imports()} instead.
   */
  SymbolTable dynamicSymbols();

  /**
   * All relocation tables: those of an object's sections for the linker, those of a linked image
   * for the loader.
   */
  List<RelocationTable> relocations();

  /** What the loader can find in this image, decoded while iterating; nothing in objects. */
  Iterable<Export> exports();

  /** What the loader has to find in other images, decoded while iterating; nothing in objects. */
  Iterable<Import> imports();

  /** All notes, in file order. */
  List<Note> notes();

  /**
   * What identifies this build of the image: the GNU build-id in ELF and the UUID in Mach-O, in
   * hex; in PE the PDB's GUID in hex with its age, as symbol servers write them.
   */
  Optional<String> buildId();

  /** The libraries the dynamic loader loads first, in its order. */
  List<String> needed();
}
