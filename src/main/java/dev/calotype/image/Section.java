package dev.calotype.image;

import java.lang.foreign.MemorySegment;

/** A named range of an image. Reads its bytes from the image each time it is asked. */
public interface Section {
  /** The position in the section table, from 0. */
  int index();

  /** The name, decoded at each call; empty if it has none. */
  String name();

  /** The format's own name of the section's type, {@code PROGBITS} for example. */
  String type();

  /** The address at which it is loaded, relative to the image's base; 0 if it is not loaded. */
  long address();

  /** Where its bytes start in the file. */
  long offset();

  /** Its size in memory, in bytes. */
  long size();

  /** How many of its bytes are in the file: {@link #size()}, or 0 if it is all zeros in memory. */
  long fileSize();

  /** The alignment of its address in bytes, 1 if it has none. */
  long alignment();

  /** Whether it is part of the loaded image. */
  boolean isLoaded();

  /** Whether the loaded image may write to it. */
  boolean isWritable();

  /** Whether it holds instructions. */
  boolean isExecutable();

  /**
   * Its bytes in the file, not copied, with the lifetime of the image's.
   *
   * @throws dev.calotype.MalformedImageException if they are not all in the file
   */
  MemorySegment bytes();
}
