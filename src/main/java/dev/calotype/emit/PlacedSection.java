package dev.calotype.emit;

/**
 * A section whose content was written.
 *
 * @param section what it is
 * @param number its number in the object, from 1
 * @param offset where its content is in the file
 * @param size the size of its content, or of what has none
 */
record PlacedSection(ObjectSection section, int number, long offset, long size) {
  boolean hasBits() {
    return section.payload().isPresent();
  }
}
