package dev.calotype.ji;

/**
 * How a section is written.
 *
 * @param alignment the alignment in bytes, a power of two up to 1 MiB; below 64 it is 64
 * @param placeable whether it may be mapped over a hole or beside code: aligns it to 64 KiB, and
 *     goes only with {@link Storage#PLAIN}
 * @param storage how its bytes lie in the file
 * @param level the level of compression, 1 to 22, for {@link Storage#COMPRESSED}
 */
public record SectionOptions(long alignment, boolean placeable, Storage storage, int level) {
  private static final int MOST_LEVEL = 22;
  private static final int USUAL_LEVEL = 3;

  /** Checks the values. */
  public SectionOptions {
    if (Long.bitCount(alignment) != 1
        || Long.numberOfTrailingZeros(alignment) > DataFileWriter.MOST_ALIGNMENT_BITS) {
      throw new IllegalArgumentException("an alignment of %d".formatted(alignment));
    }
    if (placeable && storage != Storage.PLAIN) {
      throw new IllegalArgumentException("a placeable section is plain");
    }
    if (level < 1 || level > MOST_LEVEL) {
      throw new IllegalArgumentException("level %d".formatted(level));
    }
  }

  /** Plain, aligned to 64 bytes, not placeable. */
  public static SectionOptions standard() {
    return new SectionOptions(1, false, Storage.PLAIN, USUAL_LEVEL);
  }

  /** The same with that alignment in bytes. */
  public SectionOptions withAlignment(long alignment) {
    return new SectionOptions(alignment, placeable, storage, level);
  }

  /** The same, placeable or not. */
  public SectionOptions withPlaceable(boolean placeable) {
    return new SectionOptions(alignment, placeable, storage, level);
  }

  /** The same, stored like that. */
  public SectionOptions withStorage(Storage storage) {
    return new SectionOptions(alignment, placeable, storage, level);
  }

  /** The same, compressed at that level. */
  public SectionOptions withLevel(int level) {
    return new SectionOptions(alignment, placeable, storage, level);
  }
}
