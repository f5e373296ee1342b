package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteView;
import dev.calotype.image.Format;
import dev.calotype.image.NoteFinder;
import java.lang.foreign.MemorySegment;

/**
 * The note in a code object: which data it belongs to, and whether the code is still what it was
 * when it was sealed.
 */
public sealed interface CodeNote permits DetachedNote, LinkedNote {
  /** The owner's name in the note's header. */
  String OWNER = "CAL";

  /** The note's type number. */
  int TYPE = 1;

  /** What leads to it in an image of any format. */
  NoteFinder.Wanted WANTED = new NoteFinder.Wanted(OWNER, TYPE, ".calnote", "__calotype");

  /** The major version that this reads and writes. */
  int MAJOR = 1;

  /** The name of the section that a note is put into in an object of that format. */
  static String section(Format format) {
    return switch (format) {
      case COFF, PE -> WANTED.coffSection();
      case MACHO -> WANTED.machoSection();
      default -> ".note.calotype";
    };
  }

  /** How the code finds its data. */
  Shape shape();

  /** Whether the digest was filled in. */
  boolean sealed();

  /** The size of the whole code object when it was sealed; 0 if it was not. */
  long fileSize();

  /** The data it belongs to. */
  DataId dataId();

  /** The id of the target the code was made for. */
  String target();

  /**
   * Reads the bytes of a note: header, owner and descriptor.
   *
   * @param note the note, in private memory
   * @param offset where the note starts in the file, for errors
   * @throws MalformedImageException if they are damaged
   * @throws UnsupportedFormatException if they are of another version
   */
  static CodeNote decode(MemorySegment note, long offset, String file) {
    ByteView view = new ByteView(note, file);
    Shape shape = Shape.of(view.u32(20, "code note"), view, offset + 20);
    return shape == Shape.DETACHED
        ? DetachedNote.decode(note, offset, file)
        : LinkedNote.decode(note, offset, file);
  }
}
