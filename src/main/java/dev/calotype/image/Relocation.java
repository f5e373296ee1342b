package dev.calotype.image;

import java.util.Optional;
import java.util.OptionalLong;

/** A place in an image that a linker or loader changes. Decoded each time it is asked. */
public interface Relocation {
  /**
   * What is changed: in an object an offset within the table's section, in a linked image an
   * address relative to its base.
   */
  long offset();

  /** The format's own number of its type; what it means depends on the architecture. */
  int typeNumber();

  /**
   * The format's own name of its type, {@code R_X86_64_PC32} for example, or {@code type-N} for a
   * number without a name here.
   */
  String type();

  /** The symbol whose address is used, if it is one. */
  Optional<Symbol> symbol();

  /** What is added, if the table says so; else it is in the bytes that are changed. */
  OptionalLong addend();
}
