package dev.calotype.ji;

import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The tail block of a data file without its digests: section table, facts, inputs and names. Its
 * bytes are in docs/data-file-format.md, "Tail block"; {@link TailWriter} and {@link TailReader}
 * turn it into them and back.
 *
 * @param sections the section table, in the order of the content
 * @param origin what is recorded about the making
 */
record Tail(List<Entry> sections, Origin origin) {
  static final int HEADER_SIZE = 40;
  static final int SECTION_SIZE = 112;
  static final int FACT_SIZE = 16;
  static final int INPUT_SIZE = 56;

  static final int FACT_COMPILER = 1;
  static final int FACT_TARGET = 2;
  static final int FACT_MODULE = 3;
  static final int FACT_OPTION = 4;
  static final int FACT_UPSTREAM = 5;
  static final int FACT_VARIABLE = 6;
  static final int FACT_FEATURE = 7;

  /** A variable's comparison field if it was set. */
  static final int SET = 1;

  /** A section's storage field. */
  static final int PLAIN = 0;

  static final int PACKED = 1;

  /** What a reader takes into memory at most: a hundred thousand sections and inputs. */
  static final long MOST_TABLE_BYTES = 16 << 20;

  /**
   * One section.
   *
   * @param name its name
   * @param offset where its bytes start in the file
   * @param size how many there are in memory
   * @param stored how many there are in the file
   * @param flags {@link DataFileWriter#PLACEABLE} or 0
   * @param alignment the alignment of {@code offset} as a power of two
   * @param storage {@link #PLAIN} or {@link #PACKED}
   * @param firstChunk the index of its first chunk digest among all
   * @param digests where its chunk digests start in the file
   * @param root the SHA-256 of its chunk digests
   * @param packs where its table of packed chunks starts in the file
   * @param packRoot the SHA-256 of that table, zeros for a plain section
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Entry(
      String name,
      long offset,
      long size,
      long stored,
      int flags,
      int alignment,
      int storage,
      long firstChunk,
      long digests,
      byte[] root,
      long packs,
      byte[] packRoot) {

    boolean isPacked() {
      return storage == PACKED;
    }

    /** What damage of its bytes is reported in. */
    String structure() {
      return "section " + name;
    }
  }

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
          .bytes(section.root);
      digest.add(facts.array());
    }
    return DataId.of(digest.finish());
  }
}
