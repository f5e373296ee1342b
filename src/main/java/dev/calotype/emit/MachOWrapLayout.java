package dev.calotype.emit;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.image.Format;

/**
 * A 64-bit Mach-O object ({@code mach-o/loader.h}, {@code mach-o/nlist.h}): header, one segment
 * with one section, build version, symbol tables' commands, payload, symbols, names. See
 * docs/wrap-format.md.
 */
final class MachOWrapLayout extends WrapLayout {
  /** The most that Apple's assembler gives a section. */
  static final long MOST_ALIGNMENT = 1 << 15;

  private static final int HEADER_SIZE = 32;
  private static final int SEGMENT_SIZE = 72 + 80;
  private static final int VERSION_SIZE = 24;
  private static final int SYMTAB_SIZE = 24;
  private static final int DYSYMTAB_SIZE = 80;
  private static final int COMMANDS_SIZE =
      SEGMENT_SIZE + VERSION_SIZE + SYMTAB_SIZE + DYSYMTAB_SIZE;
  private static final int NAME_SIZE = 16;
  private static final int SYMBOL_SIZE = 16;

  private static final long MAGIC_64 = 0xfeed_facfL;
  private static final int OBJECT = 1;
  private static final int LC_SYMTAB = 2;
  private static final int LC_DYSYMTAB = 0xb;
  private static final int LC_SEGMENT_64 = 0x19;
  private static final int LC_BUILD_VERSION = 0x32;
  private static final int ALL_PROTECTIONS = 7;
  private static final int ATTRIBUTE_DEBUG = 0x200_0000;
  private static final int ATTRIBUTE_NO_DEAD_STRIP = 0x1000_0000;
  private static final int MACOS = 1;

  /** {@code N_SECT | N_EXT}. */
  private static final int DEFINED_EXTERNAL = 0x0f;

  private final Wrap wrap;
  private final int payloadOffset;
  private final byte[] names;
  private final int symbols;

  MachOWrapLayout(Wrap wrap) {
    this.wrap = wrap;
    this.payloadOffset = payloadOffset(HEADER_SIZE + COMMANDS_SIZE, wrap.alignment());
    byte[] text = utf8("\0" + wrap.symbol().map(name -> "_" + name + "\0").orElse(""));
    ByteWriter padded = new ByteWriter((int) align(text.length, 8));
    this.names = padded.bytes(text).array();
    this.symbols = wrap.symbol().isPresent() ? 1 : 0;
  }

  /** Refuses what does not fit its field, and what reads as a segment and a section. */
  static void requireSection(ObjectTarget target, String name) {
    int length = utf8(name).length;
    if (length > NAME_SIZE || name.indexOf(',') >= 0) {
      throw new RefusedException(
          target.triple(),
          "section name %s does not fit Mach-O, which has at most %d bytes and no comma"
              .formatted(name, NAME_SIZE));
    }
  }

  @Override
  Format format() {
    return Format.MACHO;
  }

  /** Where the symbols and their names are is told in 32 bits. */
  @Override
  long mostPayload() {
    return 0xffff_ffffL - payloadOffset - 7 - (long) symbols * SYMBOL_SIZE - names.length;
  }

  @Override
  byte[] head(long size) {
    ByteWriter out = new ByteWriter(payloadOffset);
    out.u32(MAGIC_64).u32(wrap.target().machine()).u32(wrap.target().variant()).u32(OBJECT);
    out.u32(4).u32(COMMANDS_SIZE).u32(0).u32(0);

    // An object's one segment has no name; its sections say where they will go.
    out.u32(LC_SEGMENT_64).u32(SEGMENT_SIZE).u64(0).u64(0);
    out.u64(0).u64(size).u64(payloadOffset).u64(size);
    out.u32(ALL_PROTECTIONS).u32(ALL_PROTECTIONS).u32(1).u32(0);
    name(out, wrap.section());
    name(out, segment());
    out.u64(0).u64(size).u32(payloadOffset).u32(Long.numberOfTrailingZeros(wrap.alignment()));
    out.u32(0).u32(0).u32(attributes()).u32(0).u32(0).u32(0);

    out.u32(LC_BUILD_VERSION)
        .u32(VERSION_SIZE)
        .u32(MACOS)
        .u32(minimumVersion(wrap.target()))
        .u32(0)
        .u32(0);

    long table = symbolTable(size);
    long text = table + (long) symbols * SYMBOL_SIZE;
    out.u32(LC_SYMTAB).u32(SYMTAB_SIZE).u32(table).u32(symbols).u32(text).u32(names.length);

    // No local symbols, then those defined here, then no undefined ones.
    out.u32(LC_DYSYMTAB).u32(DYSYMTAB_SIZE).u32(0).u32(0).u32(0).u32(symbols).u32(symbols);
    return out.array();
  }

  @Override
  byte[] tail(long size) {
    long start = payloadOffset + size;
    int padding = (int) (symbolTable(size) - start);
    ByteWriter out = new ByteWriter(padding + symbols * SYMBOL_SIZE + names.length);
    out.at(padding);
    if (symbols > 0) {
      // Type, section 1 and no description, as one little-endian number.
      out.u32(1).u32(DEFINED_EXTERNAL | 1 << 8).u64(0);
    }
    return out.bytes(names).array();
  }

  private String segment() {
    return switch (wrap.shape()) {
      case CARRIED -> "__DWARF";
      case KEPT -> "__DATA";
      case NOTE -> "__TEXT";
    };
  }

  private int attributes() {
    return switch (wrap.shape()) {
      case CARRIED -> ATTRIBUTE_DEBUG;
      case KEPT -> 0;
      case NOTE -> ATTRIBUTE_NO_DEAD_STRIP;
    };
  }

  private long symbolTable(long size) {
    return align(payloadOffset + size, 8);
  }

  /** The oldest macOS that Rust's standard library runs on: 11.0, and on x86-64 10.12. */
  static int minimumVersion(ObjectTarget target) {
    return target == ObjectTarget.AARCH64_MACOS ? 11 << 16 : 10 << 16 | 12 << 8;
  }

  private static void name(ByteWriter out, String name) {
    int next = out.position() + NAME_SIZE;
    out.bytes(utf8(name)).at(next);
  }
}
