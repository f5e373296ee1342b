package dev.calotype.os;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Memory of one thread that holds a path as the system wants it: the very bytes that the JDK would
 * pass, and a NUL. No garbage for a path whose text says its bytes.
 */
public final class PathBytes {
  /** {@code PATH_MAX}, linux/limits.h, the NUL included. */
  private static final int MOST = 4096;

  /** The most bytes that UTF-8 needs for one char. */
  private static final int MOST_PER_CHAR = 3;

  /** Stands for bytes that are no UTF-8. */
  private static final char REPLACEMENT = '\ufffd';

  private static final boolean UTF_8 = System.getProperty("sun.jnu.encoding", "").equals("UTF-8");

  /** Whether a relative path means to the system what it means to the JDK. */
  private static final boolean SAME_FOLDER = isSameFolder();

  private static final ThreadLocal<PathBytes> MINE = ThreadLocal.withInitial(PathBytes::new);

  private final MemorySegment bytes = Arena.ofAuto().allocate(MOST);
  private final Optional<PathBytes> itself = Optional.of(this);

  /** How many bytes the folder's path has. */
  private int folder;

  private PathBytes() {}

  /**
   * The bytes of a path, until this thread asks for those of another.
   *
   * @return empty if the path is not of the system's own files, or too long for the system
   */
  static Optional<PathBytes> of(Path path) {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      return Optional.empty();
    }
    PathBytes mine = MINE.get();
    String text = path.toString();
    if (!text.isEmpty() && isPlain(text) && (SAME_FOLDER || text.charAt(0) == '/')) {
      mine.bytes.setString(0, text, StandardCharsets.UTF_8);
      return mine.itself;
    }
    return mine.encode(path) ? mine.itself : Optional.empty();
  }

  /**
   * The bytes of a folder's path, for those of what is below it. This thread asks for no other path
   * meanwhile.
   *
   * @return empty as {@link #of}
   */
  public static Optional<PathBytes> ofFolder(Path folder) {
    Optional<PathBytes> name = of(folder);
    if (name.isPresent()) {
      PathBytes mine = name.get();
      mine.folder = mine.bytes.getString(0, StandardCharsets.ISO_8859_1).length();
      mine.bytes.set(ValueLayout.JAVA_BYTE, mine.folder, (byte) '/');
    }
    return name;
  }

  /** Whether {@link #below} can say what the JDK would, of this part of a path as UTF-8. */
  public boolean isWhole(byte[] path, int from, int to) {
    if (to - from >= MOST - folder - 1) {
      return false;
    }
    for (int at = from; at < to && !UTF_8; at++) {
      if (path[at] < 0) {
        return false;
      }
    }
    return true;
  }

  /** This path from now on: the folder, and below it these bytes. */
  public PathBytes below(byte[] path, int from, int to) {
    MemorySegment.copy(path, from, bytes, ValueLayout.JAVA_BYTE, folder + 1L, to - from);
    bytes.set(ValueLayout.JAVA_BYTE, folder + 1L + to - from, (byte) 0);
    return this;
  }

  /** The path with a NUL after it. */
  MemorySegment segment() {
    return bytes;
  }

  private static boolean isPlain(String text) {
    if (text.length() >= MOST / MOST_PER_CHAR) {
      return false;
    }
    if (UTF_8) {
      return text.indexOf(REPLACEMENT) < 0;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /** By way of the URI, which spells the bytes that no text does. */
  private boolean encode(Path path) {
    String uri = path.toAbsolutePath().toUri().getRawPath();
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    for (int i = 0; i < uri.length(); i++) {
      if (uri.charAt(i) == '%') {
        raw.write(HexFormat.fromHexDigits(uri, i + 1, i + 3));
        i += 2;
      } else {
        raw.write(uri.charAt(i));
      }
    }
    if (raw.size() >= MOST) {
      return false;
    }
    raw.write(0);
    MemorySegment.copy(raw.toByteArray(), 0, bytes, ValueLayout.JAVA_BYTE, 0, raw.size());
    return true;
  }

  /** The JDK's default folder is a property, which its user may set. */
  private static boolean isSameFolder() {
    try {
      return Files.isSameFile(Path.of("").toAbsolutePath(), Path.of("/proc/self/cwd"));
    } catch (IOException e) {
      return false;
    }
  }
}
