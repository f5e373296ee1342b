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
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * Writes a data file as a stream: page one is left empty, the sections follow one after the other,
 * then the tail block, and page one last. Nobody sees the file before {@link #publish()}; closing
 * an unpublished writer leaves nothing behind.
 *
 * <p>Memory does not depend on the size of the content, but for 32 bytes a MiB. Not safe for use by
 * several threads.
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
      return new DataFileWriter(file, options);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Starts a section. Close the stream before the next section or the end.
   *
   * @param name its name, 1 to 4096 bytes of UTF-8
   * @param alignment the alignment in bytes, a power of two up to 1 MiB; below 64 it is 64
   * @param placeable whether it may be mapped over a hole or beside code: aligns it to 64 KiB
   */
  public OutputStream section(String name, long alignment, boolean placeable) throws IOException {
    requireOpen();
    int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (nameBytes == 0 || nameBytes > MOST_NAME_BYTES) {
      throw new IllegalArgumentException("a section name of %d bytes".formatted(nameBytes));
    }
    int bits = Long.numberOfTrailingZeros(alignment);
    if (Long.bitCount(alignment) != 1 || bits > MOST_ALIGNMENT_BITS) {
      throw new IllegalArgumentException("an alignment of %d".formatted(alignment));
    }
    bits = Math.max(bits, placeable ? PLACEABLE_ALIGNMENT_BITS : LEAST_ALIGNMENT_BITS);
    file.align(1L << bits);
    inSection = true;
    return new SectionStream(name, bits, placeable ? PLACEABLE : 0);
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
    Tail tail = new Tail(sections, options.compiler(), options.target());
    Sha256 root = new Sha256();
    append(tail.encodeTables(), root);
    for (byte[] digest : digests) {
      append(digest, root);
    }
    DataId id = tail.contentId();
    byte[] page =
        new PageOne(
                PageOne.MINOR,
                file.position(),
                tailOffset,
                file.position() - tailOffset,
                options.durability() == Durability.FAST ? PageOne.PUBLISHED_FAST : 0,
                id,
                PageOne.hex(root.finish()),
                PageOne.digest(options.compiler()),
                PageOne.digest(options.target()))
            .encode();
    file.overwrite(0, page, 0, page.length);
    return id;
  }

  private void append(byte[] bytes, Sha256 digest) throws IOException {
    file.write(bytes);
    digest.add(bytes);
  }

  private void requireOpen() {
    if (finished || inSection) {
      throw new IllegalStateException(finished ? "the file is finished" : "a section is open");
    }
  }

  private final class SectionStream extends OutputStream {
    private final String name;
    private final int alignment;
    private final int flags;
    private final long offset = file.position();
    private final Chunks content = new Chunks();
    private boolean closed;

    SectionStream(String name, int alignment, int flags) {
      this.name = name;
      this.alignment = alignment;
      this.flags = flags;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      Objects.checkFromIndexSize(from, length, bytes.length);
      if (closed) {
        throw new IOException("section " + name + " is closed");
      }
      file.write(bytes, from, length);
      content.add(bytes, from, length);
    }

    @Override
    public void close() {
      if (closed) {
        return;
      }
      closed = true;
      inSection = false;
      byte[] chunkDigests = content.finish();
      String root = HexFormat.of().formatHex(Sha256.of(chunkDigests));
      long size = file.position() - offset;
      sections.add(new Tail.Entry(name, offset, size, flags, alignment, chunks, 0, root));
      digests.add(chunkDigests);
      chunks += chunkDigests.length / Sha256.SIZE;
    }
  }
}
