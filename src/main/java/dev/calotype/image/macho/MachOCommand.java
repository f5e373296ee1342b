package dev.calotype.image.macho;

import dev.calotype.bytes.ByteView;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * A load command that lies within the load commands. Reads its fields from the file, none of them
 * beyond its own end.
 *
 * @param view the file
 * @param index its position, from 0
 * @param type {@code cmd}
 * @param offset where it starts in the file
 * @param size {@code cmdsize}
 */
record MachOCommand(ByteView view, int index, long type, long offset, long size) {
  /** How many bytes a segment's or section's name has at most. */
  static final int NAME_SIZE = 16;

  String name() {
    return MachO.command(type);
  }

  /** What errors call it. */
  String structure() {
    return "load command %d (%s)".formatted(index, name());
  }

  MemorySegment bytes() {
    return view.slice(offset, size, "load command");
  }

  /** The 32-bit field {@code at} bytes into the command. */
  long u32(int at) {
    require(at + 4);
    return view.u32(offset + at, "load command");
  }

  /** The 64-bit field {@code at} bytes into the command. */
  long u64(int at) {
    require(at + 8);
    return view.u64(offset + at, "load command");
  }

  /** The bytes of a field. */
  MemorySegment bytes(int at, int length) {
    require(at + length);
    return view.slice(offset + at, length, "load command");
  }

  /** The text whose place in the command is the field at {@code at}, an {@code lc_str}. */
  String text(int at) {
    long text = u32(at);
    if (text >= size) {
      throw view.malformed(
          structure(), offset + at, "text at " + text, "a place within %d bytes".formatted(size));
    }
    return view.string(offset + text, offset + size, structure());
  }

  /** The name field at {@code at}. */
  String fixedName(int at) {
    require(at + NAME_SIZE);
    return fixedName(view, offset + at, "load command");
  }

  /** A name of at most 16 bytes; only a shorter one ends with a NUL. */
  static String fixedName(ByteView view, long offset, String structure) {
    view.require(offset, NAME_SIZE, structure);
    byte[] name = new byte[NAME_SIZE];
    int length = 0;
    while (length < NAME_SIZE) {
      int next = view.u8(offset + length, structure);
      if (next == 0) {
        break;
      }
      name[length++] = (byte) next;
    }
    return new String(name, 0, length, StandardCharsets.UTF_8);
  }

  /** Throws unless the command has at least {@code least} bytes. */
  void require(long least) {
    if (size < least) {
      throw view.malformed(structure(), offset, size + " bytes", "at least " + least);
    }
  }
}
