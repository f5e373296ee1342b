package dev.calotype.graph;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * What a user of the JVM might take instead: a table of RocksDB, not compressed and mapped, from
 * kind and key to index, value and edges. A lookup copies at most the first eight bytes.
 */
final class Rocks implements AutoCloseable {
  private static final int BATCH = 10_000;

  static {
    RocksDB.loadLibrary();
  }

  private final BloomFilter filter = new BloomFilter(10);
  private final Options options;
  private final ReadOptions reading = new ReadOptions();
  private final RocksDB table;
  private final ByteBuffer key = ByteBuffer.allocateDirect(18);
  private final ByteBuffer index = ByteBuffer.allocateDirect(8);

  private Rocks(Path folder, boolean make) throws RocksDBException {
    options =
        new Options()
            .setCreateIfMissing(make)
            .setCompressionType(CompressionType.NO_COMPRESSION)
            .setAllowMmapReads(true)
            .setTableFormatConfig(new BlockBasedTableConfig().setFilterPolicy(filter));
    table =
        make
            ? RocksDB.open(options, folder.toString())
            : RocksDB.openReadOnly(options, folder.toString());
  }

  /** Opens a folder that {@link #folder} made. */
  static Rocks open(Path folder) throws IOException {
    try {
      return new Rocks(folder, false);
    } catch (RocksDBException e) {
      throw new IOException(e);
    }
  }

  /** The folder of a graph's table, made under {@code target/bench} when it is first wanted. */
  static Path folder(BenchGraph graph) throws IOException {
    Path file = graph.file();
    Path folder = Path.of(file + ".rocksdb");
    if (!Files.exists(folder)) {
      Path fresh = Files.createDirectories(Path.of(file + ".rocksdb.new"));
      try (Arena arena = Arena.ofShared();
          Graph from = Graph.open(file, arena);
          Rocks made = new Rocks(fresh, true)) {
        made.putAll(from);
      } catch (RocksDBException e) {
        throw new IOException(e);
      }
      Files.move(fresh, folder);
    }
    return folder;
  }

  /** The sum of the indices of all keys. */
  long find(Keys keys) throws IOException {
    long sum = 0;
    for (int i = 0; i < Keys.COUNT; i++) {
      if (!has(keys.kinds[i], keys.highs[i], keys.lows[i])) {
        throw new IllegalStateException("a key is missing");
      }
      sum += index.getLong(0);
    }
    return sum;
  }

  /** Whether there is a node with that key. */
  boolean has(int kind, long high, long low) throws IOException {
    try {
      return table.get(reading, key(kind, high, low), index.clear()) != RocksDB.NOT_FOUND;
    } catch (RocksDBException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    table.close();
    reading.close();
    options.close();
    filter.close();
  }

  private void putAll(Graph graph) throws RocksDBException {
    long[] edges = new long[1 << 22];
    ByteBuffer value = ByteBuffer.allocateDirect(1 << 24);
    try (WriteOptions writing = new WriteOptions().setDisableWAL(true);
        WriteBatch batch = new WriteBatch()) {
      for (NodeCursor cursor = graph.cursor(); cursor.next(); ) {
        int count = cursor.edges(edges);
        value.clear();
        value.putLong(cursor.node()).putLong(cursor.valueHigh()).putLong(cursor.valueLow());
        for (int i = 0; i < count; i++) {
          value.putInt((int) edges[i]);
        }
        batch.put(key(cursor.kind(), cursor.keyHigh(), cursor.keyLow()), value.flip());
        if (batch.count() == BATCH) {
          table.write(writing, batch);
          batch.clear();
        }
      }
      table.write(writing, batch);
    }
    table.compactRange();
  }

  private ByteBuffer key(int kind, long high, long low) {
    return key.clear().putShort((short) kind).putLong(high).putLong(low).flip();
  }
}
