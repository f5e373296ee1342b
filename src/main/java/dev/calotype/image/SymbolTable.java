package dev.calotype.image;

import java.util.Optional;

/** The symbols of one table, in the table's order, decoded one by one while iterating. */
public interface SymbolTable extends Iterable<Symbol> {
  /**
   * How many symbols the table has, unnamed ones included. COFF's auxiliary records are none; to
   * leave them out, this walks over a COFF table.
   */
  long count();

  /**
   * The entry at {@code index}, which a relocation or a hash table gave. A COFF table has gaps,
   * where auxiliary records are.
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
