package dev.calotype.emit;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** NUL-terminated names, each stored once, in the order in which they came. */
final class NameTable {
  private final Map<String, Integer> offsets = new LinkedHashMap<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final int start;

  /** A table whose first name is at {@code start}. */
  NameTable(int start) {
    this.start = start;
  }

  /** A table that starts with the empty name. */
  static NameTable withEmptyName() {
    NameTable table = new NameTable(0);
    table.offset("");
    return table;
  }

  /** Where a name is; adds it if it is not there yet. */
  int offset(String name) {
    Integer there = offsets.get(name);
    if (there != null) {
      return there;
    }
    int offset = start + bytes.size();
    offsets.put(name, offset);
    bytes.writeBytes(WrapLayout.utf8(name));
    bytes.write(0);
    return offset;
  }

  /** The names, without what is before the first. */
  byte[] bytes() {
    return bytes.toByteArray();
  }
}
