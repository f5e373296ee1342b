package dev.calotype.ji;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.Sha256;
import dev.calotype.map.OpenFile;
import dev.calotype.publish.Publication;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * The code signature of a thin Mach-O file ({@code LC_CODE_SIGNATURE}; {@code cs_blobs.h}): a super
 * blob with one or more code directories, which hold a digest of each page before the signature. An
 * ad hoc one has nobody's signature in it, so whoever changes a page may put in its new digest.
 */
final class MachOSignature {
  private static final String STRUCTURE = "code signature";
  private static final int LC_CODE_SIGNATURE = 0x1d;
  private static final int MOST_BYTES = 64 << 20;
  private static final long SUPER_BLOB = 0xfade0cc0L;
  private static final long CODE_DIRECTORY = 0xfade0c02L;
  private static final long AD_HOC = 2;
  private static final int SHA256 = 2;

  private final long offset;
  private final ByteView view;
  private final byte[] blob;

  private MachOSignature(OpenFile file, long offset, byte[] blob) {
    this.offset = offset;
    this.blob = blob;
    this.view = Bytes.view(blob, file).withOrder(ByteOrder.BIG_ENDIAN);
  }

  /** The signature of a file; empty if there is none, or it is not Mach-O. */
  static Optional<MachOSignature> find(OpenFile file) throws IOException {
    byte[] start = Bytes.read(file, 0, (int) Math.min(file.size(), 32));
    if (start.length < 32) {
      return Optional.empty();
    }
    ByteView header = Bytes.view(start, file);
    long magic = header.u32(0, STRUCTURE);
    if (magic != 0xfeedfaceL && magic != 0xfeedfacfL) {
      return Optional.empty(); // Big-endian ones are older than code signatures.
    }
    int first = magic == 0xfeedfacfL ? 32 : 28;
    long size = header.u32(20, STRUCTURE);
    if (size > file.size() - first || size > MOST_BYTES) {
      throw header.malformed(
          "load commands", 20, size + " bytes", "an end within the file's " + file.size());
    }
    ByteView commands = Bytes.view(Bytes.read(file, first, (int) size), file);
    long at = 0;
    for (long left = header.u32(16, STRUCTURE); left > 0 && at + 16 <= size; left--) {
      if (commands.u32(at, STRUCTURE) == LC_CODE_SIGNATURE) {
        long offset = commands.u32(at + 8, STRUCTURE);
        long length = commands.u32(at + 12, STRUCTURE);
        if (offset > file.size() || length > file.size() - offset || length > MOST_BYTES) {
          throw header.malformed(
              STRUCTURE, first + at, length + " bytes at " + offset, "an end within the file");
        }
        return Optional.of(
            new MachOSignature(file, offset, Bytes.read(file, offset, (int) length)));
      }
      at += Math.max(8, commands.u32(at + 4, STRUCTURE));
    }
    return Optional.empty();
  }

  /** Where it starts in the file. */
  long offset() {
    return offset;
  }

  /** How many bytes of the file are kept for it. */
  long size() {
    return blob.length;
  }

  /**
   * Checks that nobody's signature would break.
   *
   * @throws RefusedException if there is an identity in it
   */
  void requireAdHoc() {
    for (long directory : directories()) {
      if ((view.u32(directory + 12, STRUCTURE) & AD_HOC) == 0
          || view.u8(directory + 37, STRUCTURE) != SHA256) {
        throw new RefusedException(
            view.file(), "it is signed with an identity; seal it first and sign it then");
      }
    }
  }

  /**
   * Puts the digests of changed pages into the copy of the file.
   *
   * @param changedAt where {@code changed} is in the copy
   */
  void sign(OpenFile file, long changedAt, byte[] changed, Publication copy) throws IOException {
    for (long directory : directories()) {
      int pageSize = 1 << Math.min(20, view.u8(directory + 39, STRUCTURE));
      long limit = Math.min(view.u32(directory + 32, STRUCTURE), offset);
      long slots = view.u32(directory + 28, STRUCTURE);
      long hashes = directory + view.u32(directory + 16, STRUCTURE);
      view.require(hashes, slots * Sha256.SIZE, STRUCTURE);
      for (long page = changedAt / pageSize;
          page < slots && page * pageSize < changedAt + changed.length;
          page++) {
        int length = (int) Math.min(pageSize, limit - page * pageSize);
        byte[] bytes = Bytes.read(file, page * pageSize, length);
        patch(bytes, page * pageSize, changed, changedAt);
        byte[] digest = Sha256.of(bytes);
        copy.overwrite(offset + hashes + page * Sha256.SIZE, digest, 0, digest.length);
      }
    }
  }

  private static void patch(byte[] page, long pageAt, byte[] changed, long changedAt) {
    int from = (int) Math.max(0, changedAt - pageAt);
    int skipped = (int) Math.max(0, pageAt - changedAt);
    int length = Math.min(page.length - from, changed.length - skipped);
    System.arraycopy(changed, skipped, page, from, length);
  }

  /** Where the code directories start in the signature. */
  private long[] directories() {
    if (view.u32(0, STRUCTURE) != SUPER_BLOB) {
      throw view.malformed(STRUCTURE, offset, "no super blob", "one");
    }
    long count = view.u32(8, STRUCTURE);
    view.require(12, count * 8, STRUCTURE);
    long[] found = new long[(int) count];
    int directories = 0;
    for (int i = 0; i < count; i++) {
      long at = view.u32(12 + i * 8L + 4, STRUCTURE);
      if (view.u32(at, STRUCTURE) == CODE_DIRECTORY) {
        found[directories++] = at;
      }
    }
    return Arrays.copyOf(found, directories);
  }
}
