package dev.calotype.graph;

/**
 * Something that {@link Graph#verify} found wrong.
 *
 * @param structure what it is in, in the format's words
 * @param offset where, in bytes from the start of the file
 * @param text what is there and what should be
 */
public record GraphDamage(String structure, long offset, String text) {}
