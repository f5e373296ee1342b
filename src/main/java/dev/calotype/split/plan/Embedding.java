package dev.calotype.split.plan;

/**
 * The plan for putting a data file into an image: what of the image is written otherwise, and what
 * comes behind it. Holds nothing of the image's memory.
 */
public interface Embedding {
  /** The first bytes of the image as they will be. */
  byte[] head();

  /** Where the data file goes, behind the image's last byte. */
  long dataOffset();

  /** Where the rest goes, behind the data file; a multiple of 8. */
  long tailOffset();

  /** The rest. */
  byte[] tail();
}
