package dev.calotype.cache;

import dev.calotype.ji.DataId;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * A file of an entry, as the manifest has it: docs/store.md, "Manifest".
 *
 * @param name what the builder called it
 * @param kind what it is
 * @param generation how often the file was replaced
 * @param size the file's size in bytes
 * @param digest what proves the file
 * @param dataId the data that it is or belongs to
 */
@SuppressWarnings("ArrayRecordComponent") // Compared below.
record Member(
    String name, Kind kind, int generation, long size, byte[] digest, Optional<DataId> dataId) {
  static final int MOST_NAME = 100;

  /** What a member is. */
  enum Kind {
    /** A data file. */
    DATA(1),
    /** A code object. */
    CODE(2),
    /** Anything else. */
    OTHER(3);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    /** Its number in a manifest. */
    int number() {
      return number;
    }
  }

  /** Whether a builder may call a file so. */
  static boolean isName(String name) {
    if (name.isEmpty() || name.length() > MOST_NAME || name.equals(Manifest.NAME)) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean isPlain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!isPlain && (i == 0 || "._+-".indexOf(c) < 0)) {
        return false;
      }
    }
    return true;
  }

  /** The file's name in the entry's folder. */
  String fileName() {
    return generation == 0 ? name : Integer.toUnsignedString(generation) + "~" + name;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Member member
        && name.equals(member.name)
        && kind == member.kind
        && generation == member.generation
        && size == member.size
        && Arrays.equals(digest, member.digest)
        && dataId.equals(member.dataId);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, generation, Arrays.hashCode(digest));
  }
}
