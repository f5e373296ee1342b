package dev.calotype.graph;

import dev.calotype.Durability;
import dev.calotype.graph.rustc.KindNames;
import dev.calotype.graph.rustc.RustcCensus;
import dev.calotype.graph.rustc.RustcGraphFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * A dependency graph of rustc 1.95, the {@code dep-graph.bin} of its incremental folder: counted,
 * checked, or made a graph of ours. The format and what can be checked of it are described in
 * {@code docs/rustc-graph.md}.
 *
 * <p>Not safe for use by several threads.
 */
public final class RustcGraph implements AutoCloseable {
  private final RustcGraphFile file;
  private final KindNames names;

  private RustcGraph(RustcGraphFile file) throws IOException {
    this.file = file;
    this.names = KindNames.of(file.version());
  }

  /** Whether a file starts as one does, of whatever version. */
  public static boolean isOne(Path path) throws IOException {
    return RustcGraphFile.isOne(path);
  }

  /**
   * Opens a file and reads its start and its end.
   *
   * @throws dev.calotype.MalformedImageException if these can't be right
   * @throws dev.calotype.UnsupportedFormatException if it is another file, or of another version of
   *     rustc, which is named
   * @throws IOException if it can't be read
   */
  public static RustcGraph open(Path path) throws IOException {
    RustcGraphFile file = RustcGraphFile.open(path);
    try {
      return new RustcGraph(file);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** The compiler's version, as {@code 1.95.0 (59807616e 2026-04-14)}. */
  public String version() {
    return file.version();
  }

  /** The digest of those of the compiler's options that matter. */
  public long options() {
    return file.options();
  }

  /** How many compilations have gone into it. */
  public long sessions() {
    return file.sessions();
  }

  /** How many nodes it says that it has. */
  public long nodes() {
    return file.nodes();
  }

  /** The file's size in bytes. */
  public long bytes() {
    return file.bytes();
  }

  /** What the compiler calls a kind, where that is known for certain. */
  public Optional<String> kindName(int kind) {
    return names.name(kind);
  }

  /**
   * Counts all of it, and checks it on the way.
   *
   * @param progress is told how many bytes more have been read
   * @throws dev.calotype.MalformedImageException if something in the file contradicts the rest
   * @throws dev.calotype.FileChangedException if the file was written to meanwhile
   */
  public GraphCensus census(LongConsumer progress) throws IOException {
    return census(file.walk((_, _, _, _, _, _, _, _) -> {}, progress));
  }

  /**
   * Makes a graph of ours with the same nodes at the same indices, in memory that does not depend
   * on how many there are. The file appears whole or not at all.
   *
   * @param target where it goes
   * @param replace whether a file that is there already is replaced
   * @param progress is told how many bytes more have been read
   * @throws FileAlreadyExistsException if there is one and it is not to be replaced
   * @throws dev.calotype.RefusedException if somebody else writes to the target, or two nodes have
   *     the same key
   * @throws dev.calotype.MalformedImageException as {@link #census}
   */
  public GraphCensus importInto(
      Path target, boolean replace, Durability durability, LongConsumer progress)
      throws IOException {
    try (WriterLock _ = WriterLock.take(target)) {
      if (!replace && Files.exists(target)) {
        throw new FileAlreadyExistsException(target.toString());
      }
      try (RustcImport work = new RustcImport(target)) {
        GraphCensus census = census(file.walk(work, progress));
        work.publish(durability);
        return census;
      }
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private GraphCensus census(RustcCensus counted) {
    List<GraphCensus.KindCount> kinds = new ArrayList<>();
    for (int kind = 0; kind < counted.kinds(); kind++) {
      if (counted.nodes(kind) > 0) {
        kinds.add(new GraphCensus.KindCount(kind, counted.nodes(kind), counted.edges(kind)));
      }
    }
    return new GraphCensus(
        file.nodes(),
        file.edges(),
        file.indices() - file.nodes(),
        counted.maxDegree(),
        counted.forwardEdges(),
        kinds);
  }
}
