package dev.calotype.map;

import dev.calotype.FileChangedException;
import dev.calotype.os.Descriptor;
import dev.calotype.os.FileStat;
import dev.calotype.os.NativeAccess;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A regular file, opened once for reading and owned by whoever holds this. Whatever happens to its
 * name afterwards, reads and mappings are of the file that was opened.
 *
 * <p>Positional reads may be used by several threads. Mappings live as long as the arena they were
 * made in, also after {@link #close()}.
 */
public final class OpenFile implements AutoCloseable {
  private static final Set<StandardOpenOption> READ = Set.of(StandardOpenOption.READ);

  private final Path path;
  private final Source source;
  private final long size;
  private final boolean forPrivate;
  private final boolean isOwner;
  private final Access access;

  private OpenFile(Path path, Source source, long size, boolean forPrivate) {
    this(path, source, size, forPrivate, true, Access.UNKNOWN);
  }

  private OpenFile(
      Path path, Source source, long size, boolean forPrivate, boolean isOwner, Access access) {
    this.path = path;
    this.source = source;
    this.size = size;
    this.forPrivate = forPrivate;
    this.isOwner = isOwner;
    this.access = access;
  }

  /**
   * Opens a file.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws IOException if it is not a regular file or can't be read; devices and pipes are refused
   *     because opening one may block or act
   */
  public static OpenFile open(Path path) throws IOException {
    return open(path, false, StandardOpenOption.READ);
  }

  /**
   * Opens a file for {@link #mapPrivate} too. Nothing is ever written to it, but the JDK maps
   * privately only what it could write to; so this needs leave to write, which a private mapping by
   * itself would not.
   *
   * @throws java.nio.file.AccessDeniedException if the file may not be written to
   * @throws IOException as {@link #open}
   */
  public static OpenFile openForPrivate(Path path) throws IOException {
    return open(path, true, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static OpenFile open(Path path, boolean forPrivate, OpenOption... options)
      throws IOException {
    BasicFileAttributes kind = Files.readAttributes(path, BasicFileAttributes.class);
    if (!kind.isRegularFile()) {
      throw new FileSystemException(
          path.toString(), null, kind.isDirectory() ? "Is a directory" : "Not a regular file");
    }
    FileChannel channel = FileChannel.open(path, options);
    try {
      return new OpenFile(
          path, new ChannelSource(channel, Identity.OfJdk.of(kind)), channel.size(), forPrivate);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * The same in less time, for looking at a few bytes: {@link #size()} may be what the name's file
   * had just before it was opened. Who relies on it calls {@link #requireWhole()} first. With
   * native access a pipe or device is opened without waiting, and closed again.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws IOException if it is not a regular file or can't be read
   */
  public static OpenFile openQuickly(Path path) throws IOException {
    Optional<OpenFile> opened = openNatively(path);
    if (opened.isPresent()) {
      return opened.get();
    }
    BasicFileAttributes kind = Files.readAttributes(path, BasicFileAttributes.class);
    if (!kind.isRegularFile()) {
      return open(path); // Which says what it is.
    }
    Source source = new ChannelSource(FileChannel.open(path, READ), Identity.OfJdk.of(kind));
    return new OpenFile(path, source, kind.size(), false);
  }

  /**
   * Opens a file like {@link #open}, for positional reads above all: a mapping may take a little
   * longer then.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws IOException as {@link #open}
   */
  public static OpenFile openToRead(Path path) throws IOException {
    Optional<OpenFile> opened = openNatively(path);
    return opened.isPresent() ? opened.get() : open(path);
  }

  /** Opened by the system's own calls, if that can be done and saves time. */
  private static Optional<OpenFile> openNatively(Path path) {
    if (!NativeAccess.pays()) {
      return Optional.empty();
    }
    FileStat stat = FileStat.ofThread();
    return Descriptor.open(path, stat)
        .map(open -> new OpenFile(path, new NativeSource(open, stat), stat.size(), false));
  }

  /**
   * Opens a file as {@link #openQuickly} does, unless the path's last name is a link, and says
   * whose it is: {@link #access()}.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws IOException if it is a link or no regular file, or can't be read
   */
  public static OpenFile openNoLink(Path path) throws IOException {
    if (NativeAccess.pays()) {
      FileStat stat = FileStat.ofThread();
      Optional<Descriptor> descriptor = Descriptor.openNoLink(path, stat);
      if (descriptor.isPresent()) {
        Access access = new Access(stat.owner(), stat.mode());
        Source source = new NativeSource(descriptor.get(), stat);
        return new OpenFile(path, source, stat.size(), false, true, access);
      }
    }
    return openNoLinkToMap(path);
  }

  /**
   * The same, in less time if the file is going to be mapped. What {@link #access()} says is what
   * the name's file had just before it was opened.
   */
  public static OpenFile openNoLinkToMap(Path path) throws IOException {
    Access.Facts facts = Access.look(path);
    if (!facts.isFile()) {
      throw new FileSystemException(path.toString(), null, "Not a regular file");
    }
    FileChannel channel =
        FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    Source source = new ChannelSource(channel, facts.identity());
    return new OpenFile(path, source, facts.size(), false, true, facts.access());
  }

  /**
   * This file for somebody who closes what he is given: closing what this returns does nothing, and
   * it can be used until this is closed.
   */
  public OpenFile lent() {
    return new OpenFile(path, source, size, forPrivate, false, access);
  }

  /** Whose file it is and who may write to it; known if it was opened by {@link #openNoLink}. */
  public Access access() {
    return access;
  }

  /** The size in bytes now. */
  public long currentSize() throws IOException {
    return source.size();
  }

  /**
   * The number of a new descriptor of this very file, for the system's own calls, which have to
   * close it. Needs native access.
   *
   * @throws IOException if this is closed, or the file can't be found again
   */
  public int newDescriptor() throws IOException {
    return source.newDescriptor(path);
  }

  /** Whether another is the very same file, whatever their names. Needs native access. */
  public boolean isSame(OpenFile other) throws IOException {
    try (Descriptor theirs = Descriptor.of(other.newDescriptor())) {
      return source.isBehind(theirs.number());
    }
  }

  /** The path the file was opened by. It may name another file by now. */
  public Path path() {
    return path;
  }

  /** The size in bytes when the file was opened. */
  public long size() {
    return size;
  }

  /**
   * Reads {@code length} bytes at {@code position} into {@code target}.
   *
   * @throws EOFException if the file ends before that
   */
  public void readFully(long position, byte[] target, int offset, int length) throws IOException {
    if (readAvailable(position, target, offset, length) < length) {
      throw new EOFException("%s ends before byte %d".formatted(path, position + length));
    }
  }

  /**
   * Reads up to {@code length} bytes at {@code position}; fewer only where the file ends.
   *
   * @return how many were read, 0 at or past the end
   */
  public int readAvailable(long position, byte[] target, int offset, int length)
      throws IOException {
    return source.read(position, target, offset, length);
  }

  /**
   * Maps the whole file read-only. No byte is read yet.
   *
   * @param arena owns the mapping: it goes when the arena is closed
   */
  public MemorySegment map(Arena arena) throws IOException {
    return map(0, size, arena);
  }

  /**
   * Maps {@code length} bytes from {@code position} read-only.
   *
   * @param arena owns the mapping: it goes when the arena is closed
   * @throws EOFException if the file does not have these bytes
   */
  public MemorySegment map(long position, long length, Arena arena) throws IOException {
    return map(FileChannel.MapMode.READ_ONLY, position, length, arena);
  }

  /** Whether {@link #mapPrivate} is possible. */
  public boolean isForPrivate() {
    return forPrivate;
  }

  /**
   * Maps {@code length} bytes from {@code position} to be written to, copy on write: the file and
   * its other mappings stay as they are.
   *
   * @param arena owns the mapping: it goes, with what was written, when the arena is closed
   * @throws EOFException if the file does not have these bytes
   * @throws FileChangedException if it shrank since it was opened
   * @throws IllegalStateException if it was not opened with {@link #openForPrivate}
   */
  public MemorySegment mapPrivate(long position, long length, Arena arena) throws IOException {
    if (!forPrivate) {
      throw new IllegalStateException(path + " was not opened for private mappings");
    }
    return map(FileChannel.MapMode.PRIVATE, position, length, arena);
  }

  /**
   * Runs work that reads bytes mapped from this file, and makes sure that its answer came from
   * bytes that were all there.
   *
   * <p>The size is asked for after the work: HotSpot may deliver the fault of a vanished page late,
   * and does so at the latest in this call, so inside this method. See docs/architecture.md.
   *
   * @throws FileChangedException if the file shrank meanwhile
   */
  public <T> T whileWhole(Supplier<T> work) throws IOException {
    try {
      T answer = work.get();
      requireWhole();
      return answer;
    } catch (InternalError e) {
      requireWhole();
      throw e;
    }
  }

  /**
   * Throws if the file is now shorter than when it was opened.
   *
   * @throws FileChangedException if it shrank
   */
  public void requireWhole() throws IOException {
    long now = source.size();
    if (now < size) {
      throw new FileChangedException(
          path.toString(), "shrank from %d to %d bytes".formatted(size, now));
    }
  }

  /**
   * Throws if the file was written to since it was opened, as far as its size and time of
   * modification tell. Replacing it under its name is no change: this file is still the old one.
   *
   * @throws FileChangedException if it was
   */
  public void requireUnchanged() throws IOException {
    requireWhole();
    if (source.size() > size) {
      throw new FileChangedException(path.toString(), "grew");
    }
    if (source.wasWrittenTo(path)) {
      throw new FileChangedException(path.toString(), "was written to");
    }
  }

  private MemorySegment map(FileChannel.MapMode mode, long position, long length, Arena arena)
      throws IOException {
    if (position < 0 || length < 0 || position > size || length > size - position) {
      throw new EOFException("%s has no bytes %d+%d".formatted(path, position, length));
    }
    // The JDK makes a file that it could write to longer rather than map past its end.
    if (forPrivate) {
      requireWhole();
    }
    return source.channel().map(mode, position, length, arena);
  }

  @Override
  public void close() throws IOException {
    if (isOwner) {
      source.close();
    }
  }
}
