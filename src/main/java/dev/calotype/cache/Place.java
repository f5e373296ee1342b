package dev.calotype.cache;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Where an entry is: below {@code entries}, by compiler and key. See docs/store.md, "Layout".
 *
 * @param compiler the 16 digits of the compiler's folder
 * @param key the 64 digits of the key's digest
 */
record Place(String compiler, String key) {
  static final int COMPILER_DIGITS = 16;
  private static final int KEY_DIGITS = 64;
  private static final int GROUP_DIGITS = 2;

  static Place of(String compiler, byte[] digest) {
    return new Place(Key.compilerId(compiler), HexFormat.of().formatHex(digest));
  }

  /** The place of names found in a folder; empty if they are not those of an entry. */
  static Optional<Place> of(String compiler, String group, String rest) {
    return isHex(compiler, COMPILER_DIGITS)
            && isHex(group, GROUP_DIGITS)
            && isHex(rest, KEY_DIGITS - GROUP_DIGITS)
        ? Optional.of(new Place(compiler, group + rest))
        : Optional.empty();
  }

  /** The compiler's folder. */
  Path compilerFolder(Path entries) {
    return entries.resolve(compiler);
  }

  /** The folder that the entry's is in. */
  Path group(Path entries) {
    return entries.resolve(compiler, key.substring(0, GROUP_DIGITS));
  }

  /** The entry's folder. */
  Path folder(Path entries) {
    // One name is resolved in less time than three.
    String name =
        compiler + "/" + key.substring(0, GROUP_DIGITS) + "/" + key.substring(GROUP_DIGITS);
    return entries.resolve(name);
  }

  /** The first 64 bits of the digest. */
  long number() {
    return Long.parseUnsignedLong(key, 0, 16, 16);
  }

  static boolean isHex(String text, int digits) {
    if (text.length() != digits) {
      return false;
    }
    for (int i = 0; i < digits; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }
}
