package dev.calotype.ji;

import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.Sha256;
import dev.calotype.image.Format;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What of a linked code object a seal's digest covers: docs/code-note.md, "Sealing". */
final class SealedRanges {
  private final List<Range> zeros = new ArrayList<>();
  private long end;
  private boolean isSignedPe;
  private Optional<MachOSignature> signature = Optional.empty();

  private SealedRanges(long end) {
    this.end = end;
  }

  private record Range(long offset, long size) {}

  /** The ranges of a file of a format whose note starts at {@code noteOffset}. */
  static SealedRanges of(OpenFile file, Format format, long noteOffset) throws IOException {
    SealedRanges ranges = new SealedRanges(file.size());
    ranges.zero(noteOffset + LinkedNote.FLAGS, 4);
    ranges.zero(noteOffset + LinkedNote.FILE_SIZE, 8);
    ranges.zero(noteOffset + LinkedNote.DIGEST, Sha256.SIZE);
    ranges.zero(noteOffset + LinkedNote.CRC, 4);
    if (format == Format.PE) {
      ranges.leaveOutPeSignature(file);
    } else if (format == Format.MACHO) {
      ranges.signature = MachOSignature.find(file);
      ranges.signature.ifPresent(found -> ranges.zero(found.offset(), found.size()));
    }
    return ranges;
  }

  /** Where the sealed bytes end: at the file's end, or at the certificates of PE. */
  long end() {
    return end;
  }

  /**
   * Where the bytes end that a seal of that size covers: a signer of PE pads the file with zeros to
   * a multiple of 8 before it appends certificates.
   */
  long endFor(OpenFile file, long sealedSize) throws IOException {
    long padding = end - sealedSize;
    if (!isSignedPe || padding < 0 || padding >= 8) {
      return end;
    }
    for (byte padded : Bytes.read(file, sealedSize, (int) padding)) {
      if (padded != 0) {
        return end;
      }
    }
    return sealedSize;
  }

  /** The code signature, in Mach-O. */
  Optional<MachOSignature> signature() {
    return signature;
  }

  /** Puts zeros for what is not sealed into {@code length} bytes that were read from {@code at}. */
  void zero(byte[] buffer, long at, int length) {
    for (Range range : zeros) {
      long from = Math.max(range.offset - at, 0);
      long to = Math.min(range.offset + range.size - at, length);
      if (from < to) {
        Arrays.fill(buffer, (int) from, (int) to, (byte) 0);
      }
    }
  }

  private void zero(long offset, long size) {
    zeros.add(new Range(offset, size));
  }

  /**
   * PE/COFF, "Optional Header", "Attribute Certificate Table": the checksum, the fifth data
   * directory and the certificates, which are at the end of the file.
   */
  private void leaveOutPeSignature(OpenFile file) throws IOException {
    String structure = "PE header";
    ByteView dos = read(file, 0, 64);
    long optional = dos.u32(60, structure) + 24;
    ByteView header = read(file, optional, 152);
    boolean wide = header.u16(0, structure) == 0x20b;
    int directories = wide ? 112 : 96;
    zero(optional + 64, 4);
    if (header.u32(directories - 4, structure) > 4) {
      zero(optional + directories + 4 * 8, 8);
      long offset = header.u32(directories + 4 * 8, structure);
      long size = header.u32(directories + 4 * 8 + 4, structure);
      if (size != 0 && offset > optional && offset + size == file.size()) {
        end = offset;
        isSignedPe = true;
      }
    }
  }

  private static ByteView read(OpenFile file, long offset, int length) throws IOException {
    long there = Math.max(0, Math.min(length, file.size() - offset));
    return Bytes.view(Arrays.copyOf(Bytes.read(file, offset, (int) there), length), file);
  }
}
