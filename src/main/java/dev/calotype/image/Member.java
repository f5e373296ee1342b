package dev.calotype.image;

import java.lang.foreign.MemorySegment;

/** A file within a {@link Container}. */
public interface Member {
  /** The position among the members, from 0. */
  int index();

  /** The name, decoded at each call. */
  String name();

  /** Where the member's header starts in the container; of a slice, where its bytes start. */
  long headerOffset();

  /** Where the member's bytes start in the container. */
  long offset();

  /** How many bytes the member has. */
  long size();

  /** Whether the bytes are in a file of their own beside the container: in a thin archive. */
  boolean isExternal();

  /**
   * The member's bytes, not copied, with the lifetime of the container's.
   *
   * @throws dev.calotype.UnsupportedFormatException if they are in another file
   */
  MemorySegment bytes();

  /**
   * The member as what it is.
   *
   * @throws dev.calotype.UnsupportedFormatException if it is no native file, or in another file
   */
  Binary binary();
}
