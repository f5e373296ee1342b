package dev.calotype.cache;

import dev.calotype.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Changes an entry that is there: steps f to i of docs/store.md. The caller has the entry's lock.
 *
 * @param layout where it is
 * @param durability how durable the change of an entry is that was published fast; another one
 *     stays durable
 * @param signing what the new manifest is signed with
 */
record EntryChange(Layout layout, Durability durability, Optional<Signing> signing) {

  /**
   * Adds members, or replaces those of the same names by later generations.
   *
   * @param before the entry's manifest, as it is now
   * @param changed the new members; their files are in {@code folder}, under the members' names
   * @param folder a folder of work
   */
  void commit(Manifest before, List<Member> changed, Path folder) throws IOException {
    Path entry = before.key().place().folder(layout.entries());
    Manifest after = before.with(changed);
    Durability durable = before.isFast() ? durability : Durability.DURABLE;
    byte[] bytes = Manifest.encode(after.key(), before.isFast(), after.members(), signing);
    Sealing.writeManifest(folder, bytes, durable);
    for (Member member : changed) {
      Path file = folder.resolve(member.name());
      PrivateFiles.sync(file, durable);
      Files.move(file, entry.resolve(member.fileName()), StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(
        folder.resolve(Manifest.NAME),
        entry.resolve(Manifest.NAME),
        StandardCopyOption.ATOMIC_MOVE);
    PrivateFiles.sync(entry, durable);
    removeUnnamed(entry, after);
  }

  /** Removes what no manifest names; the caller has the entry's lock. */
  static void removeUnnamed(Path entry, Manifest manifest) throws IOException {
    Set<String> named =
        manifest.members().stream().map(Member::fileName).collect(Collectors.toSet());
    for (String name : EntryWalk.names(entry)) {
      if (!named.contains(name) && !name.equals(Manifest.NAME) && !name.startsWith(Boot.PREFIX)) {
        PrivateFiles.remove(entry.resolve(name));
      }
    }
  }
}
