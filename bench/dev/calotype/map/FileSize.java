package dev.calotype.map;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.SplittableRandom;

/** The files that are mapped or read, made under {@code target/bench} when one is first wanted. */
public enum FileSize {
  /** One page. */
  KIB_4(4L << 10),
  /** Fits a processor's second cache. */
  KIB_64(64L << 10),
  /** Fits most third caches. */
  MIB_1(1L << 20),
  /** Fits large ones. */
  MIB_16(16L << 20),
  /** Fits none. */
  MIB_256(256L << 20),
  /** No array and no buffer is as large. */
  GIB_3(3L << 30);

  private static final Path FOLDER = Path.of("target", "bench", "map");
  private static final int PART = 1 << 20;

  /** What the disk keeps. */
  private static final long SPARE = 1L << 30;

  private static final long LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final long bytes;

  FileSize(long bytes) {
    this.bytes = bytes;
  }

  /** The size in bytes. */
  long bytes() {
    return bytes;
  }

  /** Whether an array has room for all of it. */
  boolean fitsArray() {
    return bytes <= LARGEST_ARRAY;
  }

  private Path path() {
    return FOLDER.toAbsolutePath().resolve(name());
  }

  /** Why there can be no such file here, if there can't. */
  Optional<String> missing() throws IOException {
    if (Files.exists(path())) {
      return Optional.empty();
    }
    Files.createDirectories(FOLDER);
    long free = Files.getFileStore(FOLDER).getUsableSpace();
    return free >= bytes + SPARE
        ? Optional.empty()
        : Optional.of("the disk has %d MiB left".formatted(free >> 20));
  }

  /** The file, on the disk. */
  Path file() throws IOException {
    Path file = path();
    if (!Files.exists(file)) {
      Path fresh = file.resolveSibling(name() + ".new");
      ByteBuffer part = ByteBuffer.allocateDirect((int) Math.min(PART, bytes));
      SplittableRandom random = new SplittableRandom(bytes);
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        for (long done = 0; done < bytes; done += part.capacity()) {
          part.clear();
          while (part.hasRemaining()) {
            part.putLong(random.nextLong());
          }
          part.flip();
          while (part.hasRemaining()) {
            channel.write(part);
          }
        }
        // Pages that wait to be written can't be dropped.
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return file;
  }
}
