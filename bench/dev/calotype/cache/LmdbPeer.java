package dev.calotype.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;

/** A table of LMDB: a hit is a read transaction, and what it returns is mapped. */
final class LmdbPeer implements Peer {
  private static final long SPARE = 1L << 24;

  private final Env<ByteBuffer> env;
  private final Dbi<ByteBuffer> table;
  private final ByteBuffer key;

  private LmdbPeer(Path folder, long mapBytes) {
    this.env =
        Env.create()
            .setMapSize(mapBytes)
            .setMaxDbs(1)
            .open(folder.toFile(), EnvFlags.MDB_NOSYNC, EnvFlags.MDB_NORDAHEAD);
    this.table = env.openDbi("artifacts", DbiFlags.MDB_CREATE);
    byte[] name = KEY.getBytes(StandardCharsets.US_ASCII);
    this.key = ByteBuffer.allocateDirect(name.length).put(name).flip();
  }

  /** One with this file in it. */
  static LmdbPeer of(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long bytes = channel.size();
      Path folder =
          BenchEntries.once(
              "lmdb-" + bytes,
              fresh -> {
                try (LmdbPeer made = new LmdbPeer(fresh, bytes + SPARE)) {
                  made.put(channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes));
                }
              });
      return new LmdbPeer(folder, bytes + SPARE);
    }
  }

  private void put(ByteBuffer bytes) {
    try (Txn<ByteBuffer> txn = env.txnWrite()) {
      table.reserve(txn, key, bytes.remaining()).put(bytes);
      txn.commit();
    }
  }

  @Override
  public byte hit() {
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      return Peer.touch(table.get(txn, key));
    }
  }

  @Override
  public void close() {
    env.close();
  }
}
