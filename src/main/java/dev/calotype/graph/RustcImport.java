package dev.calotype.graph;

import dev.calotype.Durability;
import dev.calotype.graph.rustc.NodeVisitor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Puts nodes that have their indices already into the first segment of a new graph. They come
 * nearly in order: rustc gives 256 indices to a thread at a time, which are one range here. So a
 * range is kept until it is full, and there are about as many of them as threads.
 */
final class RustcImport implements NodeVisitor, AutoCloseable {
  /** Ranges kept at a time. If there are more, the oldest is written as it is. */
  private static final int MOST_OPEN = 384;

  private final SegmentBuilder builder;
  private final UpdateLog noUpdates;
  private final Map<Long, Batch> open = new LinkedHashMap<>();
  private final Deque<Batch> free = new ArrayDeque<>();
  private final Batch sorted = new Batch();
  private final int[] order = new int[Layout.BLOCK_NODES];

  RustcImport(Path target) throws IOException {
    builder = new SegmentBuilder(target, Optional.empty());
    noUpdates = new UpdateLog(target);
  }

  @Override
  public void node(
      long index,
      int kind,
      long keyHigh,
      long keyLow,
      long valueHigh,
      long valueLow,
      long[] edges,
      int count)
      throws IOException {
    long range = index >>> Layout.BLOCK_BITS;
    Batch batch = open.get(range);
    if (batch == null) {
      batch = start(range);
    }
    System.arraycopy(edges, 0, batch.room(count), batch.edgeCount, count);
    batch.edgeCount += count;
    batch.add((int) index & Layout.BLOCK_NODES - 1, kind, keyHigh, keyLow, valueHigh, valueLow);
    if (batch.count == Layout.BLOCK_NODES || batch.edgeCount >= Batch.MOST_EDGES) {
      open.remove(range);
      write(batch);
    }
  }

  /** Makes the graph appear. */
  void publish(Durability durability) throws IOException {
    for (Batch batch : open.values()) {
      write(batch);
    }
    open.clear();
    boolean isFast = durability == Durability.FAST;
    SegmentBuilder.Facts facts = new SegmentBuilder.Facts(1, 0, isFast);
    CommitRecord record = builder.finish(noUpdates, _ -> 0, facts);
    SegmentCommit.publish(builder.file(), record, durability);
  }

  @Override
  public void close() throws IOException {
    try (builder) {
      noUpdates.close();
    }
  }

  private Batch start(long range) throws IOException {
    if (open.size() == MOST_OPEN) {
      Iterator<Batch> oldest = open.values().iterator();
      Batch batch = oldest.next();
      oldest.remove();
      write(batch);
    }
    Batch batch = free.isEmpty() ? new Batch() : free.pop();
    batch.start(range);
    open.put(range, batch);
    return batch;
  }

  private void write(Batch batch) throws IOException {
    if (isSorted(batch)) {
      builder.add(batch);
    } else {
      Arrays.fill(order, -1);
      for (int i = 0; i < batch.count; i++) {
        order[batch.slots[i]] = i;
      }
      sorted.start(batch.range);
      for (int i : order) {
        if (i >= 0) {
          sorted.addFrom(batch, i);
        }
      }
      builder.add(sorted);
    }
    free.push(batch);
  }

  private static boolean isSorted(Batch batch) {
    for (int i = 1; i < batch.count; i++) {
      if (batch.slots[i] < batch.slots[i - 1]) {
        return false;
      }
    }
    return true;
  }
}
