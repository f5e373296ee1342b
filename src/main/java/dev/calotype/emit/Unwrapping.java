package dev.calotype.emit;

import java.util.List;

/**
 * A payload that was copied to a file of its own.
 *
 * @param members the members of containers that lead to it, outermost first; empty if the file is
 *     no container
 * @param section the name of the section that held it
 * @param offset where it starts in the file, in bytes
 * @param size its size in bytes
 */
public record Unwrapping(List<String> members, String section, long offset, long size) {}
