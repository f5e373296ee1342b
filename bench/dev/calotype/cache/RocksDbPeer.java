package dev.calotype.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** RocksDB with values in blob files, not compressed: a hit is a copy, its checksum checked. */
final class RocksDbPeer implements Peer {
  static {
    RocksDB.loadLibrary();
  }

  private final Options options = options();
  private final ReadOptions reading = new ReadOptions();
  private final RocksDB table;
  private final ByteBuffer key;
  private final ByteBuffer bytes;

  /** Not read-only: like that, RocksDB 10.2 finds no value that is in a blob file. */
  private RocksDbPeer(Path folder, ByteBuffer key, long bytes) throws RocksDBException {
    this.table = RocksDB.open(options, folder.toString());
    this.key = key;
    this.bytes = Peer.memory(bytes);
  }

  /** One with this file in it. */
  static RocksDbPeer of(Path file) throws IOException {
    byte[] name = KEY.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer direct = ByteBuffer.allocateDirect(name.length).put(name).flip();
    try (FileChannel channel = FileChannel.open(file)) {
      long bytes = channel.size();
      Path folder =
          BenchEntries.once(
              "rocksdb-" + bytes,
              fresh -> put(fresh, direct, channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes)));
      return new RocksDbPeer(folder, direct, bytes);
    } catch (RocksDBException e) {
      throw new IOException(e);
    }
  }

  private static Options options() {
    return new Options().setCreateIfMissing(true).setEnableBlobFiles(true).setMinBlobSize(0);
  }

  private static void put(Path folder, ByteBuffer key, ByteBuffer bytes) throws IOException {
    try (Options options = options();
        WriteOptions writing = new WriteOptions().setDisableWAL(true);
        FlushOptions flushing = new FlushOptions();
        RocksDB table = RocksDB.open(options, folder.toString())) {
      table.put(writing, key.duplicate(), bytes);
      table.flush(flushing);
    } catch (RocksDBException e) {
      throw new IOException(e);
    }
  }

  @Override
  public byte hit() throws IOException {
    try {
      int size = table.get(reading, key.rewind(), bytes.clear());
      if (size != bytes.capacity()) {
        throw new IOException("a value of " + size);
      }
      return Peer.touch(bytes);
    } catch (RocksDBException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    table.close();
    reading.close();
    options.close();
  }
}
