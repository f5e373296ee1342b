package dev.calotype.image;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.Endian;
import dev.calotype.image.coff.CoffMagic;
import dev.calotype.image.coff.CoffPlaceFinder;
import dev.calotype.image.elf.ElfPlaceFinder;
import dev.calotype.image.macho.MachOPlaceFinder;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Finds where in the file a part of a linked image is, by positional reads of its headers, without
 * mapping the file. See {@link NoteFinder}.
 */
public final class PlaceFinder {
  private static final int FIRST_BYTES = 64;

  private PlaceFinder() {}

  /**
   * The section that is looked for.
   *
   * @param coffSection its name in PE
   * @param machoSegment the segment it is in, in Mach-O
   * @param machoSection its name in Mach-O
   */
  public record Wanted(String coffSection, String machoSegment, String machoSection) {}

  /**
   * A range of the file, all of which is there.
   *
   * @param offset where it starts
   * @param size how many bytes it has
   */
  public record Place(long offset, long size) {
    /**
     * A range that headers claim.
     *
     * @throws MalformedImageException if the file ends before it does
     */
    public static Place in(OpenFile file, String structure, long offset, long size) {
      if (offset < 0 || size < 0 || offset > file.size() || size > file.size() - offset) {
        throw new MalformedImageException(
            file.path().toString(),
            structure,
            Math.clamp(offset, 0, file.size()),
            "%d bytes at 0x%x".formatted(size, offset),
            "an end within the file's %d bytes".formatted(file.size()));
      }
      return new Place(offset, size);
    }
  }

  /**
   * The first section of that name in PE or Mach-O; empty in other formats.
   *
   * @throws MalformedImageException if the headers on the way are damaged, or the file ends before
   *     the section does
   * @throws UnsupportedFormatException if the file is a program for DOS
   */
  public static Optional<Place> section(OpenFile file, Wanted wanted) throws IOException {
    byte[] first = new byte[(int) Math.min(file.size(), FIRST_BYTES)];
    file.readFully(0, first, 0, first.length);
    MemorySegment start = MemorySegment.ofArray(first);
    int magic = first.length < 4 ? 0 : (int) Endian.u32(start, 0, false);
    return switch (magic) {
      case 0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe ->
          MachOPlaceFinder.find(file, start, wanted);
      default ->
          CoffMagic.isImage(start) ? CoffPlaceFinder.find(file, start, wanted) : Optional.empty();
    };
  }

  /**
   * Where a linked ELF image has the bytes that are loaded at an address. Every loaded segment has
   * to lie in the file.
   *
   * @param address as in the file, so relative to where a library is loaded
   * @param size how many bytes are wanted, all of them of one segment
   * @return the place, or empty if no segment has the bytes in the file
   * @throws MalformedImageException if the headers are damaged, or the file ends before a loaded
   *     segment does
   * @throws UnsupportedFormatException if the file is of another format
   */
  public static Optional<Place> address(OpenFile file, long address, long size) throws IOException {
    return ElfPlaceFinder.find(file, address, size);
  }
}
