package dev.calotype.cache;

import java.io.IOException;

/**
 * Makes what an entry is to hold. It gets nothing but the key's fields, so that nothing that is not
 * in the key can get into the entry; what else it uses has to be the same always.
 *
 * @param <X> what it throws besides; {@link RuntimeException} if nothing
 */
@FunctionalInterface
public interface Builder<X extends Exception> {
  /**
   * Writes the entry's files. If this throws, nothing is published and nothing is remembered.
   *
   * @param fields what the key is made of
   * @param draft takes the files; of no use when this has returned
   */
  void build(Fields fields, Draft draft) throws IOException, X;
}
