package dev.calotype.image;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.Endian;
import dev.calotype.image.coff.CoffMagic;
import dev.calotype.image.coff.CoffNoteFinder;
import dev.calotype.image.elf.ElfNoteFinder;
import dev.calotype.image.macho.MachONoteFinder;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds one note of an image by positional reads of its headers, without mapping the file: what
 * decides whether an image may be used must not depend on bytes that can vanish.
 */
public final class NoteFinder {
  /** What tells the format, and holds the headers of some. */
  private static final int FIRST_BYTES = 64;

  private NoteFinder() {}

  /**
   * What is looked for.
   *
   * @param owner the owner in the note's header
   * @param type the type in the note's header
   * @param coffSection the section that holds the note where the format has no notes: in COFF and
   *     PE
   * @param machoSection the same in segment {@code __TEXT} of Mach-O
   */
  public record Wanted(String owner, long type, String coffSection, String machoSection) {}

  /**
   * A note, copied.
   *
   * @param format the format of the file
   * @param offset where its header starts in the file
   * @param bytes a copy of header, owner and descriptor on the heap
   * @param address where its header is once the image is loaded, as the image's own headers count:
   *     in PE relative to the image's base; empty in objects, which have no addresses
   * @param loaded what else a loader brings into memory or protects; empty in objects
   * @param count how many such notes there are in the section or segment, this one included:
   *     linkers put those of several objects together
   */
  public record Found(
      Format format,
      long offset,
      MemorySegment bytes,
      OptionalLong address,
      List<LoadedRange> loaded,
      int count) {
    /** Copies the list. */
    public Found {
      loaded = List.copyOf(loaded);
    }

    /** The same in an image, {@code delta} bytes lower in the file than in memory. */
    public Found inImage(long delta, List<LoadedRange> loaded) {
      return new Found(format, offset, bytes, OptionalLong.of(offset + delta), loaded, count);
    }
  }

  /**
   * The first note of that owner and type.
   *
   * @throws MalformedImageException if the headers on the way are damaged
   * @throws UnsupportedFormatException if the file is of another format
   */
  public static Optional<Found> find(OpenFile file, Wanted wanted) throws IOException {
    byte[] first = new byte[(int) Math.min(file.size(), FIRST_BYTES)];
    file.readFully(0, first, 0, first.length);
    MemorySegment start = MemorySegment.ofArray(first);
    int magic = first.length < 4 ? 0 : (int) Endian.u32(start, 0, false);
    return switch (magic) {
      case 0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe ->
          MachONoteFinder.find(file, start, wanted);
      default ->
          CoffMagic.isImage(start) || CoffMagic.isObject(start)
              ? CoffNoteFinder.find(file, start, wanted)
              : ElfNoteFinder.find(file, start, wanted);
    };
  }
}
