package dev.calotype.image;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** A named range of an image. Reads its bytes from the image each time it is asked. */
public interface Section {
  /** The position in the section table, from 0. */
  int index();

  /** The name, decoded at each call; empty if it has none. */
  String name();

  /** The name with what the format puts before it: {@code __TEXT,__text} in Mach-O. */
  default String qualifiedName() {
    return name();
  }

  /** The format's own name of the section's type, {@code PROGBITS} for example. */
  String type();

  /** The format's own flags: {@code sh_flags}, {@code flags}, {@code Characteristics}. */
  long flags();

  /** The address at which it is loaded, relative to the image's base; 0 if it is not loaded. */
  long address();

  /** Where its bytes start in the file. */
  long offset();

  /** Its size in memory, in bytes. */
  long size();

  /** How many of its bytes are in the file; 0 if it is all zeros in memory. */
  long fileSize();

  /** The alignment of its address in bytes, 1 if it has none. */
  long alignment();

  /** Whether it is part of the loaded image. */
  boolean isLoaded();

  /** Whether the loaded image may write to it. */
  boolean isWritable();

  /** Whether it holds instructions. */
  boolean isExecutable();

  /** How its bytes are compressed, if they are. */
  default Optional<Compression> compression() {
    return Optional.empty();
  }

  /**
   * Its bytes in the file, not copied, with the lifetime of the image's.
   *
   * @throws dev.calotype.MalformedImageException if they are not all in the file
   */
  MemorySegment bytes();

  /**
   * A compressed section's header.
   *
   * @param method the method's name: {@code zlib}, {@code zstd}, or {@code method-N}
   * @param size how many bytes it stands for
   * @param alignment what their address is to be aligned to, in bytes
   * @param bytes the compressed bytes after the header, not copied
   */
  record Compression(String method, long size, long alignment, MemorySegment bytes) {}
}
