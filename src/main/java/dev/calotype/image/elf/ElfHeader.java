package dev.calotype.image.elf;

import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteView;
import java.nio.ByteOrder;

/**
 * The ELF file header (gABI, "ELF Header"). Only what identifies the file is checked here; the
 * tables it points to are checked when they are read, so that a damaged one nobody needs does no
 * harm.
 *
 * @param layout the class
 * @param order the byte order
 * @param type {@code e_type}
 * @param machine {@code e_machine}
 * @param programHeaders {@code e_phoff}
 * @param sectionHeaders {@code e_shoff}
 * @param programHeaderSize {@code e_phentsize}
 * @param programHeaderCount {@code e_phnum} as stored
 * @param sectionHeaderSize {@code e_shentsize}
 * @param sectionHeaderCount {@code e_shnum} as stored
 * @param sectionNames {@code e_shstrndx} as stored
 */
public record ElfHeader(
    ElfLayout layout,
    ByteOrder order,
    int type,
    int machine,
    long programHeaders,
    long sectionHeaders,
    int programHeaderSize,
    int programHeaderCount,
    int sectionHeaderSize,
    int sectionHeaderCount,
    int sectionNames) {

  private static final String STRUCTURE = "ELF header";
  private static final long MAGIC = 0x464c457fL;

  static ElfHeader read(ByteView view) {
    for (int i = 0; i < Math.min(4, view.size()); i++) {
      if (view.u8(i, STRUCTURE) != (MAGIC >>> (8 * i) & 0xff)) {
        throw new UnsupportedFormatException(view.file(), "a file that is not ELF");
      }
    }
    if (view.size() < 4) {
      throw view.malformed("file", view.size(), "the end of the file", "an ELF header");
    }
    int elfClass = view.u8(4, STRUCTURE);
    int data = view.u8(5, STRUCTURE);
    if (elfClass < 1 || elfClass > 2) {
      throw view.malformed(STRUCTURE, 4, "class " + elfClass, "1 (32-bit) or 2 (64-bit)");
    }
    if (data < 1 || data > 2) {
      throw view.malformed(STRUCTURE, 5, "data encoding " + data, "1 (little) or 2 (big endian)");
    }
    int version = view.u8(6, STRUCTURE);
    if (version != 1) {
      throw view.malformed(STRUCTURE, 6, "version " + version, "1");
    }
    ElfLayout layout = elfClass == 1 ? ElfLayout.ELF32 : ElfLayout.ELF64;
    view.require(0, layout.headerSize(), STRUCTURE);
    return read(view.withOrder(data == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN), layout);
  }

  private static ElfHeader read(ByteView view, ElfLayout layout) {
    return new ElfHeader(
        layout,
        view.order(),
        view.u16(16, STRUCTURE),
        view.u16(18, STRUCTURE),
        layout.word(view, layout.at(28, 32), STRUCTURE),
        layout.word(view, layout.at(32, 40), STRUCTURE),
        view.u16(layout.at(42, 54), STRUCTURE),
        view.u16(layout.at(44, 56), STRUCTURE),
        view.u16(layout.at(46, 58), STRUCTURE),
        view.u16(layout.at(48, 60), STRUCTURE),
        view.u16(layout.at(50, 62), STRUCTURE));
  }
}
