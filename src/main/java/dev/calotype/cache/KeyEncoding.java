package dev.calotype.cache;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Sha256;
import dev.calotype.ji.DataId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A key as bytes and back: docs/store.md, "Key". */
final class KeyEncoding {
  /** The largest encoding in bytes. */
  static final int MOST_BYTES = 512 << 10;

  private static final int MOST_FIELDS = 0xffff;
  private static final int MOST_NAME = 255;
  private static final String STRUCTURE = "key";
  private static final byte[] DOMAIN = "calotype key 1\n".getBytes(StandardCharsets.US_ASCII);

  /** The types of fields, each with its number less one. */
  private static final List<Class<? extends Field>> TYPES =
      List.of(
          Field.Text.class,
          Field.Int.class,
          Field.Flag.class,
          Field.Bytes.class,
          Field.Data.class,
          Field.Texts.class);

  /** Texts by their bytes in UTF-8. */
  static final Comparator<String> ORDER =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private KeyEncoding() {}

  /** An empty map whose order is that of the encoding. */
  static SortedMap<String, Field> map() {
    return new TreeMap<>(ORDER);
  }

  static byte[] digest(byte[] encoding) {
    return new Sha256().add(DOMAIN).add(encoding).finish();
  }

  /** The bytes of a text; an unpaired surrogate would become those of a question mark. */
  static byte[] utf8(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (!new String(bytes, StandardCharsets.UTF_8).equals(text)) {
      throw new IllegalArgumentException("not Unicode: " + text);
    }
    return bytes;
  }

  static byte[] encode(Fields fields) {
    byte[] compiler = utf8(fields.compiler());
    long size = 8L + compiler.length;
    List<byte[]> parts = new ArrayList<>();
    for (Map.Entry<String, Field> field : fields.all().entrySet()) {
      byte[] name = utf8(field.getKey());
      if (name.length == 0 || name.length > MOST_NAME) {
        throw new IllegalArgumentException("a field's name of %d bytes".formatted(name.length));
      }
      byte[] value = value(field.getValue());
      ByteWriter part = new ByteWriter(6 + name.length + value.length);
      part.u16(type(field.getValue()) | name.length << 8);
      part.bytes(name).u32(value.length).bytes(value);
      parts.add(part.array());
      size += part.array().length;
    }
    if (size > MOST_BYTES || parts.size() > MOST_FIELDS) {
      throw new IllegalArgumentException(
          "a key of %d bytes and %d fields: of long things, give a digest"
              .formatted(size, parts.size()));
    }
    ByteWriter all = new ByteWriter((int) size);
    all.u32(compiler.length).bytes(compiler).u32(parts.size());
    parts.forEach(all::bytes);
    return all.array();
  }

  /**
   * The key that was encoded.
   *
   * @throws MalformedImageException unless these are the bytes that {@link #encode} makes of it
   */
  static Key decode(byte[] encoding, String file) {
    ByteView view = new ByteView(MemorySegment.ofArray(encoding), file);
    int size = size(view, 0);
    String compiler = text(view, 4, size);
    long count = view.u32(4L + size, STRUCTURE);
    long at = 8L + size;
    SortedMap<String, Field> fields = map();
    for (long i = 0; i < count; i++) {
      int type = view.u8(at, STRUCTURE);
      int nameSize = view.u8(at + 1, STRUCTURE);
      String name = text(view, at + 2, nameSize);
      at += 2 + nameSize;
      int valueSize = size(view, at);
      fields.put(name, field(view, type, at + 4, valueSize));
      at += 4 + valueSize;
    }
    Key key;
    try {
      if (compiler.isEmpty()) {
        throw new IllegalArgumentException("a compiler without an identity");
      }
      key = Key.of(new Fields(compiler, fields));
    } catch (IllegalArgumentException e) {
      throw view.malformed(STRUCTURE, 0, String.valueOf(e.getMessage()), "a key");
    }
    if (!Arrays.equals(key.encoding(), encoding)) {
      throw view.malformed(STRUCTURE, 0, "an encoding of its own kind", "a key's only one");
    }
    return key;
  }

  private static int type(Field field) {
    return TYPES.indexOf(field.getClass()) + 1;
  }

  private static byte[] value(Field field) {
    // A switch over types costs a JVM milliseconds when it first comes there: texts do not.
    if (field instanceof Field.Text text) {
      return utf8(text.value());
    }
    return switch (field) {
      case Field.Text(String value) -> utf8(value);
      case Field.Int(long value) -> new ByteWriter(8).u64(value).array();
      case Field.Flag(boolean value) -> new byte[] {(byte) (value ? 1 : 0)};
      case Field.Bytes bytes -> bytes.value();
      case Field.Data(DataId value) -> HexFormat.of().parseHex(value.hex());
      case Field.Texts(List<String> value) -> texts(value);
    };
  }

  private static byte[] texts(List<String> texts) {
    List<byte[]> parts = texts.stream().map(KeyEncoding::utf8).toList();
    long size = parts.stream().mapToLong(part -> 4L + part.length).sum();
    if (size > MOST_BYTES) {
      throw new IllegalArgumentException("texts of %d bytes: give a digest".formatted(size));
    }
    ByteWriter all = new ByteWriter((int) size);
    parts.forEach(part -> all.u32(part.length).bytes(part));
    return all.array();
  }

  private static Field field(ByteView view, int type, long at, int size) {
    return switch (type) {
      case 1 -> new Field.Text(text(view, at, size));
      case 2 -> new Field.Int(view.u64(require(view, at, size, 8), STRUCTURE));
      case 3 -> new Field.Flag(view.u8(require(view, at, size, 1), STRUCTURE) != 0);
      case 4 -> new Field.Bytes(bytes(view, at, size));
      case 5 ->
          new Field.Data(
              new DataId(
                  HexFormat.of()
                      .formatHex(bytes(view, require(view, at, size, Sha256.SIZE), size))));
      case 6 -> {
        List<String> texts = new ArrayList<>();
        for (long next = at; next < at + size; ) {
          int one = size(view, next);
          texts.add(text(view, next + 4, one));
          next += 4 + one;
        }
        yield new Field.Texts(texts);
      }
      default -> throw view.malformed(STRUCTURE, at, "a field of type " + type, "one of 1 to 6");
    };
  }

  private static long require(ByteView view, long at, int size, int wanted) {
    if (size != wanted) {
      throw view.malformed(STRUCTURE, at, size + " bytes", wanted + " bytes");
    }
    return at;
  }

  private static int size(ByteView view, long at) {
    long size = view.u32(at, STRUCTURE);
    view.require(at + 4, size, STRUCTURE);
    return (int) size;
  }

  private static byte[] bytes(ByteView view, long at, int size) {
    return view.slice(at, size, STRUCTURE).toArray(ValueLayout.JAVA_BYTE);
  }

  private static String text(ByteView view, long at, int size) {
    return new String(bytes(view, at, size), StandardCharsets.UTF_8);
  }
}
