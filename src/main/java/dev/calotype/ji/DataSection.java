package dev.calotype.ji;

import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Zeros;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * A named range of a data file. Usable until its {@link DataFile} is closed; mappings made from it
 * live as long as their arena.
 *
 * <p>Verifying is by the chunk of 1 MiB, reads by position into private memory, and is remembered:
 * {@link #verify(long, long)} of what was verified before costs nothing. It speaks of the file as
 * it was read then; whoever may write to the file may change it afterwards.
 *
 * <p>Safe for use by several threads.
 */
public final class DataSection {
  /** The smallest page of any system: a mapping keeps an alignment up to this. */
  private static final long LEAST_PAGE = 4096;

  private final DataFile file;
  private final Tail.Entry entry;
  private final SectionReader reader;

  DataSection(DataFile file, Tail.Entry entry) {
    this.file = file;
    this.entry = entry;
    this.reader = new SectionReader(file.file(), entry);
  }

  /** The name. */
  public String name() {
    return entry.name();
  }

  /** The size in bytes, in memory. */
  public long size() {
    return entry.size();
  }

  /** How many bytes of the file it takes; as many as {@link #size()} if it can be mapped. */
  public long storedSize() {
    return entry.stored();
  }

  /**
   * Where the bytes start in the file, a multiple of {@link #alignment()} unless the data file is
   * in a container that does not keep that.
   */
  public long offset() {
    return entry.offset();
  }

  /** The alignment in bytes, a power of two of at least 64. */
  public long alignment() {
    return 1L << entry.alignment();
  }

  /**
   * Whether the section may be mapped over a hole or beside code: aligned to 64 KiB in the file, in
   * a container too.
   */
  public boolean isPlaceable() {
    return (entry.flags() & DataFileWriter.PLACEABLE) != 0
        && entry.offset() % DataFile.PLACEABLE_ALIGNMENT == 0;
  }

  /** Whether it is sparse or compressed, so that its bytes are other ones in the file. */
  public boolean isPacked() {
    return entry.isPacked();
  }

  /**
   * Whether {@link #map} is in place: the section is {@link Storage#PLAIN}, and no container
   * shifted it within a page.
   */
  public boolean isMappable() {
    return !entry.isPacked() && entry.offset() % Math.min(alignment(), LEAST_PAGE) == 0;
  }

  /**
   * The bytes in memory. A section that is {@linkplain #isMappable mappable} is mapped read-only in
   * place, not verified: {@link #verify} it where that matters. Any other is {@linkplain #load
   * loaded}.
   *
   * @param arena owns the mapping or the memory
   * @throws dev.calotype.MalformedImageException if the section is loaded, and damaged
   * @throws dev.calotype.FileChangedException if the file shrank since it was opened
   */
  public MemorySegment map(Arena arena) throws IOException {
    if (!isMappable()) {
      return load(arena);
    }
    try {
      return file.file().map(entry.offset(), entry.size(), arena);
    } catch (IOException e) {
      file.file().requireWhole(); // Mapping past the end would extend the file, and may not.
      throw e;
    }
  }

  /**
   * Copies the bytes into new memory, verified, whatever the storage.
   *
   * @param arena owns the memory of {@link #size()} bytes
   * @throws dev.calotype.MalformedImageException if they are not as they were written
   * @throws dev.calotype.RefusedException if they are compressed and there is no zstd-jni
   */
  public MemorySegment load(Arena arena) throws IOException {
    reader.verifyRoot(); // Before memory is asked for whose size only the tail block claims.
    MemorySegment target = arena.allocate(entry.size(), alignment());
    byte[] chunk = new byte[(int) Math.min(entry.size(), Chunks.SIZE)];
    for (long i = 0; i < reader.chunks(); i++) {
      int length = reader.length(i);
      reader.read(i, chunk, length);
      if (!Zeros.fill(chunk, 0, length)) {
        MemorySegment.copy(chunk, 0, target, ValueLayout.JAVA_BYTE, i * Chunks.SIZE, length);
      }
    }
    return target;
  }

  /**
   * Copies bytes from {@code position} on, as many as {@code target} has, verified.
   *
   * @throws dev.calotype.MalformedImageException if they are not as they were written
   * @throws IndexOutOfBoundsException if the section does not have them
   */
  public void read(long position, MemorySegment target) throws IOException {
    Objects.checkFromIndexSize(position, target.byteSize(), entry.size());
    byte[] chunk = new byte[(int) Math.min(entry.size(), Chunks.SIZE)];
    long at = position;
    long end = position + target.byteSize();
    while (at < end) {
      long i = at / Chunks.SIZE;
      int length = reader.length(i);
      reader.read(i, chunk, length);
      int from = (int) (at % Chunks.SIZE);
      int part = (int) Math.min(length - from, end - at);
      MemorySegment.copy(chunk, from, target, ValueLayout.JAVA_BYTE, at - position, part);
      at += part;
    }
  }

  /**
   * Verifies the chunks in which these bytes lie, unless they were verified before.
   *
   * @throws dev.calotype.MalformedImageException if they are not as they were written
   * @throws IndexOutOfBoundsException if the section does not have them
   */
  public void verify(long position, long length) throws IOException {
    Objects.checkFromIndexSize(position, length, entry.size());
    if (length == 0) {
      return;
    }
    byte[] chunk = new byte[0];
    for (long i = position / Chunks.SIZE; i <= (position + length - 1) / Chunks.SIZE; i++) {
      if (!reader.wasVerified(i)) {
        if (chunk.length == 0) {
          chunk = new byte[(int) Math.min(entry.size(), Chunks.SIZE)];
        }
        reader.read(i, chunk, reader.length(i));
      }
    }
  }

  /** Verifies all of it. */
  public void verify() throws IOException {
    verify(0, entry.size());
  }

  /**
   * Reads the bytes, each chunk verified before its bytes are handed out.
   *
   * @return a stream that throws {@link dev.calotype.MalformedImageException} where bytes are not
   *     as they were written
   */
  public InputStream newInputStream() {
    return new VerifiedStream(entry.size(), reader);
  }
}
