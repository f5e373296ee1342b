package dev.calotype.ji;

import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Sha256;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The tail block of a data file: section table, facts, names and chunk digests. Its bytes are in
 * docs/data-file-format.md, "Tail block".
 *
 * @param sections the section table, in the order of the content
 * @param compiler the compiler's identity, empty if none is recorded
 * @param target the target's id, empty if none is recorded
 */
record Tail(List<Entry> sections, String compiler, String target) {
  private static final int HEADER_SIZE = 16;
  private static final int SECTION_SIZE = 80;
  private static final int FACT_SIZE = 16;
  private static final int FACT_COMPILER = 1;
  private static final int FACT_TARGET = 2;
  private static final String STRUCTURE = "tail block";

  /** What a reader takes into memory at most: hundreds of thousands of sections. */
  private static final long MOST_TABLE_BYTES = 16 << 20;

  /**
   * One section.
   *
   * @param name its name
   * @param offset where its bytes start in the file
   * @param size how many there are
   * @param flags {@link DataFileWriter#PLACEABLE} or 0
   * @param alignment the alignment of {@code offset} as a power of two
   * @param firstChunk the index of its first chunk digest among all
   * @param digests where its chunk digests start in the file
   * @param root the SHA-256 of its chunk digests
   */
  record Entry(
      String name,
      long offset,
      long size,
      int flags,
      int alignment,
      long firstChunk,
      long digests,
      String root) {}

  /** The content id: see docs/data-file-format.md, "Content id". */
  DataId contentId() {
    Sha256 digest = new Sha256();
    ByteWriter start = new ByteWriter(24);
    start.bytes("calotype data 1\n".getBytes(StandardCharsets.US_ASCII)).u64(sections.size());
    digest.add(start.array());
    for (Entry section : sections) {
      byte[] name = section.name.getBytes(StandardCharsets.UTF_8);
      ByteWriter facts = new ByteWriter(4 + name.length + 16 + Sha256.SIZE);
      facts
          .u32(name.length)
          .bytes(name)
          .u32(section.flags)
          .u32(section.alignment)
          .u64(section.size)
          .bytes(HexFormat.of().parseHex(section.root));
      digest.add(facts.array());
    }
    return DataId.of(digest.finish());
  }

  /** The block up to the chunk digests, which follow it in the sections' order. */
  byte[] encodeTables() {
    List<byte[]> texts = new ArrayList<>();
    for (Entry section : sections) {
      texts.add(section.name.getBytes(StandardCharsets.UTF_8));
    }
    List<Integer> kinds = new ArrayList<>();
    if (!compiler.isEmpty()) {
      kinds.add(FACT_COMPILER);
      texts.add(compiler.getBytes(StandardCharsets.UTF_8));
    }
    if (!target.isEmpty()) {
      kinds.add(FACT_TARGET);
      texts.add(target.getBytes(StandardCharsets.UTF_8));
    }
    int textSize = 0;
    for (byte[] text : texts) {
      textSize = Math.addExact(textSize, text.length);
    }
    textSize = (int) Bytes.roundUp(textSize, 8);
    long size =
        HEADER_SIZE
            + (long) sections.size() * SECTION_SIZE
            + (long) kinds.size() * FACT_SIZE
            + textSize;
    if (size > MOST_TABLE_BYTES) {
      throw new IllegalStateException(
          "%d sections need tables of %d bytes; a reader accepts %d"
              .formatted(sections.size(), size, MOST_TABLE_BYTES));
    }
    ByteWriter tables = new ByteWriter((int) size);
    tables.u32(sections.size()).u32(kinds.size()).u32(textSize).u32(0);
    int textAt = 0;
    for (int i = 0; i < sections.size(); i++) {
      Entry section = sections.get(i);
      tables
          .u64(section.offset)
          .u64(section.size)
          .u64(section.size)
          .u32(textAt)
          .u32(texts.get(i).length)
          .u32(section.flags)
          .u32(section.alignment)
          .u64(section.firstChunk)
          .bytes(HexFormat.of().parseHex(section.root));
      textAt += texts.get(i).length;
    }
    for (int i = 0; i < kinds.size(); i++) {
      byte[] text = texts.get(sections.size() + i);
      tables.u32(kinds.get(i)).u32(textAt).u32(text.length).u32(0);
      textAt += text.length;
    }
    for (byte[] text : texts) {
      tables.bytes(text);
    }
    return tables.array();
  }

  /**
   * Reads the block's tables, after proving by page one's root digest that they are as written.
   *
   * @throws dev.calotype.MalformedImageException if they are not, or contradict themselves
   */
  static Tail read(OpenFile file, PageOne page) throws IOException {
    requireRoot(file, page);
    ByteView header = Bytes.view(Bytes.read(file, page.tailOffset(), headerSize(file, page)), file);
    long sectionCount = header.u32(0, STRUCTURE);
    long factCount = header.u32(4, STRUCTURE);
    long textSize = header.u32(8, STRUCTURE);
    long tables = HEADER_SIZE + sectionCount * SECTION_SIZE + factCount * FACT_SIZE + textSize;
    if (tables > Math.min(page.tailSize(), MOST_TABLE_BYTES)) {
      throw header.malformed(
          STRUCTURE,
          page.tailOffset(),
          "tables of %d bytes".formatted(tables),
          "at most %d".formatted(Math.min(page.tailSize(), MOST_TABLE_BYTES)));
    }
    ByteView view = Bytes.view(Bytes.read(file, page.tailOffset(), (int) tables), file);
    long texts = tables - textSize;
    List<Entry> sections = new ArrayList<>();
    long chunks = 0;
    long end = PageOne.SIZE;
    for (long i = 0; i < sectionCount; i++) {
      long at = HEADER_SIZE + i * SECTION_SIZE;
      String structure = "section table entry " + i;
      Entry entry = entry(view, at, texts, tables, page.tailOffset() + tables, structure);
      long alignment = 1L << entry.alignment;
      boolean placed =
          entry.offset >= end
              && entry.offset % alignment == 0
              && entry.size >= 0
              && entry.offset <= page.tailOffset()
              && entry.size <= page.tailOffset() - entry.offset;
      if (!placed || entry.firstChunk != chunks || view.u64(at + 16, structure) != entry.size) {
        throw view.malformed(
            structure,
            page.tailOffset() + at,
            "%d bytes at 0x%x".formatted(entry.size, entry.offset),
            "a section after the one before it and before the tail block");
      }
      sections.add(entry);
      chunks += Chunks.count(entry.size);
      end = entry.offset + entry.size;
    }
    if (tables + chunks * Sha256.SIZE != page.tailSize()) {
      throw view.malformed(
          STRUCTURE,
          page.tailOffset(),
          "%d bytes".formatted(page.tailSize()),
          "%d for %d chunk digests".formatted(tables + chunks * Sha256.SIZE, chunks));
    }
    String compiler = "";
    String target = "";
    for (long i = 0; i < factCount; i++) {
      long at = HEADER_SIZE + sectionCount * SECTION_SIZE + i * FACT_SIZE;
      String text = text(view, at + 4, texts, tables, "fact " + i);
      switch ((int) view.u32(at, STRUCTURE)) {
        case FACT_COMPILER -> compiler = text;
        case FACT_TARGET -> target = text;
        default -> {} // A later minor version's: nothing this version compares.
      }
    }
    return new Tail(List.copyOf(sections), compiler, target);
  }

  private static int headerSize(OpenFile file, PageOne page) {
    if (page.tailSize() < HEADER_SIZE) {
      throw Bytes.view(new byte[0], file)
          .malformed(STRUCTURE, page.tailOffset(), page.tailSize() + " bytes", "a header");
    }
    return HEADER_SIZE;
  }

  private static Entry entry(
      ByteView view, long at, long texts, long end, long digests, String structure) {
    byte[] root = new byte[Sha256.SIZE];
    view.slice(at + 48, Sha256.SIZE, structure).asByteBuffer().get(root);
    long alignment = view.u32(at + 36, structure);
    if (alignment > DataFileWriter.MOST_ALIGNMENT_BITS) {
      throw view.malformed(
          structure,
          at + 36,
          "alignment 2^" + alignment,
          "at most 2^" + DataFileWriter.MOST_ALIGNMENT_BITS);
    }
    long firstChunk = view.u64(at + 40, structure);
    return new Entry(
        text(view, at + 24, texts, end, structure),
        view.u64(at, structure),
        view.u64(at + 8, structure),
        (int) view.u32(at + 32, structure),
        (int) alignment,
        firstChunk,
        digests + firstChunk * Sha256.SIZE,
        PageOne.hex(root));
  }

  private static String text(ByteView view, long at, long texts, long end, String structure) {
    long offset = texts + view.u32(at, structure);
    long length = view.u32(at + 4, structure);
    if (offset > end || length > end - offset) {
      throw view.malformed(
          structure, at, "text of %d bytes".formatted(length), "one within the texts");
    }
    byte[] text = new byte[(int) length];
    view.slice(offset, length, structure).asByteBuffer().get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static void requireRoot(OpenFile file, PageOne page) throws IOException {
    Sha256 digest = new Sha256();
    byte[] buffer = new byte[(int) Math.min(page.tailSize(), 1 << 16)];
    long at = 0;
    while (at < page.tailSize()) {
      int part = (int) Math.min(buffer.length, page.tailSize() - at);
      file.readFully(page.tailOffset() + at, buffer, 0, part);
      digest.add(buffer, 0, part);
      at += part;
    }
    if (!PageOne.hex(digest.finish()).equals(page.root())) {
      throw Bytes.view(buffer, file)
          .malformed(
              STRUCTURE,
              page.tailOffset(),
              "bytes that do not match their digest",
              "the bytes that were written");
    }
  }
}
