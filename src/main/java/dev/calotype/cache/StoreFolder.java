package dev.calotype.cache;

import dev.calotype.RefusedException;
import dev.calotype.map.Access;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An open store's folder, checked. The session and the locks come with the first work that needs
 * them, so that a process that only has hits makes neither. Safe for use by several threads.
 */
final class StoreFolder implements AutoCloseable {
  private static final Path ITSELF = Path.of("/proc/self");

  private final Layout layout;
  private final OwnFolders own;
  private final boolean isReadOnly;
  private Optional<LockFile> locks = Optional.empty();
  private Optional<Session> session = Optional.empty();
  private boolean closed;

  private StoreFolder(Layout layout, int user, boolean isReadOnly) {
    this.layout = layout;
    this.own = new OwnFolders(layout.entries(), user);
    this.isReadOnly = isReadOnly;
  }

  /**
   * Opens a store's folder, making what is missing: step n of docs/store.md.
   *
   * @throws RefusedException if a folder is not the user's alone
   */
  static StoreFolder open(Path store) throws IOException {
    int user = thisUser();
    Path absolute = store.toAbsolutePath();
    if (!Files.isDirectory(absolute)) {
      Path parent = absolute.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      PrivateFiles.makeFolder(absolute);
    }
    Path real = absolute.toRealPath();
    PrivateFiles.requireOwn(real, user);
    Layout layout = Layout.in(real);
    boolean isReadOnly = !makeFolders(layout);
    for (Path folder : layout.folders()) {
      if (!isReadOnly || Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        PrivateFiles.requireOwn(folder, user);
      }
    }
    return new StoreFolder(layout, user, isReadOnly || !Files.isWritable(layout.work()));
  }

  /** Whether all are there, which they are unless nothing may be written here. */
  private static boolean makeFolders(Layout layout) throws IOException {
    try {
      for (Path folder : layout.folders()) {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
          PrivateFiles.makeFolder(folder);
        }
      }
      return true;
    } catch (AccessDeniedException e) {
      return false;
    } catch (FileSystemException e) {
      if (Files.isWritable(layout.root().resolveSibling(""))) {
        throw e;
      }
      return false;
    }
  }

  /** The effective user: whose this process is. */
  private static int thisUser() throws IOException {
    if (Files.exists(ITSELF)) {
      return Access.of(ITSELF.toRealPath()).map(Access::user).orElse(-1);
    }
    Path file = Files.createTempFile("calotype", "");
    try {
      return Access.of(file).map(Access::user).orElse(-1);
    } finally {
      Files.delete(file);
    }
  }

  Layout layout() {
    return layout;
  }

  /** Says what is the user's. */
  OwnFolders own() {
    return own;
  }

  /** Whether nothing can be written here. */
  boolean isReadOnly() {
    return isReadOnly;
  }

  /**
   * The locks.
   *
   * @throws RefusedException if nothing can be written here
   * @throws IllegalStateException if this is closed
   */
  synchronized LockFile locks() throws IOException {
    requireUsable();
    if (locks.isEmpty()) {
      locks = Optional.of(LockFile.open(layout.locks()));
    }
    return locks.get();
  }

  /**
   * The session, which starts with the first call.
   *
   * @throws RefusedException if nothing can be written here
   * @throws IllegalStateException if this is closed
   */
  synchronized Session session() throws IOException {
    requireUsable();
    if (session.isEmpty()) {
      session = Optional.of(Session.open(layout, locks()));
    }
    return session.get();
  }

  private void requireUsable() {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
    if (isReadOnly) {
      throw new RefusedException(layout.root().toString(), "the store can't be written to");
    }
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    try {
      if (session.isPresent()) {
        session.get().close();
      }
    } finally {
      if (locks.isPresent()) {
        locks.get().close();
      }
      session = Optional.empty();
      locks = Optional.empty();
    }
  }
}
