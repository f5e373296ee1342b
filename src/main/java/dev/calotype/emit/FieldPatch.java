package dev.calotype.emit;

/**
 * What is written over a field of a section's content, because the format has addends there.
 *
 * @param offset where the field is in the section
 * @param width 4 or 8 bytes
 * @param value its value
 */
record FieldPatch(long offset, int width, long value) {}
