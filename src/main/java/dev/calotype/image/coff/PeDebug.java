package dev.calotype.image.coff;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.PeImage.DataDirectory;
import dev.calotype.image.PeImage.Pdb;
import java.util.Locale;
import java.util.Optional;

/** What an image's debug directory says of its PDB (PE/COFF, "The .debug Section"). */
final class PeDebug {
  private static final String STRUCTURE = "debug directory";
  private static final int ENTRY_SIZE = 28;

  /** {@code IMAGE_DEBUG_TYPE_CODEVIEW}. */
  private static final int CODEVIEW = 2;

  /** {@code RSDS}. */
  private static final long PDB_70 = 0x53445352;

  private PeDebug() {}

  static Optional<Pdb> pdb(PeFile image) {
    ByteView view = image.view();
    DataDirectory directory = image.header().directory(view, PeHeader.DEBUG);
    long count = directory.address() == 0 ? 0 : directory.size() / ENTRY_SIZE;
    if (count == 0) {
      return Optional.empty();
    }
    long at = new PeMemory(image).offset(directory.address(), count * ENTRY_SIZE, STRUCTURE);
    for (long i = 0; i < count; i++, at += ENTRY_SIZE) {
      long size = view.u32(at + 16, STRUCTURE);
      long data = view.u32(at + 24, STRUCTURE);
      if (view.u32(at + 12, STRUCTURE) == CODEVIEW && size >= 4) {
        view.require(data, size, STRUCTURE);
        if (view.u32(data, STRUCTURE) == PDB_70) {
          return Optional.of(read(view, data, data + size));
        }
      }
    }
    return Optional.empty();
  }

  private static Pdb read(ByteView view, long at, long end) {
    long tail = Long.reverseBytes(view.u64(at + 12, STRUCTURE));
    String guid =
        "%08X-%04X-%04X-%04X-%012X"
            .formatted(
                view.u32(at + 4, STRUCTURE),
                view.u16(at + 8, STRUCTURE),
                view.u16(at + 10, STRUCTURE),
                tail >>> 48,
                tail & 0xffff_ffff_ffffL);
    return new Pdb(guid, view.u32(at + 20, STRUCTURE), view.string(at + 24, end, STRUCTURE));
  }

  /** As symbol servers write it. */
  static String buildId(Pdb pdb) {
    return pdb.guid().replace("-", "") + Long.toHexString(pdb.age()).toUpperCase(Locale.ROOT);
  }
}
