package dev.calotype.image;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A native file, read in place: one {@link Image}, or a {@link Container} of several. Immutable;
 * safe for use by every thread that may read its bytes.
 *
 * <p>Any method may throw {@link MalformedImageException} when the table it reads is damaged.
 */
public sealed interface Binary permits Image, Container {
  /**
   * Maps a file read-only and reads its header.
   *
   * @param arena owns the mapping: every segment got from this file goes when it is closed
   * @throws MalformedImageException if the header is damaged
   * @throws UnsupportedFormatException if the file is of another format
   * @throws IOException if the file can't be read
   */
  static Binary map(Path path, Arena arena) throws IOException {
    try (OpenFile file = OpenFile.open(path)) {
      MemorySegment bytes = file.map(arena);
      return file.whileWhole(() -> of(bytes, path.toString()));
    }
  }

  /**
   * Reads the header of a file that is in memory already.
   *
   * @param bytes the whole file; only read, and kept
   * @param name the file's name for errors
   * @throws MalformedImageException if the header is damaged
   * @throws UnsupportedFormatException if the bytes are of another format
   */
  static Binary of(MemorySegment bytes, String name) {
    return Magic.read(bytes, name, 0);
  }

  /** The file's name as given by whoever opened it; of a member, {@code container(member)}. */
  String file();

  /** The whole file, with the lifetime it was given. */
  MemorySegment bytes();

  /** The file's format. */
  Format format();

  /** The format's own name of what kind of file it is, {@code DYN (shared object)} for example. */
  String type();
}
