package dev.calotype.image;

/**
 * A range of an image that a loader brings into memory, or changes the protection of.
 *
 * @param address where it starts, as {@link NoteFinder.Found#address()} counts
 * @param size its size in memory, in bytes
 * @param fileSize how many of them come from the file; zeros follow
 * @param isWritable whether it can be written once its relocations are done
 */
public record LoadedRange(long address, long size, long fileSize, boolean isWritable) {
  /** Whether all of {@code [start, start + length)} is in it. */
  public boolean contains(long start, long length) {
    return address >= 0
        && start >= address
        && length >= 0
        && length <= size
        && start - address <= size - length;
  }

  /** Whether a byte of {@code [start, start + length)} is in it. */
  public boolean overlaps(long start, long length) {
    return start >= address
        ? Long.compareUnsigned(start - address, size) < 0
        : Long.compareUnsigned(address - start, length) < 0;
  }
}
