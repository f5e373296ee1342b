package dev.calotype.image;

import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;

/** A name that stands for an address. Decoded from its table each time it is asked. */
public interface Symbol {
  /** The position in its table, from 0, by which relocations name it. */
  long index();

  /** The name, decoded at each call; empty if it has none. */
  String name();

  /** The name's bytes without their NUL, not decoded, with the lifetime of the image's. */
  MemorySegment nameBytes();

  /** How many bytes the name has, its NUL not counted; found without making an object. */
  default int nameLength() {
    return (int) nameBytes().byteSize();
  }

  /** The address, relative to the image's base; 0 if the symbol is not defined here. */
  long value();

  /**
   * The size of what it names in bytes, 0 if unknown: Mach-O tells that of common symbols, COFF
   * none.
   */
  long size();

  /** The format's own name of what it names, {@code FUNC} or {@code OBJECT} for example. */
  String type();

  /** The format's own name of its visibility to other images, {@code GLOBAL} for example. */
  String binding();

  /** Whether this image defines it. */
  boolean isDefined();

  /** Whether other files may refer to it by its name. */
  boolean isGlobal();

  /** The {@link Section#index()} of the section it is defined in; empty if it is in none. */
  OptionalInt section();
}
