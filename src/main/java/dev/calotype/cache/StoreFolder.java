package dev.calotype.cache;

import dev.calotype.map.Access;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.List;
import java.util.Optional;

/**
 * An open store's folder: checked, and with a session and locks if it can be written to.
 *
 * @param layout where everything is
 * @param user the number of the user whose all has to be; −1 on systems without such numbers
 * @param session empty if the folder can't be written to
 * @param locks empty likewise
 */
record StoreFolder(Layout layout, int user, Optional<Session> session, Optional<LockFile> locks)
    implements AutoCloseable {
  private static final Path ITSELF = Path.of("/proc/self");

  /** Opens a store's folder: step n of docs/store.md. */
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
    Layout layout = Layout.in(real);
    PrivateFiles.requireOwn(real, user);
    List<Path> folders =
        List.of(
            layout.root(),
            layout.entries(),
            layout.sessions(),
            layout.work(),
            layout.quarantine());
    try {
      for (Path folder : folders) {
        PrivateFiles.makeFolder(folder);
      }
      requireOwn(folders, user);
      LockFile locks = LockFile.open(layout.locks());
      try {
        return new StoreFolder(
            layout, user, Optional.of(Session.open(layout, locks)), Optional.of(locks));
      } catch (IOException | RuntimeException e) {
        locks.close();
        throw e;
      }
    } catch (AccessDeniedException | ReadOnlyFileSystemException e) {
      return readOnly(layout, folders, user);
    } catch (FileSystemException e) {
      if (String.valueOf(e.getReason()).contains("Read-only")) {
        return readOnly(layout, folders, user);
      }
      throw e;
    }
  }

  private static StoreFolder readOnly(Layout layout, List<Path> folders, int user)
      throws IOException {
    requireOwn(folders.stream().filter(Files::exists).toList(), user);
    return new StoreFolder(layout, user, Optional.empty(), Optional.empty());
  }

  private static void requireOwn(List<Path> folders, int user) throws IOException {
    for (Path folder : folders) {
      PrivateFiles.requireOwn(folder, user);
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

  Session requireSession() {
    return session.orElseThrow(StoreFolder::readOnlyError);
  }

  LockFile requireLocks() {
    return locks.orElseThrow(StoreFolder::readOnlyError);
  }

  private static IllegalStateException readOnlyError() {
    return new IllegalStateException("the store can't be written to");
  }

  @Override
  public void close() throws IOException {
    try {
      if (session.isPresent()) {
        session.get().close();
      }
    } finally {
      if (locks.isPresent()) {
        locks.get().close();
      }
    }
  }
}
