package dev.calotype.split;

/**
 * A symbol that a data file in the shape <em>needed</em> has to export.
 *
 * @param name its name
 * @param section the data file's section it is in
 * @param offset where in that section it starts
 * @param size its size in bytes, 0 if the object does not say
 */
public record ExportedSymbol(String name, String section, long offset, long size) {}
