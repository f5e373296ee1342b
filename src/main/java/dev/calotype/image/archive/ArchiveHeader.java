package dev.calotype.image.archive;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.calotype.bytes.ByteView;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A member's header ({@code ar.h}, {@code struct ar_hdr}): 16 bytes of name, then date, owner,
 * group and mode, which nobody asks for, 10 bytes of size, and two bytes that end it. All is text,
 * filled up with spaces.
 *
 * @param offset where it starts in the archive
 * @param rawName the name as it stands in the header, without the spaces that fill it up
 * @param payload where the bytes that follow the header start
 * @param size how many the header says there are
 * @param inlineName how many of them are the member's name, in BSD's way: {@code #1/N}
 * @param isExternal whether the bytes are in a file of their own, so that none follow
 */
record ArchiveHeader(
    long offset, String rawName, long payload, long size, long inlineName, boolean isExternal) {
  /** How many bytes a header has. */
  static final int SIZE = 60;

  /** Where the first header starts: after the magic. */
  static final int FIRST = 8;

  private static final int NAME_SIZE = 16;
  private static final int SIZE_AT = 48;
  private static final int SIZE_SIZE = 10;
  private static final int END_AT = 58;
  private static final int END = 0x0a60;
  private static final String STRUCTURE = "archive member header";
  private static final String INLINE = "#1/";

  /** Reads a header; the bytes that follow it are in the file. */
  static ArchiveHeader read(ByteView view, long at, boolean isThin) {
    view.require(at, SIZE, STRUCTURE);
    if (view.u16(at + END_AT, STRUCTURE) != END) {
      throw view.malformed(
          STRUCTURE,
          at + END_AT,
          "0x%04x".formatted(view.u16(at + END_AT, STRUCTURE)),
          "a grave accent and a line feed");
    }
    String name = text(view, at, NAME_SIZE);
    long size = number(view, at + SIZE_AT, SIZE_SIZE);
    // The index and the long names are never elsewhere.
    boolean isExternal = isThin && !isTable(name);
    if (isExternal) {
      return new ArchiveHeader(at, name, at + SIZE, size, 0, true);
    }
    view.require(at + SIZE, size, "archive member");
    long inline =
        name.startsWith(INLINE)
            ? number(view, at + INLINE.length(), NAME_SIZE - INLINE.length())
            : 0;
    if (inline > size) {
      throw view.malformed(
          STRUCTURE, at, "a name of %d bytes".formatted(inline), "at most %d".formatted(size));
    }
    return new ArchiveHeader(at, name, at + SIZE, size, inline, false);
  }

  /** Where the next header starts, at an even offset; the end of the file or past it if none. */
  long next() {
    long end = isExternal ? payload : payload + size;
    return end + (end & 1);
  }

  /**
   * The name, from wherever it is.
   *
   * @param names the header of the table of long names, if there is one
   */
  String name(ByteView view, @Nullable ArchiveHeader names) {
    if (inlineName != 0) {
      return inline(view);
    }
    if (rawName.length() > 1 && rawName.charAt(0) == '/' && isDigit(rawName.charAt(1))) {
      return longName(view, names);
    }
    return !isSpecial(view) && rawName.endsWith("/")
        ? rawName.substring(0, rawName.length() - 1)
        : rawName;
  }

  /** Whether it is an index or the table of long names, and no member. */
  boolean isSpecial(ByteView view) {
    return isTable(rawName) || isBsdIndex(rawName) || (inlineName != 0 && isBsdIndex(inline(view)));
  }

  /** BSD's name before the bytes, filled up with NULs. */
  private String inline(ByteView view) {
    long most = Math.min(inlineName, 1 << 16);
    MemorySegment bytes = view.slice(payload, most, STRUCTURE);
    int length = 0;
    while (length < most && bytes.get(JAVA_BYTE, length) != 0) {
      length++;
    }
    return new String(bytes.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /** GNU and Microsoft: {@code /N}, a place in the table of long names. */
  private String longName(ByteView view, @Nullable ArchiveHeader names) {
    // A thin archive may add the place of a member in the archive it names: /N:M.
    int colon = rawName.indexOf(':');
    int digits = (colon < 0 ? rawName.length() : colon) - 1;
    long start = number(view, offset + 1, digits);
    if (names == null || start >= names.size) {
      throw view.malformed(
          STRUCTURE,
          offset,
          "long name %d".formatted(start),
          "one within the table of %d bytes".formatted(names == null ? 0 : names.size));
    }
    long from = names.payload + start;
    long end = Math.min(names.payload + names.size, from + (1 << 16));
    long to = from;
    // GNU ends a name with a slash and a line feed, Microsoft with a NUL.
    while (to < end && !isEnd(view.u8(to, STRUCTURE))) {
      to++;
    }
    if (to > from && view.u8(to - 1, STRUCTURE) == '/') {
      to--;
    }
    return new String(
        view.slice(from, to - from, STRUCTURE).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
  }

  private static boolean isEnd(int c) {
    return c == '\n' || c == 0;
  }

  private static boolean isTable(String name) {
    return name.equals("/")
        || name.equals("//")
        || name.equals("/SYM64/")
        || (name.startsWith("/<") && name.endsWith(">/"));
  }

  private static boolean isBsdIndex(String name) {
    return name.equals("__.SYMDEF")
        || name.equals("__.SYMDEF SORTED")
        || name.equals("__.SYMDEF_64")
        || name.equals("__.SYMDEF_64 SORTED");
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /** A decimal number that spaces may follow. */
  private static long number(ByteView view, long at, int length) {
    long value = 0;
    int digits = 0;
    while (digits < length && isDigit(view.u8(at + digits, STRUCTURE))) {
      // 13 digits at most: no overflow.
      value = value * 10 + view.u8(at + digits, STRUCTURE) - '0';
      digits++;
    }
    boolean isWhole = digits > 0;
    for (int i = digits; i < length; i++) {
      isWhole &= view.u8(at + i, STRUCTURE) == ' ';
    }
    if (!isWhole) {
      throw view.malformed(
          STRUCTURE, at, "\"%s\"".formatted(text(view, at, length)), "a decimal number");
    }
    return value;
  }

  private static String text(ByteView view, long at, int length) {
    byte[] bytes = view.slice(at, length, STRUCTURE).toArray(JAVA_BYTE);
    int end = length;
    while (end > 0 && bytes[end - 1] == ' ') {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
