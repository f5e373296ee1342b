package dev.calotype.graph;

/**
 * Decides what a new block is put on top of. Small blocks below are copied into it and hidden ones
 * passed over, so that there are never many for one range.
 */
final class BlockMerge {
  /** A larger block is never copied for a few nodes on top of it. */
  private static final int MOST_COPIED = 1 << 16;

  private final PendingNodes pending;
  private final Batch[] scratch = {new Batch(), new Batch()};
  private long base;
  private long deadBytes;

  BlockMerge(PendingNodes pending) {
    this.pending = pending;
  }

  /** What the last batch goes on top of; 0 if that is nothing. */
  long base() {
    return base;
  }

  int depth() {
    return base == 0 ? 0 : pending.depth(base) + 1;
  }

  /** Bytes of all blocks that were copied or passed over. */
  long deadBytes() {
    return deadBytes;
  }

  /** The batch with what was copied, valid until the next call; or the batch itself. */
  Batch merge(Batch batch, long top) {
    Batch merged = batch;
    base = top;
    while (base != 0) {
      boolean hidden = isHidden(merged, base);
      if (!hidden && (pending.count(base) > 2 * merged.count || pending.size(base) > MOST_COPIED)) {
        break;
      }
      if (!hidden) {
        merged = copy(merged, base);
      }
      deadBytes += Layout.align(pending.size(base));
      base = pending.base(base);
    }
    return merged;
  }

  private boolean isHidden(Batch batch, long block) {
    int same = 0;
    for (int i = 0; i < batch.count; i++) {
      same += pending.ordinal(block, batch.slots[i]) >= 0 ? 1 : 0;
    }
    return same == pending.count(block);
  }

  private Batch copy(Batch batch, long block) {
    Batch both = batch == scratch[0] ? scratch[1] : scratch[0];
    both.start(batch.range);
    int next = 0;
    for (int slot = 0; slot < Layout.BLOCK_NODES; slot++) {
      if (next < batch.count && batch.slots[next] == slot) {
        both.addFrom(batch, next);
        next++;
      } else {
        int ordinal = pending.ordinal(block, slot);
        if (ordinal >= 0) {
          pending.copy(Blocks.place(block, ordinal), slot, both);
        }
      }
    }
    return both;
  }
}
