package dev.calotype.emit;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A payload that was found.
 *
 * @param members the members of containers that lead to it, outermost first; empty if the file is
 *     no container
 * @param section the name of the section that holds it
 * @param offset where it starts in the file, in bytes
 * @param bytes the payload, not copied, with the lifetime of the file's bytes
 */
public record Unwrapped(List<String> members, String section, long offset, MemorySegment bytes) {}
