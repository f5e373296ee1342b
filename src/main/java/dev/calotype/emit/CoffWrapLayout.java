package dev.calotype.emit;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.image.Format;
import java.io.ByteArrayOutputStream;

/**
 * A COFF object (Microsoft PE/COFF, "COFF File Header", "Section Table", "COFF Symbol Table"): file
 * header, section header, payload, symbols, long names. See docs/wrap-format.md.
 */
final class CoffWrapLayout extends WrapLayout {
  /** {@code IMAGE_SCN_ALIGN_8192BYTES} is the last there is. */
  static final long MOST_ALIGNMENT = 8192;

  private static final int FILE_HEADER_SIZE = 20;
  private static final int SECTION_HEADER_SIZE = 40;
  private static final int SYMBOL_SIZE = 18;
  private static final int SHORT_NAME = 8;

  /** {@code IMAGE_SCN_LNK_REMOVE}. */
  private static final long DROPPED = 0x800;

  /** {@code IMAGE_SCN_CNT_INITIALIZED_DATA | IMAGE_SCN_MEM_READ}. */
  private static final long READ_ONLY_DATA = 0x4000_0040;

  private static final int ALIGN_1BYTES = 0x10_0000;
  private static final int ABSOLUTE = -1;
  private static final int EXTERNAL = 2;
  private static final int STATIC = 3;

  private final Wrap wrap;
  private final int payloadOffset;
  private final ByteArrayOutputStream longNames = new ByteArrayOutputStream();
  private final byte[] sectionName;
  private final byte[] symbolName;

  CoffWrapLayout(Wrap wrap) {
    this.wrap = wrap;
    this.payloadOffset = payloadOffset(FILE_HEADER_SIZE + SECTION_HEADER_SIZE, wrap.alignment());
    byte[] section = utf8(wrap.section());
    // A long section's name is a slash and, in decimal, where the table of long names has it.
    this.sectionName = section.length <= SHORT_NAME ? section : utf8("/" + addLong(section));
    // Compilers for 32-bit x86 put an underscore before the names of C.
    String prefix = wrap.target() == ObjectTarget.I686_WINDOWS ? "_" : "";
    this.symbolName = wrap.symbol().map(name -> symbolName(prefix + name)).orElse(new byte[0]);
  }

  /** Refuses names that read as the place of another name. */
  static void requireSection(ObjectTarget target, String name) {
    if (name.startsWith("/")) {
      throw new RefusedException(
          target.triple(),
          "section name %s starts with a slash, as no name in COFF".formatted(name));
    }
  }

  @Override
  Format format() {
    return Format.COFF;
  }

  /**
   * The file header has 32 bits for where the symbols start, and LLVM no more for where they end.
   */
  @Override
  long mostPayload() {
    return 0xffff_ffffL - payloadOffset - tail(0).length;
  }

  @Override
  byte[] head(long size) {
    ByteWriter out = new ByteWriter(payloadOffset);
    out.u16(wrap.target().machine()).u16(1).u32(0);
    out.u32(payloadOffset + size).u32(wrap.symbol().isPresent() ? 2 : 1).u16(0).u16(0);
    out.bytes(sectionName).at(FILE_HEADER_SIZE + SHORT_NAME);
    out.u32(0).u32(0).u32(size).u32(payloadOffset).u32(0).u32(0).u16(0).u16(0);
    int alignment = ALIGN_1BYTES * (Long.numberOfTrailingZeros(wrap.alignment()) + 1);
    return out.u32((wrap.shape() == WrapShape.CARRIED ? DROPPED : READ_ONLY_DATA) | alignment)
        .array();
  }

  @Override
  byte[] tail(long size) {
    int symbols = wrap.symbol().isPresent() ? 2 : 1;
    ByteWriter out = new ByteWriter(symbols * SYMBOL_SIZE + 4 + longNames.size());
    symbol(out, utf8("@feat.00"), wrap.target().variant(), ABSOLUTE, STATIC);
    if (wrap.symbol().isPresent()) {
      symbol(out, symbolName, 0, 1, EXTERNAL);
    }
    return out.u32(4L + longNames.size()).bytes(longNames.toByteArray()).array();
  }

  private static void symbol(ByteWriter out, byte[] name, int value, int section, int storage) {
    int next = out.position() + SYMBOL_SIZE;
    out.bytes(name).at(next - SYMBOL_SIZE + SHORT_NAME);
    out.u32(value).u16(section).u16(0).u16(storage).at(next);
  }

  /** A long symbol's name is four zero bytes and where the table of long names has it. */
  private byte[] symbolName(String name) {
    byte[] bytes = utf8(name);
    return bytes.length <= SHORT_NAME
        ? bytes
        : new ByteWriter(SHORT_NAME).u32(0).u32(addLong(bytes)).array();
  }

  private int addLong(byte[] name) {
    int offset = 4 + longNames.size();
    longNames.writeBytes(name);
    longNames.write(0);
    return offset;
  }
}
