package dev.calotype.cache;

import com.jakewharton.disklrucache.DiskLruCache;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** DiskLruCache: a hit is a stream, which is read into an array. */
final class DiskLruPeer implements Peer {
  private final DiskLruCache cache;
  private final byte[] bytes;

  private DiskLruPeer(Path folder, int bytes) throws IOException {
    this.cache = open(folder);
    this.bytes = new byte[bytes];
  }

  /** One with this file in it. */
  static DiskLruPeer of(Path file) throws IOException {
    int bytes = Math.toIntExact(Files.size(file));
    Path folder =
        BenchEntries.once(
            "disklru-" + bytes,
            fresh -> {
              try (DiskLruCache cache = open(fresh)) {
                DiskLruCache.Editor editor = cache.edit(KEY);
                try (OutputStream out = editor.newOutputStream(0)) {
                  Files.copy(file, out);
                }
                editor.commit();
              }
            });
    return new DiskLruPeer(folder, bytes);
  }

  private static DiskLruCache open(Path folder) throws IOException {
    return DiskLruCache.open(folder.toFile(), 1, 1, Long.MAX_VALUE);
  }

  @Override
  public byte hit() throws IOException {
    try (DiskLruCache.Snapshot snapshot = cache.get(KEY);
        InputStream in = snapshot.getInputStream(0)) {
      if (in.readNBytes(bytes, 0, bytes.length) != bytes.length) {
        throw new IOException("too short");
      }
    }
    return Peer.touch(ByteBuffer.wrap(bytes));
  }

  @Override
  public void close() throws IOException {
    cache.close();
  }
}
