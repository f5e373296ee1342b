package dev.calotype.bytes;

import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.function.IntFunction;

/**
 * A table's entries as an unmodifiable list, each made anew when it is asked for.
 *
 * @param <T> what an entry is shown as
 */
public final class EntryList<T> extends AbstractList<T> implements RandomAccess {
  private final int size;
  private final IntFunction<? extends T> entry;

  /** A list of {@code size} entries, made by {@code entry} from their index. */
  public EntryList(int size, IntFunction<? extends T> entry) {
    this.size = size;
    this.entry = entry;
  }

  @Override
  public T get(int index) {
    return entry.apply(Objects.checkIndex(index, size));
  }

  @Override
  public int size() {
    return size;
  }
}
