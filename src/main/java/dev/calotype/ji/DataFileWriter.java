package dev.calotype.ji;

import dev.calotype.Durability;
import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Sha256;
import dev.calotype.publish.Publication;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a data file as a stream: page one is left empty, the sections follow one after the other
 * in the order the caller likes, then the tail block, and page one last. Nobody sees the file
 * before {@link #publish()}; closing an unpublished writer leaves nothing behind.
 *
 * <p>Memory does not depend on the size of the content, but for 32 bytes a MiB, 48 in a section
 * that is not plain. Not safe for use by several threads.
 */
public final class DataFileWriter implements AutoCloseable {
  /** The section flag of {@link DataSection#isPlaceable()}. */
  static final int PLACEABLE = 1;

  /** The largest alignment of a section, 2²⁰ bytes. */
  static final int MOST_ALIGNMENT_BITS = 20;

  private static final int LEAST_ALIGNMENT_BITS = 6;
  private static final int PLACEABLE_ALIGNMENT_BITS = 16;
  private static final int MOST_NAME_BYTES = 4096;

  private final Publication file;
  private final WriteOptions options;
  private final List<Tail.Entry> sections = new ArrayList<>();
  private final List<byte[]> digests = new ArrayList<>();
  private final List<byte[]> packs = new ArrayList<>();
  private final ChunkDigests chunkDigests = new ChunkDigests();
  private byte[] chunk = new byte[0];
  private long chunks;
  private boolean inSection;
  private boolean finished;

  private DataFileWriter(Publication file, WriteOptions options) {
    this.file = file;
    this.options = options;
  }

  /**
   * Starts a file beside {@code target}.
   *
   * @throws java.nio.file.FileAlreadyExistsException if there is one that may not be replaced
   * @throws IOException if the folder can't be written
   */
  public static DataFileWriter create(Path target, WriteOptions options) throws IOException {
    Publication file = Publication.beside(target, options.replace());
    try {
      file.write(new byte[PageOne.SIZE]);
      DataFileWriter writer = new DataFileWriter(file, options);
      if (options.durability() == Durability.DURABLE) {
        writer.writeBehind();
      }
      return writer;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Has what is written synced while more is written, so that a sync at the end has less to wait
   * for: for a file whose publisher is going to sync it. A file whose options ask for durability
   * has it from the start. {@link #publish()} throws what fails meanwhile.
   */
  public void writeBehind() {
    file.writeBehind();
  }

  /**
   * Starts a plain section. Close the stream before the next section or the end.
   *
   * @param name its name, 1 to 4096 bytes of UTF-8
   * @param alignment the alignment in bytes, a power of two up to 1 MiB; below 64 it is 64
   * @param placeable whether it may be mapped over a hole or beside code: aligns it to 64 KiB
   */
  public OutputStream section(String name, long alignment, boolean placeable) throws IOException {
    return section(
        name, SectionOptions.standard().withAlignment(alignment).withPlaceable(placeable));
  }

  /**
   * Starts a section. Close the stream before the next section or the end.
   *
   * @param name its name, 1 to 4096 bytes of UTF-8
   */
  public OutputStream section(String name, SectionOptions how) throws IOException {
    requireOpen();
    int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (nameBytes == 0 || nameBytes > MOST_NAME_BYTES) {
      throw new IllegalArgumentException("a section name of %d bytes".formatted(nameBytes));
    }
    int bits =
        Math.max(
            Long.numberOfTrailingZeros(how.alignment()),
            how.placeable() ? PLACEABLE_ALIGNMENT_BITS : LEAST_ALIGNMENT_BITS);
    file.align(1L << bits);
    inSection = true;
    if (chunk.length == 0) {
      chunk = new byte[Chunks.SIZE];
    }
    return new SectionWriter(file, name, bits, how, chunk, chunkDigests, this::add);
  }

  /** Writes what is left and makes the file appear under its name. */
  public DataId publish() throws IOException {
    DataId id = finish();
    file.publish(options.durability());
    return id;
  }

  /** Removes the file unless it was published. */
  @Override
  public void close() throws IOException {
    chunkDigests.close();
    file.close();
  }

  Publication file() {
    return file;
  }

  /** Writes the tail block and page one; the file is whole, under its temporary name. */
  DataId finish() throws IOException {
    requireOpen();
    finished = true;
    file.align(1 << LEAST_ALIGNMENT_BITS);
    long tailOffset = file.position();
    Tail tail = new Tail(sections, options.origin());
    int flags = options.durability() == Durability.FAST ? PageOne.PUBLISHED_FAST : 0;
    long packed = packs.stream().mapToLong(table -> table.length).sum() / Packing.ENTRY_SIZE;
    byte[] tables = TailWriter.encode(tail, flags, chunks, packed);
    file.write(tables);
    for (byte[] digest : digests) {
      file.write(digest);
    }
    for (byte[] pack : packs) {
      file.write(pack);
    }
    DataId id = tail.contentId();
    byte[] page =
        PageOne.encode(
            options.origin(),
            file.position(),
            tailOffset,
            tables.length,
            flags,
            id,
            Sha256.of(tables));
    file.overwrite(0, page, 0, page.length);
    return id;
  }

  private void add(SectionWriter section) {
    inSection = false;
    sections.add(section.entry(chunks));
    digests.add(section.digests());
    packs.add(section.packs());
    chunks += digests.getLast().length / Sha256.SIZE;
  }

  private void requireOpen() {
    if (finished || inSection) {
      throw new IllegalStateException(finished ? "the file is finished" : "a section is open");
    }
  }
}
