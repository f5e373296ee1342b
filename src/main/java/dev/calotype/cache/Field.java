package dev.calotype.cache;

import dev.calotype.ji.DataId;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** The value of a key's field. The types are in docs/store.md, "Key". */
public sealed interface Field {
  /** The value for people: a text as it is, bytes as digits. */
  String show();

  /** A text. */
  record Text(String value) implements Field {
    @Override
    public String show() {
      return value;
    }
  }

  /** A number. */
  record Int(long value) implements Field {
    @Override
    public String show() {
      return Long.toString(value);
    }
  }

  /** Yes or no. */
  record Flag(boolean value) implements Field {
    @Override
    public String show() {
      return Boolean.toString(value);
    }
  }

  /** Bytes: a digest, for example. */
  final class Bytes implements Field {
    private final byte[] value;

    /** Copies the bytes. */
    public Bytes(byte[] value) {
      this.value = value.clone();
    }

    /** A copy of the bytes. */
    public byte[] value() {
      return value.clone();
    }

    @Override
    public String show() {
      return HexFormat.of().formatHex(value);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
      return show();
    }
  }

  /** The id of other data. */
  record Data(DataId value) implements Field {
    @Override
    public String show() {
      return value.hex();
    }
  }

  /** Texts in an order that matters. */
  record Texts(List<String> value) implements Field {
    /** Copies the list. */
    public Texts {
      value = List.copyOf(value);
    }

    @Override
    public String show() {
      return value.toString();
    }
  }
}
