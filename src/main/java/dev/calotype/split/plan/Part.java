package dev.calotype.split.plan;

/**
 * A range of the original file and what becomes of it.
 *
 * @param kind what becomes of it
 * @param offset where it starts in the original
 * @param length how many bytes it has
 * @param section for {@link Kind#MOVE}: which section of the data file it becomes
 * @param run for {@link Kind#MOVE}: the same for parts with nothing between them that stays in use;
 *     the code object is padded to whole pages after a run, not after each part
 * @param codeOffset where it starts in the code object, or would
 */
public record Part(Kind kind, long offset, long length, int section, int run, long codeOffset) {
  /** What becomes of a part. */
  public enum Kind {
    /** It stays in the code object as it is. */
    KEEP,
    /** It leaves for the data file; nothing stands for it in the code object. */
    MOVE,
    /** The code object has other bytes of the same length; the original ones go to the recipe. */
    REPLACE
  }

  /** Where it ends in the original. */
  public long end() {
    return offset + length;
  }
}
