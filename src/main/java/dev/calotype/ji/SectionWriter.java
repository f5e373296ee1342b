package dev.calotype.ji;

import dev.calotype.bytes.Sha256;
import dev.calotype.bytes.Zeros;
import dev.calotype.publish.Publication;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A section while it is written: collects a chunk, digests it, stores it. The chunk's memory is the
 * file writer's, used by one section after the other.
 */
final class SectionWriter extends OutputStream {
  private final Publication file;
  private final SectionOptions options;
  private final Consumer<SectionWriter> closed;
  private final byte[] chunk;
  private final ChunkDigests chunks;
  private final String name;
  private final int alignment;
  private final long offset;
  private final ByteArrayOutputStream packs = new ByteArrayOutputStream();
  private long size;
  private int filled;
  private byte[] digests = new byte[0];
  private boolean isClosed;

  /**
   * Starts at the file's position.
   *
   * @param alignment as a power of two
   * @param chunk memory for one chunk
   * @param chunks digests them; nobody else's at that time
   * @param closed told when the section is complete
   */
  SectionWriter(
      Publication file,
      String name,
      int alignment,
      SectionOptions options,
      byte[] chunk,
      ChunkDigests chunks,
      Consumer<SectionWriter> closed) {
    this.file = file;
    this.name = name;
    this.alignment = alignment;
    this.options = options;
    this.chunk = chunk;
    this.chunks = chunks;
    this.closed = closed;
    this.offset = file.position();
  }

  @Override
  public void write(int b) throws IOException {
    requireOpen();
    chunk[filled++] = (byte) b;
    size++;
    if (filled == chunk.length) {
      store();
    }
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, bytes.length);
    requireOpen();
    int at = from;
    int left = length;
    while (left > 0) {
      if (filled == 0 && left >= chunk.length && options.storage() == Storage.PLAIN) {
        storePlain(bytes, at, chunk.length); // As it lies there: a copy would cost a tenth.
        size += chunk.length;
        at += chunk.length;
        left -= chunk.length;
        continue;
      }
      int part = Math.min(left, chunk.length - filled);
      System.arraycopy(bytes, at, chunk, filled, part);
      filled += part;
      size += part;
      at += part;
      left -= part;
      if (filled == chunk.length) {
        store();
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (!isClosed) {
      isClosed = true;
      if (filled > 0) {
        store();
      }
      digests = chunks.finish();
      closed.accept(this);
    }
  }

  byte[] digests() {
    return digests;
  }

  byte[] packs() {
    return packs.toByteArray();
  }

  /** The section's table entry; where its digests are is the reader's to find out. */
  Tail.Entry entry(long firstChunk) {
    boolean packed = options.storage() != Storage.PLAIN;
    return new Tail.Entry(
        name,
        offset,
        size,
        file.position() - offset,
        options.placeable() ? DataFileWriter.PLACEABLE : 0,
        alignment,
        packed ? Tail.PACKED : Tail.PLAIN,
        firstChunk,
        0,
        Sha256.of(digests),
        0,
        packed ? Sha256.of(packs()) : new byte[Sha256.SIZE]);
  }

  private void requireOpen() throws IOException {
    if (isClosed) {
      throw new IOException("section " + name + " is closed");
    }
  }

  private void store() throws IOException {
    switch (options.storage()) {
      case PLAIN -> storePlain(chunk, 0, filled);
      case SPARSE -> {
        chunks.add(chunk, 0, filled);
        storePacked(Packing.sparse(chunk, filled));
      }
      case COMPRESSED -> {
        chunks.add(chunk, 0, filled);
        String target = file.target().toString();
        storePacked(Packing.compressed(chunk, filled, options.level(), target, name));
      }
    }
    filled = 0;
  }

  private void storePlain(byte[] bytes, int start, int length) throws IOException {
    chunks.add(bytes, start, length);
    writeRuns(bytes, start, length);
  }

  /** Writes runs of blocks, and leaves a gap where blocks are zero. */
  private void writeRuns(byte[] bytes, int start, int length) throws IOException {
    int from = start;
    int end = start + length;
    for (int at = start; at < end; at += Zeros.BLOCK) {
      if (end - at >= Zeros.BLOCK && Zeros.fill(bytes, at, Zeros.BLOCK)) {
        file.write(bytes, from, at - from);
        file.skip(Zeros.BLOCK);
        from = at + Zeros.BLOCK;
      }
    }
    file.write(bytes, from, end - from);
  }

  private void storePacked(Packing.Packed packed) throws IOException {
    file.write(packed.bytes(), 0, packed.size());
    packs.writeBytes(Packing.entry(packed, file.position() - offset));
  }
}
