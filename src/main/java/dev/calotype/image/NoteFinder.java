package dev.calotype.image;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.elf.ElfNoteFinder;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Finds one note of an image by positional reads of its headers, without mapping the file: what
 * decides whether an image may be used must not depend on bytes that can vanish.
 */
public final class NoteFinder {
  private NoteFinder() {}

  /**
   * A note, copied.
   *
   * @param offset where its header starts in the file
   * @param bytes a copy of header, owner and descriptor on the heap
   */
  public record Found(long offset, MemorySegment bytes) {}

  /**
   * The first note of that owner and type.
   *
   * @throws MalformedImageException if the headers on the way are damaged
   * @throws UnsupportedFormatException if the file is of another format
   */
  public static Optional<Found> find(OpenFile file, String owner, long type) throws IOException {
    return ElfNoteFinder.find(file, owner, type);
  }
}
