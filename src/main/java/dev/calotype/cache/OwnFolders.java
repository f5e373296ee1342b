package dev.calotype.cache;

import dev.calotype.map.Access;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether the folders above entries are the user's alone, and no links. Each is looked at when it
 * is first used; from then on only the user himself could change that.
 */
final class OwnFolders {
  private static final int MOST_KNOWN = 1 << 14;

  private final Path entries;
  private final int user;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  OwnFolders(Path entries, int user) {
    this.entries = entries;
    this.user = user;
  }

  /**
   * What is wrong.
   *
   * @param reason what it is as a miss
   * @param text the same for people
   */
  record Trouble(Miss.Reason reason, String text) {}

  /** What is wrong with something that was looked at. */
  Optional<Trouble> with(Access access) {
    if (access.user() != user) {
      return Optional.of(
          new Trouble(Miss.Reason.NOT_OWNED, "it belongs to user %d".formatted(access.user())));
    }
    return access.isWritableByOthers()
        ? Optional.of(new Trouble(Miss.Reason.WRITABLE, "others than its owner may write to it"))
        : Optional.empty();
  }

  /** What is wrong with the folders above an entry's; that one is missing, if so. */
  Optional<Trouble> above(Place place) throws IOException {
    String compiler = place.compiler();
    String group = compiler + '/' + place.key().substring(0, 2);
    if (known.contains(group)) {
      return Optional.empty();
    }
    Optional<Trouble> trouble = at(place.compilerFolder(entries), compiler);
    return trouble.isPresent() ? trouble : at(place.group(entries), group);
  }

  private Optional<Trouble> at(Path folder, String name) throws IOException {
    if (known.contains(name)) {
      return Optional.empty();
    }
    Optional<Access> access = Access.of(folder);
    if (access.isEmpty()) {
      return Optional.of(new Trouble(Miss.Reason.ABSENT, "")); // It may come later.
    }
    if (!access.get().isFolder()) {
      return Optional.of(new Trouble(Miss.Reason.LINK, "a link on the way to it"));
    }
    Optional<Trouble> trouble = with(access.get());
    if (trouble.isEmpty()) {
      if (known.size() >= MOST_KNOWN) {
        known.clear();
      }
      known.add(name);
    }
    return trouble;
  }

  /**
   * Throws if something is wrong with them, before anything is written or moved there.
   *
   * @throws NoSuchFileException if one is missing
   */
  void requireAbove(Place place) throws IOException {
    Optional<Trouble> trouble = above(place);
    if (trouble.isEmpty()) {
      return;
    }
    String folder = place.folder(entries).toString();
    if (trouble.get().reason() == Miss.Reason.ABSENT) {
      throw new NoSuchFileException(folder);
    }
    throw new FileSystemException(folder, null, trouble.get().text());
  }
}
