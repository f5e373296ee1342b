package dev.calotype.ji;

import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Digests that stand on page one for what the tail block records in full: see
 * docs/data-file-format.md, "Groups".
 */
final class Group {
  /** By the bytes of the names' UTF-8, so the same in every language. */
  static final Comparator<String> ORDER = Group::compare;

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

  /** Of names without values, which come in {@link #ORDER}, or zeros if there are none. */
  static byte[] digest(Set<String> names) {
    if (names.isEmpty()) {
      return NONE.clone();
    }
    Sha256 digest = new Sha256();
    for (String name : names) {
      add(digest, name);
      add(digest, "");
    }
    return digest.finish();
  }

  static boolean isNone(byte[] digest) {
    return Arrays.equals(digest, NONE);
  }

  /** The order of UTF-8's bytes is that of code points, which surrogates are out of. */
  private static int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean surrogate = Character.isSurrogate(x) != Character.isSurrogate(y);
        return surrogate ? Integer.compare(rank(x), rank(y)) : Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  private static int rank(char c) {
    return Character.isSurrogate(c) ? Character.MIN_SUPPLEMENTARY_CODE_POINT : c;
  }

  private static void add(Sha256 digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.add(new ByteWriter(4).u32(bytes.length).array()).add(bytes);
  }
}
