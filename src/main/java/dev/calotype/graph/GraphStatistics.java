package dev.calotype.graph;

import dev.calotype.bytes.Endian;
import java.lang.foreign.MemorySegment;

/**
 * What the bytes of a graph's file are for.
 *
 * @param cells one for each node: its entries in the dictionaries and where its edges start
 * @param keys key fingerprints
 * @param values value fingerprints
 * @param kinds kinds
 * @param edges targets of edges
 * @param headers headers and bitmaps of blocks, and the zeros behind them
 * @param directory leaves and root
 * @param index tables from keys to nodes
 * @param dead what nothing leads to any more, as far as the writers counted it
 * @param blocks how many blocks there are
 * @param covered of these, how many have another one below
 */
public record GraphStatistics(
    long cells,
    long keys,
    long values,
    long kinds,
    long edges,
    long headers,
    long directory,
    long index,
    long dead,
    long blocks,
    long covered) {
  static GraphStatistics of(Graph graph) {
    MemorySegment bytes = graph.mapped();
    long[] sums = new long[8];
    for (long range = 0; range < graph.commit().blocks(); range++) {
      for (long block = graph.block(range); block != 0; block = Blocks.base(bytes, block)) {
        add(bytes, block, sums);
      }
    }
    CommitRecord commit = graph.commit();
    long index = commit.tables().stream().mapToLong(IndexTable::bytes).sum();
    return new GraphStatistics(
        sums[0],
        sums[1],
        sums[2],
        sums[3],
        sums[4],
        sums[5],
        commit.leaves() * (Layout.LEAF_SIZE + 8),
        index,
        graph.deadBytes(),
        sums[6],
        sums[7]);
  }

  private static void add(MemorySegment bytes, long block, long[] sums) {
    long keys = Endian.u16(bytes, block + Layout.BLOCK_KEYS, true);
    long prefixes = Endian.u16(bytes, block + Layout.BLOCK_PREFIXES, true);
    long edgesAt = Endian.u32(bytes, block + Layout.BLOCK_EDGES_AT, true);
    sums[0] += 8L * (Blocks.count(bytes, block) + 1);
    sums[1] += 8 * prefixes + 9 * keys;
    sums[2] += 16L * Endian.u16(bytes, block + Layout.BLOCK_VALUES, true);
    sums[3] += 2L * Endian.u16(bytes, block + Layout.BLOCK_KINDS, true);
    sums[4] += Blocks.size(bytes, block) - edgesAt - Layout.BLOCK_PADDING;
    sums[5] +=
        Layout.BLOCK_CELLS
            + Layout.BLOCK_PADDING
            + Layout.align(Blocks.size(bytes, block))
            - Blocks.size(bytes, block);
    sums[6]++;
    sums[7] += Blocks.base(bytes, block) == 0 ? 0 : 1;
  }
}
