package dev.calotype.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Changes to the bytes of files, and looks into folders. */
public final class Bytes {
  private Bytes() {}

  /** Writes {@code bytes} with the bits of {@code mask} flipped at {@code offset}. */
  public static void writeFlipped(Path file, byte[] bytes, int offset, int mask) {
    byte[] changed = bytes.clone();
    changed[offset] ^= (byte) mask;
    write(file, changed);
  }

  /**
   * Makes {@code bytes} the content of the file that is there, or of a new one. It is not emptied
   * first: some file systems write one that was to the disk when it is closed.
   */
  public static void write(Path file, byte[] bytes) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.truncate(bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads all bytes. */
  public static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes that look random and are the same for the same seed. */
  public static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  /** The names in a folder, hidden ones included, sorted. */
  public static List<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
