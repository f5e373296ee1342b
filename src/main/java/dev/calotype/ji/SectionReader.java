package dev.calotype.ji;

import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Sha256;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Reads the chunks of one section by position into private memory, and verifies what leads to them
 * when it is first needed: the section's chunk digests and its table of packed chunks.
 *
 * <p>Safe for use by several threads.
 */
final class SectionReader implements VerifiedStream.Source {
  private static final int PART = 1 << 16;

  private final OpenFile file;
  private final Tail.Entry entry;
  private final BitSet verified = new BitSet();
  private volatile boolean rooted;

  SectionReader(OpenFile file, Tail.Entry entry) {
    this.file = file;
    this.entry = entry;
  }

  long chunks() {
    return Chunks.count(entry.size());
  }

  /** How many bytes a chunk has. */
  int length(long chunk) {
    return (int) Math.min(Chunks.SIZE, entry.size() - chunk * Chunks.SIZE);
  }

  /** Reads and verifies a chunk. */
  @Override
  public void read(long chunk, byte[] target, int length) throws IOException {
    verifyRoot();
    long offset = entry.offset() + chunk * Chunks.SIZE;
    if (entry.isPacked()) {
      offset = readPacked(chunk, target, length);
    } else {
      Chunk.read(file, entry.structure(), offset, target, length);
    }
    byte[] digest = Bytes.read(file, entry.digests() + chunk * Sha256.SIZE, Sha256.SIZE);
    Chunk.verify(file, entry.structure(), offset, target, length, digest);
    synchronized (verified) {
      verified.set((int) chunk);
    }
  }

  /** Whether a chunk was once read and found right. */
  boolean wasVerified(long chunk) {
    synchronized (verified) {
      return verified.get((int) chunk);
    }
  }

  /**
   * Proves that the chunk digests, and the table of packed chunks, are as written.
   *
   * @throws dev.calotype.MalformedImageException if they are not
   */
  void verifyRoot() throws IOException {
    if (rooted) {
      return;
    }
    byte[] buffer = new byte[PART];
    if (!Arrays.equals(digest(buffer, entry.digests(), chunks() * Sha256.SIZE), entry.root())) {
      throw malformed(
          entry.structure(), entry.digests(), "chunk digests of other content", "its root's");
    }
    if (entry.isPacked()) {
      verifyPacks(buffer);
    }
    rooted = true;
  }

  private byte[] digest(byte[] buffer, long offset, long size) throws IOException {
    Sha256 digest = new Sha256();
    for (long at = 0; at < size; at += PART) {
      int part = (int) Math.min(PART, size - at);
      file.readFully(offset + at, buffer, 0, part);
      digest.add(buffer, 0, part);
    }
    return digest.finish();
  }

  private void verifyPacks(byte[] buffer) throws IOException {
    long size = chunks() * Packing.ENTRY_SIZE;
    byte[] digest = digest(buffer, entry.packs(), size);
    if (!Arrays.equals(digest, entry.packRoot())) {
      throw malformed(
          entry.structure(), entry.packs(), "a table of packed chunks of other content", "its own");
    }
    long end = 0;
    for (long chunk = 0; chunk < chunks(); chunk++) {
      Pack pack = pack(chunk);
      if (pack.start != end || pack.size() < 0 || pack.size() > mostPacked(length(chunk))) {
        throw malformed(
            entry.structure(),
            entry.packs() + chunk * Packing.ENTRY_SIZE,
            "a chunk that ends at %d".formatted(pack.end),
            "one that ends up to %d after %d".formatted(mostPacked(length(chunk)), end));
      }
      end = pack.end;
    }
    if (end != entry.stored()) {
      throw malformed(
          entry.structure(),
          entry.packs(),
          "%d bytes of packed chunks".formatted(end),
          "%d".formatted(entry.stored()));
    }
  }

  /** Nothing is packed to more than its bits and its bytes; a frame's own word is not asked. */
  private static int mostPacked(int length) {
    return Packing.BITS_SIZE + length;
  }

  /** Reads a packed chunk, and returns where it is in the file. */
  private long readPacked(long chunk, byte[] target, int length) throws IOException {
    Pack pack = pack(chunk);
    long offset = entry.offset() + pack.start;
    if (pack.start < 0
        || pack.size() < 0
        || pack.size() > mostPacked(length)
        || pack.end > entry.stored()) {
      throw malformed(entry.structure(), offset, "%d bytes".formatted(pack.size()), "a chunk");
    }
    byte[] packed = new byte[pack.size()];
    Chunk.read(file, entry.structure(), offset, packed, packed.length);
    if (Bytes.crc(packed, 0, packed.length) != pack.crc) {
      throw malformed(
          entry.structure(),
          offset,
          "%d bytes that do not match their checksum".formatted(packed.length),
          "the bytes that were written");
    }
    Packing.Packed encoded = new Packing.Packed(pack.encoding, packed, packed.length);
    if (!Packing.decode(encoded, target, length, file.path().toString(), entry.name())) {
      throw malformed(
          entry.structure(),
          offset,
          "%d bytes of encoding %d".formatted(packed.length, pack.encoding),
          "an encoding of %d bytes".formatted(length));
    }
    return offset;
  }

  private record Pack(long start, long end, int crc, int encoding) {
    int size() {
      return (int) Math.max(-1, Math.min(end - start, Integer.MAX_VALUE));
    }
  }

  private Pack pack(long chunk) throws IOException {
    int before = chunk == 0 ? 0 : Packing.ENTRY_SIZE;
    long at = entry.packs() + chunk * Packing.ENTRY_SIZE - before;
    ByteView view = Bytes.view(Bytes.read(file, at, before + Packing.ENTRY_SIZE), file);
    String structure = entry.structure();
    return new Pack(
        chunk == 0 ? 0 : view.u64(0, structure),
        view.u64(before, structure),
        (int) view.u32(before + 8, structure),
        (int) view.u32(before + 12, structure));
  }

  private RuntimeException malformed(
      String structure, long offset, String actual, String expected) {
    return Bytes.view(new byte[0], file).malformed(structure, offset, actual, expected);
  }
}
