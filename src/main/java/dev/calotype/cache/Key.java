package dev.calotype.cache;

import dev.calotype.bytes.Sha256;
import dev.calotype.ji.DataId;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What an entry is found by: the compiler's identity and named, typed fields, which together are
 * everything that the result depends on. The order in which fields are given does not matter. Two
 * keys are equal exactly if all of that is.
 *
 * <p>Immutable; the {@code with} methods make one. They throw {@link IllegalArgumentException} for
 * a name that is there already, that is empty or longer than 255 bytes, for text that is not
 * Unicode, and for a key of more than 512 KiB: of long things, give a digest. Safe for use by
 * several threads.
 */
public final class Key {
  private final Fields fields;
  private final byte[] encoding;

  /** Made when first asked for, as most keys only lead to the next one; by two threads twice. */
  private @Nullable Digested digested;

  private Key(Fields fields) {
    this.fields = fields;
    this.encoding = KeyEncoding.encode(fields);
  }

  /** What follows from the encoding. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Digested(byte[] digest, Place place) {}

  /** Decodes what {@link KeyEncoding} has checked. */
  static Key of(Fields fields) {
    return new Key(fields);
  }

  /**
   * A key without fields.
   *
   * @param compiler what tells this compiler from any other, and from any other version and build
   *     of itself
   */
  public static Key of(String compiler) {
    if (compiler.isEmpty()) {
      throw new IllegalArgumentException("a compiler without an identity");
    }
    return new Key(new Fields(compiler, KeyEncoding.map()));
  }

  /** The same with a text besides. */
  public Key with(String name, String value) {
    return with(name, new Field.Text(value));
  }

  /** The same with a number besides. */
  public Key with(String name, long value) {
    return with(name, new Field.Int(value));
  }

  /** The same with a yes or no besides. */
  public Key with(String name, boolean value) {
    return with(name, new Field.Flag(value));
  }

  /** The same with bytes besides, a digest for example. */
  public Key with(String name, byte[] value) {
    return with(name, new Field.Bytes(value));
  }

  /** The same with the id of other data besides. */
  public Key with(String name, DataId value) {
    return with(name, new Field.Data(value));
  }

  /** The same with texts besides, whose order matters. */
  public Key with(String name, List<String> value) {
    return with(name, new Field.Texts(value));
  }

  /** The same with one more field. */
  public Key with(String name, Field value) {
    SortedMap<String, Field> more = KeyEncoding.map();
    more.putAll(fields.all());
    if (more.put(name, value) != null) {
      throw new IllegalArgumentException("the key has a field %s already".formatted(name));
    }
    return new Key(new Fields(fields.compiler(), more));
  }

  /** What it is made of. */
  public Fields fields() {
    return fields;
  }

  /** Its digest: 64 lower-case hexadecimal digits. */
  public String hex() {
    return place().key();
  }

  /** Not to be written to. */
  byte[] encoding() {
    return encoding;
  }

  Place place() {
    return digested().place;
  }

  /** Its digest; not to be written to. */
  byte[] digest() {
    return digested().digest;
  }

  private Digested digested() {
    Digested known = digested;
    if (known == null) {
      byte[] digest = KeyEncoding.digest(encoding);
      known = new Digested(digest, Place.of(fields.compiler(), digest));
      digested = known;
    }
    return known;
  }

  /** The 16 digits that a compiler's folder is named by. */
  static String compilerId(String compiler) {
    byte[] digest = Sha256.of(KeyEncoding.utf8(compiler));
    return HexFormat.of().formatHex(digest, 0, Place.COMPILER_DIGITS / 2);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && Arrays.equals(encoding, key.encoding);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoding);
  }

  /** The digest's first digits. */
  @Override
  public String toString() {
    return hex().substring(0, 12);
  }
}
