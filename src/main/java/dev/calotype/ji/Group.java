package dev.calotype.ji;

import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Digests that stand on page one for what the tail block records in full: see
 * docs/data-file-format.md, "Groups".
 */
final class Group {
  /** By the bytes of the names' UTF-8, so the same in every language. */
  static final Comparator<String> ORDER =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  /** The digest that stands for "nothing recorded". */
  private static final byte[] NONE = new byte[Sha256.SIZE];

  private Group() {}

  static <V> SortedMap<String, V> map() {
    return new TreeMap<>(ORDER);
  }

  /** Of one text: of its UTF-8, or zeros if it is empty. */
  static byte[] digest(String text) {
    return text.isEmpty() ? NONE.clone() : Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Of names and values in the names' order, or zeros if there are none. */
  static byte[] digest(SortedMap<String, String> group) {
    if (group.isEmpty()) {
      return NONE.clone();
    }
    Sha256 digest = new Sha256();
    for (Map.Entry<String, String> entry : group.entrySet()) {
      add(digest, entry.getKey());
      add(digest, entry.getValue());
    }
    return digest.finish();
  }

  static boolean isNone(byte[] digest) {
    return Arrays.equals(digest, NONE);
  }

  private static void add(Sha256 digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.add(new ByteWriter(4).u32(bytes.length).array()).add(bytes);
  }
}
