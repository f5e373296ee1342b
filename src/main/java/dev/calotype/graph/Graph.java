package dev.calotype.graph;

import dev.calotype.FileChangedException;
import dev.calotype.MalformedImageException;
import dev.calotype.bytes.Endian;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A dependency graph in its file, as the newest commit left it. The file is mapped and nothing is
 * decoded; what others commit later is not seen here, and what is seen here never changes.
 *
 * <p>A node is an index from 0 to {@link #limit()} − 1. Not every index has a node. A node keeps
 * its index until a {@link Compaction} numbers all anew.
 *
 * <p>Every block is verified when it is first touched, so any method may throw {@link
 * MalformedImageException} for the bytes that it needs. Heap: 4 KiB for each 131,072 indices of
 * which some were asked for, and a bit for each 4 KiB of the index. Safe for use by several
 * threads, if the arena is. Closing ends the file; the mapping lives as long as its arena. The
 * bytes are described in {@code docs/graph-format.md}.
 */
public final class Graph implements AutoCloseable {
  /** What {@link #find} returns when there is no such node. */
  public static final long NONE = -1;

  private final OpenFile file;
  private final MemorySegment bytes;
  private final CommitRecord commit;
  private final Optional<Loss> loss;
  private final BlockCheck check;
  private final SeenBits seenLeaves;
  private final SeenBlocks seenBlocks;
  private final KeyIndex[] tables;
  private final long root;
  private final long limit;

  /** Over bytes that are there: mapped, or in an array for a bench to compare. */
  Graph(OpenFile file, MemorySegment bytes, CommitRecord commit) {
    this.file = file;
    this.bytes = bytes;
    this.commit = commit;
    this.root = commit.root();
    this.limit = commit.limit();
    long end = commit.offset() + CommitRecord.SIZE;
    this.loss =
        file.size() > end ? Optional.of(new Loss(end, file.size() - end)) : Optional.empty();
    this.check = new BlockCheck(bytes, file.path().toString(), commit.offset(), limit);
    this.seenLeaves = new SeenBits(commit.leaves());
    this.seenBlocks = new SeenBlocks(commit.blocks());
    this.tables =
        commit.tables().stream()
            .map(table -> new KeyIndex(bytes, table, check, seenBlocks))
            .toArray(KeyIndex[]::new);
  }

  /**
   * Opens a graph: finds the newest commit and maps the file up to it. Takes the same time whatever
   * the size, unless a writer was stopped in the middle of a commit; then what it left is looked
   * through, and {@link #loss()} tells.
   *
   * @param arena owns the mapping
   * @throws MalformedImageException if no whole segment is left
   * @throws dev.calotype.UnsupportedFormatException if it is another format or version
   * @throws IOException if there is no such file or it can't be read
   */
  public static Graph open(Path path, Arena arena) throws IOException {
    OpenFile file = OpenFile.open(path);
    try {
      CommitRecord commit = new CommitFinder(file).find();
      return new Graph(file, file.map(0, commit.offset(), arena), commit);
    } catch (Throwable e) {
      file.close();
      throw e;
    }
  }

  /** The path it was opened by. */
  public Path path() {
    return file.path();
  }

  /** How many bytes of the file are committed. */
  public long bytes() {
    return commit.offset() + CommitRecord.SIZE;
  }

  /** How many nodes there are. */
  public long nodes() {
    return commit.nodes();
  }

  /** How many edges they have. */
  public long edges() {
    return commit.edges();
  }

  /** One more than the largest index of a node, 0 to 2⁴⁰. */
  public long limit() {
    return limit;
  }

  /** How many indices below {@link #limit()} have no node. */
  public long holes() {
    return limit - commit.nodes();
  }

  /** How many sessions were committed since the graph was made. */
  public long sessions() {
    return commit.sessions();
  }

  /** How many bytes of the file nothing leads to any more. */
  public long deadBytes() {
    return commit.deadBytes();
  }

  /** What lies behind the newest commit, if anything does: bytes that were never a segment. */
  public Optional<Loss> loss() {
    return loss;
  }

  /**
   * The node with that key, or {@link #NONE}. Allocates nothing.
   *
   * @param kind the kind, 0 to 65,535
   * @param keyHigh the first half of its key's fingerprint
   * @param keyLow the second half
   */
  public long find(int kind, long keyHigh, long keyLow) {
    long hash = KeyHash.of(kind, keyHigh, keyLow);
    for (KeyIndex table : tables) {
      long node = table.find(this, hash, kind, keyHigh, keyLow);
      if (node != NONE) {
        return node;
      }
    }
    return NONE;
  }

  /**
   * Finds many nodes in less time: the processor waits for memory for many of them together.
   *
   * @param kinds the kind of each, 0 to 65,535
   * @param keyHighs the first half of each key's fingerprint
   * @param keyLows the second half
   * @param nodes gets what {@link #find} returns, for as many keys as it has room for
   */
  public void findAll(int[] kinds, long[] keyHighs, long[] keyLows, long[] nodes) {
    Objects.checkFromIndexSize(0, nodes.length, kinds.length);
    Objects.checkFromIndexSize(0, nodes.length, keyHighs.length);
    Objects.checkFromIndexSize(0, nodes.length, keyLows.length);
    if (tables.length == 0) {
      Arrays.fill(nodes, NONE);
    } else {
      new KeyBatch(this).find(kinds, keyHighs, keyLows, nodes);
    }
  }

  /** Whether an index has a node. */
  public boolean contains(long node) {
    return node >= 0 && node < limit && place(node) != Blocks.NOWHERE;
  }

  /**
   * The kind, 0 to 65,535.
   *
   * @throws NoSuchElementException if there is no such node, as in all methods that take one
   */
  public int kind(long node) {
    long place = require(node);
    long block = Blocks.block(place);
    return Blocks.kind(bytes, block, Blocks.cell(bytes, block, Blocks.ordinal(place)));
  }

  /** The first half of the key's fingerprint. */
  public long keyHigh(long node) {
    long place = require(node);
    long block = Blocks.block(place);
    return Blocks.keyHigh(bytes, block, Blocks.cell(bytes, block, Blocks.ordinal(place)));
  }

  /** The second half of the key's fingerprint. */
  public long keyLow(long node) {
    long place = require(node);
    long block = Blocks.block(place);
    return Blocks.keyLow(bytes, block, Blocks.cell(bytes, block, Blocks.ordinal(place)));
  }

  /** The key's fingerprint. */
  public Fingerprint key(long node) {
    return new Fingerprint(keyHigh(node), keyLow(node));
  }

  /** The first half of the value's fingerprint. */
  public long valueHigh(long node) {
    long place = require(node);
    long block = Blocks.block(place);
    return Blocks.valueHigh(bytes, block, Blocks.cell(bytes, block, Blocks.ordinal(place)));
  }

  /** The second half of the value's fingerprint. */
  public long valueLow(long node) {
    long place = require(node);
    long block = Blocks.block(place);
    return Blocks.valueLow(bytes, block, Blocks.cell(bytes, block, Blocks.ordinal(place)));
  }

  /** The value's fingerprint. */
  public Fingerprint value(long node) {
    return new Fingerprint(valueHigh(node), valueLow(node));
  }

  /** How many nodes it depends on, as often as it said so. */
  public int edgeCount(long node) {
    long place = require(node);
    long block = Blocks.block(place);
    int ordinal = Blocks.ordinal(place);
    long cell = Blocks.cell(bytes, block, ordinal);
    long next = Blocks.cell(bytes, block, ordinal + 1);
    return Blocks.edgeCount(Blocks.start(next) - Blocks.start(cell), Blocks.width(cell));
  }

  /**
   * One of the nodes that it depends on, in the order in which they were recorded.
   *
   * @param i from 0 to {@link #edgeCount} − 1
   */
  public long edge(long node, int i) {
    if (i < 0 || i >= edgeCount(node)) {
      throw new IndexOutOfBoundsException(i);
    }
    long place = require(node);
    long block = Blocks.block(place);
    long cell = Blocks.cell(bytes, block, Blocks.ordinal(place));
    int width = Blocks.width(cell);
    long at = Blocks.edges(bytes, block) + Blocks.start(cell) + (long) i * width;
    return Endian.u64(bytes, at, true) & Layout.mask(width);
  }

  /**
   * Copies the nodes that it depends on.
   *
   * @param into takes as many as it has room for
   * @return how many there are
   */
  public int edges(long node, long[] into) {
    long place = require(node);
    long block = Blocks.block(place);
    return NodeCursor.edges(bytes, block, Blocks.ordinal(place), into);
  }

  /** All nodes, by index. */
  public NodeCursor cursor() {
    return new NodeCursor(this, NodeCursor.ALL_KINDS, 0, limit);
  }

  /** All nodes of a kind, by index. Blocks without any are passed over. */
  public NodeCursor cursor(int kind) {
    return new NodeCursor(this, kind, 0, limit);
  }

  /** Who depends on whom: made now, in the caller's arena. */
  public Dependents dependents(Arena arena) {
    return new Dependents(this, arena);
  }

  /**
   * 32 bytes that are the same for graphs that say the same: which nodes there are, with which
   * values and edges, however they are numbered and stored.
   */
  public byte[] digest() {
    return GraphDigest.of(this);
  }

  /** What the file's bytes are for. */
  public GraphStatistics statistics() {
    return GraphStatistics.of(this);
  }

  /**
   * Reads all of the file: every checksum, every segment, whether each node is found by its key and
   * each edge leads to one.
   *
   * @return what is wrong, at most a thousand things; empty for a whole graph
   */
  public List<GraphDamage> verify() {
    return new GraphVerifier(this).verify();
  }

  /**
   * Runs work that asks this graph, and makes sure that its answer came from bytes that were all
   * there: see {@link OpenFile#whileWhole}. What is committed is not to be written over. Where
   * somebody did, and the work therefore looked outside the graph, this says so; elsewhere that is
   * an {@link IndexOutOfBoundsException}.
   *
   * @throws FileChangedException if the file shrank meanwhile, or was written over
   */
  public <T> T whileWhole(Supplier<T> work) throws IOException {
    try {
      return file.whileWhole(work);
    } catch (IndexOutOfBoundsException | NegativeArraySizeException e) {
      // It may be the caller's own mistake: only the checksums of all bytes tell.
      if (file.whileWhole(() -> new GraphVerifier(this).isAsCommitted())) {
        throw e;
      }
      FileChangedException changed =
          new FileChangedException(path().toString(), "was written over");
      changed.addSuppressed(e);
      throw changed;
    }
  }

  /** Closes the file. Queries go on as long as the arena lives, but for {@link #whileWhole}. */
  @Override
  public void close() throws IOException {
    file.close();
  }

  /** Whether an index has a node with that key. */
  boolean hasKey(long node, int kind, long high, long low) {
    if (node >= limit) {
      return false;
    }
    long block = SeenBlocks.block(top(node >>> Layout.BLOCK_BITS));
    return Blocks.hasKeyInSome(bytes, block, node, kind, high, low);
  }

  /** The block of an index if it was verified and has all 256 nodes, else 0. */
  long fullBlock(long node) {
    long top = seenBlocks.entryOrNone(node >>> Layout.BLOCK_BITS);
    return SeenBlocks.isFull(top) ? SeenBlocks.block(top) : 0;
  }

  /** Whether two nodes have the same kind and key. */
  boolean sameKey(long a, long b) {
    return keyLow(a) == keyLow(b) && keyHigh(a) == keyHigh(b) && kind(a) == kind(b);
  }

  /** Where a node below the limit is, or {@link Blocks#NOWHERE}. */
  long place(long node) {
    long top = top(node >>> Layout.BLOCK_BITS);
    long block = SeenBlocks.block(top);
    return SeenBlocks.isFull(top)
        ? Blocks.place(block, (int) node & 0xff)
        : Blocks.placeInSome(bytes, block, node);
  }

  /** The topmost block of 256 indices below the limit, verified. */
  long block(long range) {
    return SeenBlocks.block(top(range));
  }

  /** What the directory has for 256 indices below the limit. The block is not verified. */
  long entry(long range) {
    long leaf = Endian.u64(bytes, root + 8 * (range >>> Layout.LEAF_BITS), true);
    long number = range >>> Layout.LEAF_BITS;
    if (!seenLeaves.has(number)) {
      check.leaf(leaf, number);
      seenLeaves.add(number);
    }
    return Endian.u64(bytes, entry(leaf, range), true);
  }

  /** All nodes of some ranges. */
  NodeCursor cursor(long firstRange, long endRange) {
    long end = Math.min(limit, endRange << Layout.BLOCK_BITS);
    return new NodeCursor(this, NodeCursor.ALL_KINDS, firstRange << Layout.BLOCK_BITS, end);
  }

  MemorySegment mapped() {
    return bytes;
  }

  CommitRecord commit() {
    return commit;
  }

  List<KeyIndex> index() {
    return List.of(tables);
  }

  BlockCheck check() {
    return check;
  }

  private long top(long range) {
    long top = seenBlocks.entry(range);
    return top != 0 ? top : verified(range);
  }

  private long verified(long range) {
    long block = entry(range);
    check.blocks(block, range);
    return seenBlocks.add(range, block, Blocks.count(bytes, block) == Layout.BLOCK_NODES);
  }

  private static long entry(long leaf, long range) {
    return leaf + Layout.LEAF_TABLE + 8 * (range & Layout.LEAF_ENTRIES - 1);
  }

  private long require(long node) {
    if (node >= 0 && node < limit) {
      long place = place(node);
      if (place != Blocks.NOWHERE) {
        return place;
      }
    }
    throw new NoSuchElementException("%s: no node %d".formatted(path(), node));
  }
}
