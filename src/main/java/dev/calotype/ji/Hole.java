package dev.calotype.ji;

/**
 * A range of code's image that holds nothing, over which a section of its data is mapped.
 *
 * @param section the data's section
 * @param size how much is reserved, in bytes
 * @param address where the range starts, as {@link SlotRun#address()}
 */
public record Hole(String section, long size, long address) {
  /** Checks name and size. */
  public Hole {
    CodeType.requireName(section);
    if (size <= 0) {
      throw new IllegalArgumentException("a hole of %d bytes for %s".formatted(size, section));
    }
  }

  Hole at(long place) {
    return new Hole(section, size, place);
  }
}
