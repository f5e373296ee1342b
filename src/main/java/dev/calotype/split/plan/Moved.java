package dev.calotype.split.plan;

/**
 * A section of the data file that a part becomes.
 *
 * @param name its name
 * @param size its size in bytes
 * @param alignment its alignment in bytes
 */
public record Moved(String name, long size, long alignment) {}
