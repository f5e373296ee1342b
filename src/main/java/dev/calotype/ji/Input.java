package dev.calotype.ji;

import dev.calotype.bytes.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Something that content was made from, as it was then.
 *
 * @param path where it is, under a root that each machine puts elsewhere: {@code @src/lib/a.c}
 * @param kind what it is
 * @param size a file's size in bytes; 0 for the other kinds
 * @param digest the SHA-256 in hex of a file's content, or of a folder's sorted names with a NUL
 *     after each; empty for {@link Kind#MISSING}
 */
public record Input(String path, Kind kind, long size, String digest) {
  /** What an input is. */
  public enum Kind {
    /** A regular file: its content counts. */
    FILE(0, "a file"),
    /** A folder: the names in it count, what is behind them does not. */
    FOLDER(1, "a folder"),
    /** Nothing: a place that was looked at and was empty. Something there now counts. */
    MISSING(2, "nothing");

    private final int number;
    private final String words;

    Kind(int number, String words) {
      this.number = number;
      this.words = words;
    }

    static Optional<Kind> of(long number) {
      for (Kind kind : values()) {
        if (kind.number == number) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }

    /** The number in the file. */
    int number() {
      return number;
    }

    String words() {
      return words;
    }
  }

  private static final int MOST_PATH_CHARS = 4096;

  /** Checks the path and the digest. */
  public Input {
    if (!isPath(path)) {
      throw new IllegalArgumentException("not @root/path in normal form: " + path);
    }
    if (size < 0 || digest.length() != (kind == Kind.MISSING ? 0 : 2 * Sha256.SIZE)) {
      throw new IllegalArgumentException("%s of %d bytes, %s".formatted(kind, size, digest));
    }
  }

  /**
   * Records what is at {@code place} now; links are followed.
   *
   * @param path under which name it is recorded
   * @throws IOException if it is there and can't be read, or is neither file nor folder
   */
  public static Input of(String path, Path place) throws IOException {
    if (Files.isDirectory(place)) {
      return new Input(path, Kind.FOLDER, 0, PageOne.hex(folderDigest(place)));
    }
    if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      return new Input(path, Kind.MISSING, 0, "");
    }
    Sha256 digest = new Sha256();
    long size = fileDigest(place, digest);
    return new Input(path, Kind.FILE, size, PageOne.hex(digest.finish()));
  }

  /** The root's name: {@code src} of {@code @src/lib/a.c}. */
  public String root() {
    return path.substring(1, path.indexOf('/'));
  }

  /** The part below the root. */
  String below() {
    return path.substring(path.indexOf('/') + 1);
  }

  /** Adds a file's bytes, read through private memory. */
  static long fileDigest(Path file, Sha256 digest) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is no regular file"); // Opening a pipe would block.
    }
    byte[] buffer = new byte[1 << 16];
    long size = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        digest.add(buffer, 0, length);
        size += length;
      }
    }
    return size;
  }

  static byte[] folderDigest(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        names.add(file.getFileName().toString());
      }
    }
    names.sort(Group.ORDER);
    Sha256 digest = new Sha256();
    for (String name : names) {
      digest.add((name + '\0').getBytes(StandardCharsets.UTF_8));
    }
    return digest.finish();
  }

  /** Whether a path stays below its root and has one spelling only. */
  static boolean isPath(String path) {
    int slash = path.indexOf('/');
    if (!path.startsWith("@") || slash < 2 || path.length() > MOST_PATH_CHARS) {
      return false;
    }
    int start = slash + 1;
    for (int at = start; at <= path.length(); at++) {
      if (at == path.length() || path.charAt(at) == '/') {
        int length = at - start;
        boolean dots =
            length <= 2 && path.charAt(at - 1) == '.' && (length < 2 || path.charAt(start) == '.');
        if (length == 0 || dots) {
          return false;
        }
        start = at + 1;
      }
    }
    return path.indexOf('\0') < 0;
  }
}
