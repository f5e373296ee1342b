package dev.calotype.cache;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** As wasmtime does it: a compressed file is read, decoded, and copied to where code can run. */
final class ZstdPeer implements Peer {
  /** Wasmtime's. */
  private static final int LEVEL = 3;

  private static final String NAME = "artifact.zst";

  private final Path file;
  private final ByteBuffer packed;
  private final ByteBuffer decoded;
  private final ByteBuffer code;

  private ZstdPeer(Path file, long bytes) throws IOException {
    this.file = file;
    this.packed = Peer.memory(Files.size(file));
    this.decoded = Peer.memory(bytes);
    this.code = Peer.memory(bytes);
  }

  /** One with this file in it. */
  static ZstdPeer of(Path artifact) throws IOException {
    long bytes = Files.size(artifact);
    Path folder =
        BenchEntries.once(
            "zstd-" + bytes,
            fresh -> {
              try (OutputStream out =
                  new ZstdOutputStream(Files.newOutputStream(fresh.resolve(NAME)), LEVEL)) {
                Files.copy(artifact, out);
              }
            });
    return new ZstdPeer(folder.resolve(NAME), bytes);
  }

  @Override
  public byte hit() throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      packed.clear();
      while (packed.hasRemaining() && channel.read(packed) > 0) {
        // There may be more.
      }
    }
    long size =
        Zstd.decompressDirectByteBuffer(
            decoded, 0, decoded.capacity(), packed, 0, packed.position());
    if (size != decoded.capacity()) {
      throw new IOException("decoded to " + size);
    }
    code.clear().put(decoded.clear());
    return Peer.touch(code.flip());
  }

  @Override
  public void close() {}
}
