package dev.calotype.image;

import java.util.OptionalInt;

/** The relocations of one table, in the table's order, decoded one by one while iterating. */
public interface RelocationTable extends Iterable<Relocation> {
  /**
   * The table's name: in ELF its section's, {@code .rela.text}; where it has none of its own, the
   * name of the section it changes, or what the format calls it.
   */
  String name();

  /** The {@link Section#index()} of the section it changes; empty if it is of the whole image. */
  OptionalInt section();

  /** How many relocations there are. Walks over a packed table. */
  long count();
}
