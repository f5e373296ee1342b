package dev.calotype.ji;

import java.nio.file.Path;
import java.util.Optional;

/** Names of data files that carry an id: {@code NAME-0123456789abcdef.ji}. */
final class FileName {
  static final String EXTENSION = ".ji";
  private static final int DIGITS = 16;

  private FileName() {}

  static String of(String name, DataId id) {
    return name + "-" + id.hex().substring(0, DIGITS) + EXTENSION;
  }

  /** The digits in a file's name, or empty if it has none. */
  static String digits(String file) {
    int end = file.length() - EXTENSION.length();
    int start = end - DIGITS;
    if (start < 1 || !file.endsWith(EXTENSION) || file.charAt(start - 1) != '-') {
      return "";
    }
    String digits = file.substring(start, end);
    return DataId.isLowerHex(digits) ? digits : "";
  }

  /** The name before the digits, or before the extension if there are none. */
  static String base(String file) {
    int extension = digits(file).isEmpty() ? 0 : DIGITS + 1;
    return file.substring(0, Math.max(0, file.length() - EXTENSION.length() - extension));
  }

  /** What is wrong with the id in a file's name; nothing if it has none or none is known. */
  static Optional<Cause> wrongId(Path file, Optional<DataId> id) {
    Path name = file.getFileName();
    String digits = name == null ? "" : digits(name.toString());
    if (id.isEmpty() || digits.isEmpty() || id.get().hex().startsWith(digits)) {
      return Optional.empty();
    }
    return Optional.of(new Cause(Cause.Code.NAME_ID, id.get().hex().substring(0, DIGITS), digits));
  }
}
