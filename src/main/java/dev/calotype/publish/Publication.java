package dev.calotype.publish;

import dev.calotype.Durability;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file being written beside its target, under a name nobody reads, until it is published. Closing
 * an unpublished one removes it, and so does an orderly end of the JVM, as after Ctrl-C.
 *
 * <p>Not safe for use by several threads.
 */
public final class Publication implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Set<Path> UNPUBLISHED = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Publication::removeUnpublished));
  }

  private Path target;
  private final Path temporary;
  private final boolean replace;
  private final FileChannel channel;
  private Optional<WriteBehind> writeBehind = Optional.empty();
  private long written;
  private boolean replacedOlder;

  private Publication(Path target, Path temporary, boolean replace, FileChannel channel) {
    this.target = target;
    this.temporary = temporary;
    this.replace = replace;
    this.channel = channel;
  }

  /**
   * Starts a file that will appear as {@code target}.
   *
   * @param replace whether a file already there may be replaced
   * @throws FileAlreadyExistsException if it may not and there is one
   * @throws IOException if the folder is missing or can't be written, or {@code target} is there
   *     and no regular file
   */
  public static Publication beside(Path target, boolean replace) throws IOException {
    requirePlace(target, replace);
    Path place = target.toAbsolutePath();
    Leftovers.collect(folderOf(place), Publication::isOwn);
    String name = place.getFileName().toString();
    while (true) {
      Path temporary = place.resolveSibling(Leftovers.temporary(name, RANDOM.nextLong()));
      // Before the file is there, so that nobody in this process takes it for a leftover.
      UNPUBLISHED.add(temporary);
      Optional<FileChannel> channel = Optional.empty();
      try {
        channel = create(temporary);
      } finally {
        if (channel.isEmpty()) {
          UNPUBLISHED.remove(temporary);
        }
      }
      if (channel.isPresent()) {
        return new Publication(target, temporary, replace, channel.get());
      }
    }
  }

  /** Makes and locks a temporary; empty if it was taken for a leftover before it was locked. */
  private static Optional<FileChannel> create(Path temporary) throws IOException {
    // Also for reading: what has been written may be mapped before it is published.
    FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE_NEW);
    boolean locked;
    try {
      locked = Leftovers.lock(channel) != null;
    } catch (IOException e) {
      locked = true; // No locks here, so nobody who removes what is not locked.
    }
    // Whoever removed it had the lock before.
    if (locked && Files.exists(temporary, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of(channel);
    }
    channel.close();
    return Optional.empty();
  }

  /** Whether a temporary is this process's. */
  static boolean isOwn(Path temporary) {
    return UNPUBLISHED.contains(temporary) || WorkFolder.isOwn(temporary);
  }

  /** The name the file will have. */
  public Path target() {
    return target;
  }

  /** The name it has until it is published. */
  public Path temporary() {
    return temporary;
  }

  /**
   * Gives the file another name to appear under, in a folder of the same file system.
   *
   * @throws IOException as {@link #beside} for that name
   */
  public void retarget(Path target) throws IOException {
    requirePlace(target, replace);
    this.target = target;
  }

  /**
   * Maps what has been appended, read-only.
   *
   * @param arena owns the mapping, which outlives this object and both names
   */
  public MemorySegment map(Arena arena) throws IOException {
    return channel.map(FileChannel.MapMode.READ_ONLY, 0, written, arena);
  }

  /** How many bytes have been appended. */
  public long position() {
    return written;
  }

  /** Appends {@code length} bytes from {@code offset}. */
  public void write(byte[] bytes, int offset, int length) throws IOException {
    overwrite(written, bytes, offset, length);
    written += length;
    if (writeBehind.isPresent()) {
      writeBehind.get().written(written);
    }
  }

  /**
   * Has what is written synced while more is written, so that a sync at the end has less to wait
   * for. What fails there fails in {@link #publish}.
   */
  public void writeBehind() {
    if (writeBehind.isEmpty()) {
      writeBehind = Optional.of(new WriteBehind(() -> channel.force(false)));
    }
  }

  /**
   * Appends zeros without writing them: a hole, where the file system has any.
   *
   * @param length how many
   */
  public void skip(long length) {
    written += length;
  }

  /** Appends all of {@code bytes}. */
  public void write(byte[] bytes) throws IOException {
    write(bytes, 0, bytes.length);
  }

  /** Appends zero bytes until the position is a multiple of {@code alignment}, a power of two. */
  public void align(long alignment) throws IOException {
    skip(((written + alignment - 1) & -alignment) - written);
  }

  /** Writes over bytes that were already appended, or starts a gap before them. */
  public void overwrite(long position, byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
    long at = position;
    while (buffer.hasRemaining()) {
      at += channel.write(buffer, at);
    }
  }

  /** Gives the file the permissions of another, where the file system has such. */
  public void takePermissionsOf(Path other) throws IOException {
    try {
      Files.setPosixFilePermissions(temporary, Files.getPosixFilePermissions(other));
    } catch (UnsupportedOperationException e) {
      // Windows: a copy inherits those of its folder.
    }
  }

  /** Makes this file appear under its name. */
  public void publish(Durability durability) throws IOException {
    publish(durability, List.of(this));
  }

  /**
   * Makes several files appear, in the given order, or none of them. If replacing an older file
   * fails after another was replaced, the new one stays: both are whole, and their digests say that
   * they do not belong together.
   */
  public static void publish(Durability durability, List<Publication> files) throws IOException {
    for (Publication file : files) {
      file.fill();
      if (file.writeBehind.isPresent()) {
        file.writeBehind.get().finish();
      }
    }
    if (durability == Durability.DURABLE) {
      for (Publication file : files) {
        file.channel.force(true);
      }
    }
    List<Publication> appeared = new ArrayList<>();
    try {
      for (Publication file : files) {
        file.rename();
        appeared.add(file);
      }
    } catch (IOException e) {
      for (Publication file : appeared) {
        if (!file.replacedOlder) {
          Files.deleteIfExists(file.target);
        }
      }
      throw e;
    }
    if (durability == Durability.DURABLE) {
      Set<Path> folders = new LinkedHashSet<>();
      for (Publication file : files) {
        folders.add(folderOf(file.target.toAbsolutePath()));
      }
      for (Path folder : folders) {
        syncFolder(folder);
      }
    } else if (durability == Durability.FAST) {
      for (Publication file : files) {
        BootRecord.remember(file.target);
      }
    }
  }

  /** Releases the file and removes its temporary name, and with it an unpublished file. */
  @Override
  public void close() throws IOException {
    try (channel) {
      writeBehind.ifPresent(WriteBehind::abandon);
      Files.deleteIfExists(temporary);
    } finally {
      UNPUBLISHED.remove(temporary);
    }
  }

  /** Throws unless a file can appear there, as {@link #beside} does. */
  static void requirePlace(Path target, boolean replace) throws IOException {
    if (Files.isDirectory(target)) {
      throw new FileSystemException(target.toString(), null, "Is a directory");
    }
    // A rename would take the place of a device or a pipe, /dev/stdout for example.
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw new FileSystemException(target.toString(), null, "Not a regular file");
    }
    if (!replace && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(target.toString());
    }
  }

  private static void removeUnpublished() {
    for (Path temporary : UNPUBLISHED) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException e) {
        // Nobody is left to tell.
      }
    }
  }

  /** Gives the file its size if it ends with zeros that were not written. */
  public void fill() throws IOException {
    if (channel.size() < written) {
      overwrite(written - 1, new byte[1], 0, 1);
    }
  }

  static Path folderOf(Path absolute) {
    Path folder = absolute.getParent();
    return folder == null ? absolute : folder;
  }

  private void rename() throws IOException {
    if (replace) {
      replacedOlder = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } else {
      linkUnlessThere();
    }
  }

  /** A rename would silently replace a file that appeared meanwhile; a link fails instead. */
  private void linkUnlessThere() throws IOException {
    try {
      Files.createLink(target, temporary);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) {
      // FAT and some network file systems have no links: the narrow race is all they offer.
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(target.toString());
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static void syncFolder(Path folder) throws IOException {
    if (System.getProperty("os.name").startsWith("Windows")) {
      return; // Windows opens no folder for syncing; NTFS journals the rename itself.
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
