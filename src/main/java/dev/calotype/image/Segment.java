package dev.calotype.image;

import java.lang.foreign.MemorySegment;

/** A range of an image as its loader maps it. */
public interface Segment {
  /** The position in the segment table, from 0. */
  int index();

  /** The name: {@code __TEXT} in Mach-O, {@code .text} in PE; in ELF, which has none, the type. */
  String name();

  /** The format's own name of the segment's type, {@code LOAD} for example. */
  String type();

  /** The format's own flags: {@code p_flags}, {@code flags}, {@code Characteristics}. */
  long flags();

  /** The address at which it is loaded, relative to the image's base. */
  long address();

  /** Where its bytes start in the file. */
  long offset();

  /** How many of its bytes are in the file. */
  long fileSize();

  /** Its size in memory, in bytes; what exceeds the file size is zeros. */
  long size();

  /** The alignment in bytes, 1 if it has none. */
  long alignment();

  /** Its protection as three letters, {@code r-x} for example. */
  String protection();

  /** Whether the loader maps it: not so for an ELF note, which lies within another segment. */
  boolean isLoaded();

  /**
   * Its bytes in the file, not copied, with the lifetime of the image's.
   *
   * @throws dev.calotype.MalformedImageException if they are not all in the file
   */
  MemorySegment bytes();
}
