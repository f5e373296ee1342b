package dev.calotype.split.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Cuts an original into parts and places them in the code object, one after the other, without
 * anything between them.
 */
public final class Cuts {
  private final List<Part> cuts = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private long codeOffset;

  /** A range that leaves for a section of the data file. */
  public void move(long offset, long length, int section) {
    cuts.add(new Part(Part.Kind.MOVE, offset, length, section, section + 1, length));
  }

  /**
   * A range for which the code object has other bytes.
   *
   * @param newLength how many those are
   */
  public void replace(long offset, long length, long newLength) {
    cuts.add(new Part(Part.Kind.REPLACE, offset, length, 0, 0, newLength));
  }

  /**
   * The original, from its first to its last byte.
   *
   * @param size its size
   * @throws IllegalArgumentException if cuts overlap, or don't lie in it
   */
  public List<Part> build(long size) {
    cuts.sort(Comparator.comparingLong(Part::offset));
    long at = 0;
    for (Part cut : cuts) {
      if (cut.offset() < at || cut.length() < 0 || cut.length() > size - cut.offset()) {
        throw new IllegalArgumentException("%s after %d of %d".formatted(cut, at, size));
      }
      add(new Part(Part.Kind.KEEP, at, cut.offset() - at, 0, 0, 0), cut.offset() - at);
      // What stands in codeOffset until now is how many bytes the code object has for it.
      add(cut, cut.kind() == Part.Kind.MOVE ? 0 : cut.codeOffset());
      at = cut.end();
    }
    add(new Part(Part.Kind.KEEP, at, size - at, 0, 0, 0), size - at);
    return List.copyOf(parts);
  }

  private void add(Part part, long kept) {
    if (part.length() > 0) {
      parts.add(
          new Part(
              part.kind(), part.offset(), part.length(), part.section(), part.run(), codeOffset));
      codeOffset += kept;
    }
  }

  /** Where the last part ends in the code object, once it was built. */
  public long end() {
    return codeOffset;
  }

  /** Where the byte at {@code offset} of the original is in the code object, or would be. */
  public static long map(List<Part> parts, long offset) {
    for (Part part : parts) {
      if (offset < part.end()) {
        return part.codeOffset() + (part.kind() == Part.Kind.MOVE ? 0 : offset - part.offset());
      }
    }
    return 0;
  }
}
