package dev.calotype.ji;

import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes sizes, checksums, digests and the content id of a broken data file fit what is there, from
 * the chunks up to page one, as far as there is something to fit them to. What a digest can't tell
 * from the truth is then left to the checks behind it.
 */
final class DataFileMender {
  private final byte[] bytes;
  private final ByteBuffer file;
  private final int tail;
  private final int tables;
  private final long digests;
  private final long packs;
  private long chunks;
  private long packed;

  private DataFileMender(byte[] bytes, int tail) {
    this.bytes = bytes;
    this.file = DataFiles.view(bytes);
    this.tail = tail;
    this.tables = Math.clamp(file.getInt(0x2c), 0, bytes.length - tail);
    this.digests = tail + (long) tables;
    this.packs = digests + (long) Sha256.SIZE * Math.clamp(file.getLong(tail + 24), 0, 1 << 20);
  }

  /** A mended copy. */
  static byte[] mend(byte[] input) {
    byte[] bytes = input.clone();
    int most = bytes.length - Tail.HEADER_SIZE;
    if (most < PageOne.SIZE) {
      return bytes;
    }
    ByteBuffer file = DataFiles.view(bytes);
    int tail = Math.clamp(file.getLong(0x18), PageOne.SIZE, most);
    int tailSize = bytes.length - tail;
    file.putLong(0x10, bytes.length).putLong(0x18, tail).putLong(0x20, tailSize);
    new DataFileMender(bytes, tail).mend();
    DataFiles.fixDigests(bytes);
    return bytes;
  }

  private void mend() {
    file.putInt(0x2c, tables);
    long end = tail + (long) tables;
    long texts = end - Integer.toUnsignedLong(file.getInt(tail + 12));
    List<Tail.Entry> sections = new ArrayList<>();
    int count = file.getInt(tail);
    for (int i = 0; i < count; i++) {
      int at = tail + Tail.HEADER_SIZE + i * Tail.SECTION_SIZE;
      if (at + Tail.SECTION_SIZE > end) {
        return;
      }
      section(at);
      sections.add(entry(at, texts, end));
    }
    file.put(PageOne.ID, new Tail(sections, Origin.none()).contentId().bytes());
  }

  private void section(int at) {
    long offset = file.getLong(at);
    long size = file.getLong(at + 8);
    long count = Math.clamp(Chunks.count(size), 0, 1 << 20);
    long first = digests + chunks * Sha256.SIZE;
    boolean isPacked = file.getShort(at + 38) == Tail.PACKED;
    for (long i = 0; i < count && !isPacked; i++) {
      int place = (int) (first + i * Sha256.SIZE);
      long start = offset + i * Chunks.SIZE;
      long length = Math.min(Chunks.SIZE, size - i * Chunks.SIZE);
      if (isThere(place, Sha256.SIZE) && isThere(start, length)) {
        file.put(place, digest(start, length));
      }
    }
    if (isThere(first, count * Sha256.SIZE)) {
      file.put(at + 48, digest(first, count * Sha256.SIZE));
    }
    chunks += count;
    if (isPacked) {
      packs(at, offset, count);
      packed += count;
    }
  }

  private void packs(int at, long offset, long count) {
    long table = packs + packed * Packing.ENTRY_SIZE;
    long before = 0;
    if (!isThere(table, count * Packing.ENTRY_SIZE)) {
      return;
    }
    for (long i = 0; i < count; i++) {
      int entry = (int) (table + i * Packing.ENTRY_SIZE);
      long end = file.getLong(entry);
      if (before >= 0 && isThere(offset + before, end - before)) {
        file.putInt(entry + 8, Bytes.crc(bytes, (int) (offset + before), (int) (end - before)));
      }
      before = end;
    }
    file.put(at + 80, digest(table, count * Packing.ENTRY_SIZE));
  }

  private Tail.Entry entry(int at, long texts, long end) {
    long name = texts + Integer.toUnsignedLong(file.getInt(at + 24));
    long length = Integer.toUnsignedLong(file.getInt(at + 28));
    boolean named = name >= 0 && length <= end - name;
    return new Tail.Entry(
        named ? new String(bytes, (int) name, (int) length, StandardCharsets.UTF_8) : "",
        file.getLong(at),
        file.getLong(at + 8),
        file.getLong(at + 16),
        file.getInt(at + 32),
        file.getShort(at + 36),
        file.getShort(at + 38),
        0,
        0,
        Arrays.copyOfRange(bytes, at + 48, at + 80),
        0,
        new byte[0]);
  }

  private boolean isThere(long offset, long size) {
    return offset >= 0 && size >= 0 && offset <= bytes.length && size <= bytes.length - offset;
  }

  private byte[] digest(long offset, long size) {
    return Sha256.of(bytes, (int) offset, (int) size);
  }
}
