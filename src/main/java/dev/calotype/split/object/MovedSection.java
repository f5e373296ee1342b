package dev.calotype.split.object;

/**
 * A section that leaves an object.
 *
 * @param name what it is called in the data file, no two alike
 * @param size its size in bytes
 * @param alignment its alignment in bytes, a power of two
 * @param placeable whether it is to be mapped over a hole
 */
public record MovedSection(String name, long size, long alignment, boolean placeable) {
  private static final long MOST_ALIGNMENT = 1 << 20;

  /** One whose declared alignment may be anything. */
  public static MovedSection of(String name, long size, long declared, boolean placeable) {
    boolean isOne = Long.bitCount(declared) == 1 && declared > 0 && declared <= MOST_ALIGNMENT;
    return new MovedSection(name, size, isOne ? declared : 1, placeable);
  }
}
