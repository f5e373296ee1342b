package dev.calotype.split;

/**
 * Where a section of the image goes.
 *
 * @param name its name
 * @param size its bytes in the file
 * @param moves whether it leaves for the data file
 * @param executable whether it holds instructions
 * @param reason why it stays, as a clause; empty if it moves
 */
public record SectionChoice(
    String name, long size, boolean moves, boolean executable, String reason) {}
