package dev.calotype.image;

import java.util.Optional;

/** The symbols of one table, in the table's order, decoded one by one while iterating. */
public interface SymbolTable extends Iterable<Symbol> {
  /** How many entries the table has, unnamed ones included. */
  long count();

  /**
   * The entry at {@code index}.
   *
   * @throws IndexOutOfBoundsException if there is none
   */
  Symbol get(long index);

  /** The first symbol called {@code name}, by a walk over the table. */
  default Optional<Symbol> find(String name) {
    for (Symbol symbol : this) {
      if (symbol.name().equals(name)) {
        return Optional.of(symbol);
      }
    }
    return Optional.empty();
  }
}
