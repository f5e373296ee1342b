package dev.calotype.cache;

import java.io.IOException;

/** The answer of a store: an entry, open, or the reason why there is none. Close it when done. */
public sealed interface Lookup extends AutoCloseable permits Hit, Miss {
  /** What was looked for. */
  Key key();

  @Override
  default void close() throws IOException {}
}
