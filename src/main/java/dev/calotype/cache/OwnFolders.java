package dev.calotype.cache;

import dev.calotype.map.Access;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
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

  /** What is wrong with the folders above an entry's. */
  Optional<Trouble> above(Place place) throws IOException {
    String name = place.compiler() + place.key().substring(0, 2);
    if (known.contains(name)) {
      return Optional.empty();
    }
    for (Path folder : List.of(place.compilerFolder(entries), place.group(entries))) {
      Optional<Access> access = Access.of(folder);
      if (access.isEmpty()) {
        return Optional.empty(); // And nothing below it; it may come later.
      }
      if (!access.get().isFolder()) {
        return Optional.of(new Trouble(Miss.Reason.LINK, "a link on the way to it"));
      }
      Optional<Trouble> trouble = with(access.get());
      if (trouble.isPresent()) {
        return trouble;
      }
    }
    if (known.size() >= MOST_KNOWN) {
      known.clear();
    }
    known.add(name);
    return Optional.empty();
  }

  /** Throws if something is wrong with them, before anything is written or moved there. */
  void requireAbove(Place place) throws IOException {
    Optional<Trouble> trouble = above(place);
    if (trouble.isPresent()) {
      throw new FileSystemException(place.folder(entries).toString(), null, trouble.get().text());
    }
  }
}
