package dev.calotype.image.macho;

import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteView;
import java.nio.ByteOrder;

/**
 * The file header, {@code mach_header}. Only what identifies the file is checked here; the load
 * commands are checked when they are walked.
 *
 * @param layout the width
 * @param order the byte order
 * @param cpuType the processor
 * @param cpuSubtype its model, with capability bits
 * @param fileType the kind of file
 * @param commandCount {@code ncmds}
 * @param commandsSize {@code sizeofcmds}
 * @param flags {@code flags}
 */
record MachOHeader(
    MachOLayout layout,
    ByteOrder order,
    int cpuType,
    int cpuSubtype,
    long fileType,
    long commandCount,
    long commandsSize,
    long flags) {

  static final String STRUCTURE = "Mach-O header";

  static MachOHeader read(ByteView bytes) {
    if (bytes.size() < 4) {
      throw bytes.malformed("file", bytes.size(), "the end of the file", "a Mach-O header");
    }
    int magic = (int) bytes.withOrder(ByteOrder.LITTLE_ENDIAN).u32(0, STRUCTURE);
    boolean isLittle = magic == MachO.MH_MAGIC || magic == MachO.MH_MAGIC_64;
    int ordered = isLittle ? magic : Integer.reverseBytes(magic);
    if (ordered != MachO.MH_MAGIC && ordered != MachO.MH_MAGIC_64) {
      throw new UnsupportedFormatException(bytes.file(), "a file that is not Mach-O");
    }
    MachOLayout layout = ordered == MachO.MH_MAGIC ? MachOLayout.MACHO32 : MachOLayout.MACHO64;
    ByteView view = bytes.withOrder(isLittle ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    view.require(0, layout.headerSize(), STRUCTURE);
    return new MachOHeader(
        layout,
        view.order(),
        (int) view.u32(4, STRUCTURE),
        (int) view.u32(8, STRUCTURE),
        view.u32(12, STRUCTURE),
        view.u32(16, STRUCTURE),
        view.u32(20, STRUCTURE),
        view.u32(24, STRUCTURE));
  }

  /** Whether it is to be linked yet; all other files were. */
  boolean isObject() {
    return fileType == MachO.MH_OBJECT;
  }
}
