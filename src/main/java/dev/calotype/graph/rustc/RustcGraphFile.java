package dev.calotype.graph.rustc;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * A {@code dep-graph.bin} of rustc 1.95, open for reading.
 *
 * <p>Opening reads both ends of the file. The nodes are walked from start to end, as often as
 * wanted, through one buffer; memory besides is a bit or two for each index, and the edges of one
 * node. Reads are positional, so a file that shrinks is noticed, and nothing is allocated that the
 * file's size does not bear out.
 *
 * <p>The format has no checksums. A walk finds every flipped byte that makes the file contradict
 * itself; it can't find one in a fingerprint, or an edge that leads to another node of the graph.
 *
 * <p>Not safe for use by several threads.
 */
public final class RustcGraphFile implements AutoCloseable {
  private final OpenFile file;
  private final RustcHeader header;
  private final RustcTail tail;

  private RustcGraphFile(OpenFile file, RustcHeader header, RustcTail tail) {
    this.file = file;
    this.header = header;
    this.tail = tail;
  }

  /**
   * Opens a file.
   *
   * @throws MalformedImageException if its start or end can't be right
   * @throws UnsupportedFormatException if it is another file, or of another version of rustc, which
   *     is named
   * @throws IOException if it can't be read
   */
  public static RustcGraphFile open(Path path) throws IOException {
    OpenFile file = OpenFile.open(path);
    try {
      RustcHeader header = RustcHeader.read(file);
      return new RustcGraphFile(file, header, RustcTail.read(file, header.size()));
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Whether a file starts as one does, of whatever version.
   *
   * @throws IOException if it can't be read
   */
  public static boolean isOne(Path path) throws IOException {
    try (OpenFile file = OpenFile.open(path)) {
      return RustcHeader.isOne(file);
    }
  }

  /** The compiler's version, as {@code 1.95.0 (59807616e 2026-04-14)}. */
  public String version() {
    return header.version();
  }

  /** The digest of those of the compiler's options that matter. */
  public long options() {
    return header.options();
  }

  /** How many nodes there are. */
  public long nodes() {
    return tail.nodes;
  }

  /** How many edges there are. */
  public long edges() {
    return tail.edges;
  }

  /** How many indices were given out: those of the nodes, and holes. At most 2³². */
  public long indices() {
    return tail.indices;
  }

  /** How many sessions have gone into it, counted by rustc. */
  public long sessions() {
    return tail.sessions;
  }

  /** The file's size in bytes. */
  public long bytes() {
    return file.size();
  }

  /**
   * Tells a visitor of each node, and checks the whole file on the way. What the visitor was told
   * stands only once this has returned.
   *
   * @param progress is told the bytes read since it was last told
   * @return what was counted
   * @throws MalformedImageException if something in the file contradicts the rest of it
   * @throws dev.calotype.FileChangedException if the file was written to meanwhile
   * @throws IOException if it can't be read, or the visitor's
   */
  public RustcCensus walk(NodeVisitor visitor, LongConsumer progress) throws IOException {
    RustcCensus census = new RustcWalk(file, header.size(), tail).run(visitor, progress);
    file.requireUnchanged();
    return census;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
