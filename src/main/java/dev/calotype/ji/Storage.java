package dev.calotype.ji;

/** How a section's bytes lie in the file. The content id does not depend on it. */
public enum Storage {
  /**
   * One after the other, so that the section can be mapped in place. Zeros become holes where the
   * file system has any: the file keeps its size, the disk does not.
   */
  PLAIN,

  /** Without blocks of zeros: small everywhere, copied to be used. */
  SPARSE,

  /**
   * Compressed with zstd, chunk by chunk, copied to be used. Needs the library zstd-jni, for
   * writing and for reading.
   */
  COMPRESSED
}
