package dev.calotype.image;

import java.lang.foreign.MemorySegment;

/**
 * A record that tools and loaders leave in an image.
 *
 * @param owner who defines the meaning of {@code type}: {@code GNU} for example
 * @param type the owner's number for this kind of note
 * @param offset where the note's header starts in the file; in Mach-O, which has it in a load
 *     command, where the payload starts
 * @param descriptor the payload, not copied, with the lifetime of the image's bytes
 */
public record Note(String owner, long type, long offset, MemorySegment descriptor) {}
