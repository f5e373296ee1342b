package dev.calotype.cache;

import dev.calotype.ji.DataId;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SortedMap;

/**
 * What a key is made of, by name: all that a builder gets to know. Immutable.
 *
 * <p>The methods that give a value throw {@link NoSuchElementException} if there is no field of
 * that name, or none of that type.
 */
public final class Fields {
  private final String compiler;
  private final SortedMap<String, Field> all;

  Fields(String compiler, SortedMap<String, Field> all) {
    this.compiler = compiler;
    this.all = Collections.unmodifiableSortedMap(all);
  }

  /** The identity of the compiler. */
  public String compiler() {
    return compiler;
  }

  /** All fields, by the bytes of their names. */
  public SortedMap<String, Field> all() {
    return all;
  }

  /** A text. */
  public String text(String name) {
    if (all.get(name) instanceof Field.Text(String value)) {
      return value;
    }
    throw wrong(name, "text");
  }

  /** A number. */
  public long integer(String name) {
    if (all.get(name) instanceof Field.Int(long value)) {
      return value;
    }
    throw wrong(name, "number");
  }

  /** Yes or no. */
  public boolean flag(String name) {
    if (all.get(name) instanceof Field.Flag(boolean value)) {
      return value;
    }
    throw wrong(name, "flag");
  }

  /** A copy of bytes. */
  public byte[] bytes(String name) {
    if (all.get(name) instanceof Field.Bytes bytes) {
      return bytes.value();
    }
    throw wrong(name, "bytes");
  }

  /** The id of data. */
  public DataId dataId(String name) {
    if (all.get(name) instanceof Field.Data(DataId value)) {
      return value;
    }
    throw wrong(name, "data id");
  }

  /** Texts in order. */
  public List<String> texts(String name) {
    if (all.get(name) instanceof Field.Texts(List<String> value)) {
      return value;
    }
    throw wrong(name, "texts");
  }

  private NoSuchElementException wrong(String name, String wanted) {
    Field there = all.get(name);
    return new NoSuchElementException(
        there == null
            ? "the key has no field " + name
            : "field %s of the key is no %s: %s".formatted(name, wanted, there.show()));
  }
}
