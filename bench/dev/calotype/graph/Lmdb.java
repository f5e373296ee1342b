package dev.calotype.graph;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;

/**
 * What a user of the JVM might take instead: a table of LMDB, from kind and key to index, value and
 * edges.
 */
final class Lmdb implements AutoCloseable {
  private static final long MOST_BYTES = 1L << 36;
  private static final int BATCH = 100_000;

  private final Env<ByteBuffer> env;
  private final Dbi<ByteBuffer> table;
  private final ByteBuffer key = ByteBuffer.allocateDirect(18);

  private Lmdb(Env<ByteBuffer> env) {
    this.env = env;
    this.table = env.openDbi("nodes", DbiFlags.MDB_CREATE);
  }

  /** Opens a folder, which has one file; an empty one makes a new table. */
  static Lmdb open(Path folder) {
    return new Lmdb(
        Env.create()
            .setMapSize(MOST_BYTES)
            .setMaxDbs(1)
            .open(folder.toFile(), EnvFlags.MDB_NOSYNC, EnvFlags.MDB_NORDAHEAD));
  }

  /** The table of a graph, made under {@code target/bench} when it is first wanted. */
  static Lmdb of(BenchGraph graph) throws IOException {
    return open(folder(graph));
  }

  /** The folder of that table. */
  static Path folder(BenchGraph graph) throws IOException {
    Path file = graph.file();
    Path folder = Path.of(file + ".lmdb");
    if (!Files.exists(folder)) {
      Path fresh = Files.createDirectories(Path.of(file + ".lmdb.new"));
      try (Arena arena = Arena.ofShared();
          Graph from = Graph.open(file, arena);
          Lmdb made = open(fresh)) {
        made.putAll(from);
      }
      Files.move(fresh, folder);
    }
    return folder;
  }

  /** The sum of the indices of all keys. */
  long find(Keys keys) {
    long sum = 0;
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      for (int i = 0; i < Keys.COUNT; i++) {
        ByteBuffer value = table.get(txn, key(keys.kinds[i], keys.highs[i], keys.lows[i]));
        sum += value.getLong(0);
      }
    }
    return sum;
  }

  /** Whether there is a node with that key. */
  boolean has(int kind, long high, long low) {
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      return table.get(txn, key(kind, high, low)) != null;
    }
  }

  /** Puts each node of a graph. */
  void putAll(Graph graph) {
    long[] edges = new long[1 << 22];
    try (Puts puts = new Puts()) {
      for (NodeCursor cursor = graph.cursor(); cursor.next(); ) {
        int count = cursor.edges(edges);
        puts.put(
            cursor.node(),
            cursor.kind(),
            cursor.keyHigh(),
            cursor.keyLow(),
            cursor.valueHigh(),
            cursor.valueLow(),
            edges,
            count);
      }
    }
  }

  /** Puts made-up nodes and returns how many. */
  long record(int nodes) {
    try (Puts puts = new Puts()) {
      BenchGraph.generate(
          0,
          nodes,
          1,
          (kind, high, low, valueHigh, valueLow, edges, count) ->
              puts.put(puts.count, kind, high, low, valueHigh, valueLow, edges, count));
      return puts.count;
    }
  }

  /** Transactions of many nodes each. */
  private final class Puts implements AutoCloseable {
    private final ByteBuffer value = ByteBuffer.allocateDirect(1 << 24);
    private Txn<ByteBuffer> txn = env.txnWrite();
    private long count;

    long put(
        long node,
        int kind,
        long high,
        long low,
        long valueHigh,
        long valueLow,
        long[] edges,
        int edgeCount) {
      value.clear();
      value.putLong(node).putLong(valueHigh).putLong(valueLow);
      for (int i = 0; i < edgeCount; i++) {
        value.putInt((int) edges[i]);
      }
      table.put(txn, key(kind, high, low), value.flip());
      if (++count % BATCH == 0) {
        commit();
        txn = env.txnWrite();
      }
      return node;
    }

    @Override
    public void close() {
      commit();
    }

    private void commit() {
      txn.commit();
      txn.close();
    }
  }

  @Override
  public void close() {
    env.close();
  }

  private ByteBuffer key(int kind, long high, long low) {
    return key.clear().putShort((short) kind).putLong(high).putLong(low).flip();
  }
}
