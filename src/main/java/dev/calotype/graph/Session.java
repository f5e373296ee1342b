package dev.calotype.graph;

import dev.calotype.Durability;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One run of a program that records what depends on what: the graph's only writer, from when it is
 * opened until it is closed. What is recorded goes to disk in the background while the session
 * lasts, and becomes part of the graph by {@link #checkpoint}, {@link #commit} or {@link
 * #complete}. A session that is closed without, or killed, leaves the graph as it was.
 *
 * <p>Recording waits when the disk is slower than who records. Heap: at most 64 MiB, and one node's
 * edges where they are more than 65,536; besides, 24 bytes for each 256 new nodes until they are
 * committed, 100 for each 256 indices of which some have edges to them before they have nodes, and
 * two bits off the heap for each node of the graph before.
 *
 * <p>Recording, marking and colours are safe for use by several threads. An error while writing in
 * the background is thrown by the next commit; recording goes on without effect.
 */
public final class Session implements AutoCloseable {
  private static final int STRIPES = stripes();

  private final Path path;
  private final SessionOptions options;
  private final WriterLock lock;
  private final Arena arena = Arena.ofAuto();
  private final Optional<Graph> previous;
  private final Colours colours;
  private final Stripe[] stripes = new Stripe[STRIPES];
  private final AtomicLong nextIndex;
  private final ConcurrentLinkedQueue<GreenMarker> markers = new ConcurrentLinkedQueue<>();
  private final BackgroundWriter writer;
  private SegmentBuilder builder;
  private UpdateLog updates;
  private volatile @Nullable Graph latest;
  private boolean ended;
  private boolean broken;
  private volatile boolean closed;

  /** What one of a few groups of threads is recording. */
  private static final class Stripe {
    final ReentrantLock lock = new ReentrantLock();
    @Nullable Batch batch;
    long range;
    int nextSlot = Layout.BLOCK_NODES;
  }

  private Session(Path path, SessionOptions options, WriterLock lock) throws IOException {
    this.path = path;
    this.options = options;
    this.lock = lock;
    this.previous = Files.exists(path) ? Optional.of(Graph.open(path, arena)) : Optional.empty();
    this.latest = previous.orElse(null);
    long limit = previous.map(Graph::limit).orElse(0L);
    this.colours = new Colours(limit, arena);
    this.nextIndex = new AtomicLong(limit);
    this.builder = new SegmentBuilder(path, previous);
    this.updates = new UpdateLog(path);
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
    this.writer = new BackgroundWriter("graph-writer", STRIPES, batch -> this.builder.add(batch));
  }

  /**
   * Begins a session. A graph that is not there yet is made by its first commit.
   *
   * @throws dev.calotype.RefusedException if another session or compaction has the graph
   * @throws dev.calotype.MalformedImageException if no whole segment of it is left
   */
  public static Session open(Path path, SessionOptions options) throws IOException {
    Path real = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
    WriterLock lock = WriterLock.take(real);
    try {
      return new Session(real, options, lock);
    } catch (Throwable e) {
      lock.close();
      throw e;
    }
  }

  /** The graph as it was when the session began; empty if there was none. */
  public Optional<Graph> previous() {
    return previous;
  }

  /**
   * Records a node. If the graph before has one with that kind and key, it keeps its index and gets
   * a colour: green if the value is the same, else red. Otherwise it gets a new index. A thread
   * that records alone gets indices one after the other.
   *
   * @param kind its kind, 0 to 65,535
   * @param edges the nodes it depends on, in the order in which it asked for them; a node may be
   *     recorded later than one that depends on it, but not later than the commit
   * @param count how many of {@code edges} to take
   * @return its index
   * @throws IllegalStateException if it was recorded or coloured in this session already, as far as
   *     that shows at once; else the commit refuses it
   */
  public long node(
      int kind, long keyHigh, long keyLow, long valueHigh, long valueLow, long[] edges, int count) {
    requireOpen();
    check(kind, edges, count);
    Graph before = latest;
    if (before != null) {
      long node = before.find(kind, keyHigh, keyLow);
      if (node != Graph.NONE) {
        again(node, valueHigh, valueLow, edges, count);
        return node;
      }
    }
    Stripe stripe = stripe();
    stripe.lock.lock();
    try {
      Batch batch = batch(stripe);
      System.arraycopy(edges, 0, batch.room(count), batch.edgeCount, count);
      batch.edgeCount += count;
      int slot = stripe.nextSlot++;
      batch.add(slot, kind, keyHigh, keyLow, valueHigh, valueLow);
      long node = batch.range << Layout.BLOCK_BITS | slot;
      if (slot == Layout.BLOCK_NODES - 1 || batch.edgeCount >= Batch.MOST_EDGES) {
        hand(stripe);
      }
      return node; // The batch may be another's by now.
    } finally {
      stripe.lock.unlock();
    }
  }

  /** What is known of a node. New ones are red. */
  public Colour colour(long node) {
    if (node < 0 || node >= colours.limit()) {
      return Colour.RED;
    }
    return switch (colours.get(node)) {
      case Colours.RED -> Colour.RED;
      case Colours.GREEN -> Colour.GREEN;
      default -> Colour.UNKNOWN;
    };
  }

  /**
   * Marks a node of the graph before green if all it depends on is green. What has no colour yet is
   * tried first, in the same way, and where that fails it is computed anew; so values are computed
   * only where something below has changed. Depth is limited by memory only.
   *
   * @param node the node
   * @param recompute computes the value of a node further down and records it again
   * @return whether it is green now; if not, and it has no colour, the caller computes it anew
   * @throws GraphCycleException if the nodes on the way depend on each other in a circle
   * @throws NoSuchElementException if the graph before has no such node
   */
  public boolean tryMarkGreen(long node, Recompute recompute) {
    requireOpen();
    Graph graph = requirePrevious(node);
    int colour = colours.get(node);
    if (colour != Colours.UNKNOWN) {
      return colour == Colours.GREEN;
    }
    GreenMarker marker = markers.poll();
    if (marker == null) {
      marker = new GreenMarker(graph, colours);
    }
    try {
      return marker.mark(node, recompute);
    } finally {
      markers.add(marker);
    }
  }

  /**
   * Says that a node of the graph before is still right, without asking what it depends on. Nothing
   * is written for it.
   *
   * @throws IllegalStateException if it is red
   * @throws NoSuchElementException if the graph before has no such node
   */
  public void promote(long node) {
    requireOpen();
    if (!requirePrevious(node).contains(node)) {
      throw new NoSuchElementException("%s: no node %d".formatted(path, node));
    }
    if (!colours.set(node, Colours.GREEN) && colours.get(node) == Colours.RED) {
      throw new IllegalStateException("node %d is red".formatted(node));
    }
  }

  /**
   * Commits what has been recorded so far; the session goes on. Others who open the graph now see
   * it. Threads may record meanwhile: what they record is in this commit or the next.
   */
  public void checkpoint() throws IOException {
    requireOpen();
    commit(false);
  }

  /** Commits a session that touched a part of the graph. The rest stays as it was. */
  public void commit() throws IOException {
    requireOpen();
    end(false);
  }

  /**
   * Commits a session that touched all that is still needed: nodes without a colour grow older by
   * one session.
   */
  public void complete() throws IOException {
    requireOpen();
    end(true);
  }

  /** Ends the session. What was not committed is gone. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    writer.close();
    Graph graph = latest;
    try (lock) {
      builder.close();
      updates.close();
    } finally {
      if (graph != null) {
        graph.close();
      }
      if (previous.isPresent()) {
        previous.get().close();
      }
    }
  }

  private void again(long node, long valueHigh, long valueLow, long[] edges, int count) {
    if (node >= colours.limit()) {
      throw new IllegalStateException("node %d was recorded already".formatted(node));
    }
    Graph graph = previous.orElseThrow();
    boolean same = graph.valueHigh(node) == valueHigh && graph.valueLow(node) == valueLow;
    if (!colours.set(node, same ? Colours.GREEN : Colours.RED)) {
      throw new IllegalStateException("node %d has a colour already".formatted(node));
    }
    if (same && hasEdges(graph, node, edges, count)) {
      return;
    }
    Stripe stripe = stripe();
    stripe.lock.lock();
    try {
      updates.add(node, valueHigh, valueLow, edges, count);
    } finally {
      stripe.lock.unlock();
    }
  }

  private static boolean hasEdges(Graph graph, long node, long[] edges, int count) {
    if (graph.edgeCount(node) != count) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (graph.edge(node, i) != edges[i]) {
        return false;
      }
    }
    return true;
  }

  private static void check(int kind, long[] edges, int count) {
    if (kind < 0 || kind > Layout.MOST_KIND) {
      throw new IllegalArgumentException("kind " + kind);
    }
    if (count < 0 || count > edges.length || count > Layout.MOST_EDGES) {
      throw new IllegalArgumentException("%d of %d edges".formatted(count, edges.length));
    }
    long all = 0;
    for (int i = 0; i < count; i++) {
      all |= edges[i];
    }
    if (all < 0 || all >= Layout.MOST_NODES) {
      throw new IllegalArgumentException("an edge to a node that can't be");
    }
  }

  private Stripe stripe() {
    return stripes[(int) Thread.currentThread().threadId() & STRIPES - 1];
  }

  /** The batch to add to: the stripe's, continued, or a new one at the next free indices. */
  private Batch batch(Stripe stripe) {
    Batch batch = stripe.batch;
    if (batch != null) {
      return batch;
    }
    batch = writer.take();
    if (stripe.nextSlot == Layout.BLOCK_NODES) {
      long first = nextIndex.getAndUpdate(index -> (index | Layout.BLOCK_NODES - 1) + 1);
      if (first >= Layout.MOST_NODES) {
        throw new IllegalStateException("more than 2^40 nodes");
      }
      stripe.range = first >>> Layout.BLOCK_BITS;
      stripe.nextSlot = (int) first & Layout.BLOCK_NODES - 1;
    }
    batch.start(stripe.range);
    stripe.batch = batch;
    return batch;
  }

  private void hand(Stripe stripe) {
    Batch batch = stripe.batch;
    if (batch != null) {
      writer.submit(batch);
      stripe.batch = null;
    }
  }

  private void end(boolean complete) throws IOException {
    commit(complete);
    ended = true;
    if (options.form() == SessionOptions.Form.REWRITE) {
      CompactionOptions all = CompactionOptions.standard();
      new Compactor(path, all.withDurability(options.durability())).run();
    }
  }

  /**
   * Commits all that was recorded before this moment, and nothing recorded after it, so that no
   * edge leads to what is not there.
   */
  private void commit(boolean complete) throws IOException {
    FutureTask<Boolean> task;
    for (Stripe stripe : stripes) {
      stripe.lock.lock();
    }
    try {
      for (Stripe stripe : stripes) {
        hand(stripe);
      }
      UpdateLog log = updates;
      updates = new UpdateLog(path);
      task = new FutureTask<>(() -> write(log, complete));
      writer.submit(task);
    } finally {
      for (Stripe stripe : stripes) {
        stripe.lock.unlock();
      }
    }
    BackgroundWriter.await(task);
  }

  /** On the background thread. */
  private boolean write(UpdateLog log, boolean complete) throws IOException {
    try (log) {
      Throwable error = writer.error();
      if (error != null) {
        throw new IOException(
            "%s: recording failed: %s".formatted(path, error.getMessage()), error);
      }
      Graph before = latest;
      if (before != null && builder.isEmpty() && log.count() == 0 && !complete) {
        return false;
      }
      if (broken) {
        throw new IOException(path + ": an earlier commit failed, and what it had is lost");
      }
      broken = true;
      SegmentBuilder finished = builder;
      CommitRecord record = finished.finish(log, out -> ages(out, complete), facts(complete));
      if (before == null) {
        SegmentCommit.publish(finished.file(), record, options.durability());
      } else {
        SegmentCommit.append(path, finished.file(), record, options.durability());
      }
      Graph after = Graph.open(path, Arena.ofAuto());
      latest = after;
      builder = new SegmentBuilder(path, Optional.of(after));
      finished.close();
      broken = false;
      if (before != null && before != previous.orElse(null)) {
        before.close();
      }
      return true;
    }
  }

  /** Says which nodes of the graph before have had no colour for the first time, or one again. */
  private long ages(SegmentFile out, boolean complete) throws IOException {
    long before = previous.map(graph -> graph.commit().liveness()).orElse(0L);
    if (!complete || previous.isEmpty()) {
      return before;
    }
    long limit = colours.limit();
    long[] old = Liveness.uncoloured(previous, limit);
    long[] removed = new long[old.length];
    for (int i = 0; i < old.length; i++) {
      long now = colours.uncoloured(i);
      removed[i] = old[i] & ~now;
      old[i] = now & ~old[i];
    }
    Runs added = Runs.of(old);
    Runs revived = Runs.of(removed);
    if (added.size() == 0 && revived.size() == 0) {
      return before;
    }
    return Liveness.write(out, before, facts(true).completed(), added, revived);
  }

  private SegmentBuilder.Facts facts(boolean complete) {
    long sessions = previous.map(graph -> graph.commit().sessions()).orElse(0L) + 1;
    long completed = previous.map(graph -> graph.commit().completed()).orElse(0L);
    return new SegmentBuilder.Facts(
        sessions, completed + (complete ? 1 : 0), options.durability() == Durability.FAST);
  }

  private Graph requirePrevious(long node) {
    if (node < 0 || node >= colours.limit()) {
      throw new NoSuchElementException("%s: no node %d before".formatted(path, node));
    }
    return previous.orElseThrow();
  }

  private void requireOpen() {
    if (ended || closed) {
      throw new IllegalStateException("the session has ended");
    }
  }

  private static int stripes() {
    int processors = Runtime.getRuntime().availableProcessors();
    return Math.min(16, Integer.highestOneBit(2 * processors));
  }
}
