package dev.calotype.ji;

import dev.calotype.bytes.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A named range of a data file. Usable until its {@link DataFile} is closed; mappings made from it
 * live as long as their arena.
 */
public final class DataSection {
  private final DataFile file;
  private final Tail.Entry entry;

  DataSection(DataFile file, Tail.Entry entry) {
    this.file = file;
    this.entry = entry;
  }

  /** The name. */
  public String name() {
    return entry.name();
  }

  /** The size in bytes. */
  public long size() {
    return entry.size();
  }

  /** Where the bytes start in the file, a multiple of {@link #alignment()}. */
  public long offset() {
    return entry.offset();
  }

  /** The alignment in bytes, a power of two of at least 64. */
  public long alignment() {
    return 1L << entry.alignment();
  }

  /** Whether the section may be mapped over a hole or beside code: aligned to 64 KiB. */
  public boolean isPlaceable() {
    return (entry.flags() & DataFileWriter.PLACEABLE) != 0;
  }

  /**
   * Maps the bytes read-only without verifying them; read {@link #newInputStream()} first, or check
   * at {@link Tier#FULL}, where that matters.
   *
   * @param arena owns the mapping
   */
  public MemorySegment map(Arena arena) throws IOException {
    return file.file().map(entry.offset(), entry.size(), arena);
  }

  /**
   * Reads the bytes, each chunk verified before its bytes are handed out.
   *
   * @return a stream that throws {@link dev.calotype.MalformedImageException} where bytes are not
   *     as they were written
   */
  public InputStream newInputStream() {
    return stream();
  }

  VerifiedStream stream() {
    return new VerifiedStream(
        file.file(),
        "section " + entry.name(),
        entry.offset(),
        entry.size(),
        chunk -> Bytes.read(file.file(), entry.digests() + chunk * Sha256.SIZE, Sha256.SIZE));
  }
}
