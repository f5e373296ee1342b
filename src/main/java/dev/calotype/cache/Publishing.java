package dev.calotype.cache;

import dev.calotype.Durability;
import dev.calotype.ji.Expectations;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Puts a finished draft into its place: steps c to e of docs/store.md. */
final class Publishing {
  /** Cleaning up may remove an empty folder, and somebody without locks may come first. */
  private static final int MOST_ATTEMPTS = 10;

  private final Layout layout;
  private final OwnFolders folders;
  private final Session session;
  private final Lookups lookups;
  private final UsageSink usage;
  private final Durability durability;

  /** Compilers whose folder has its text. */
  private final Set<String> named = ConcurrentHashMap.newKeySet();

  private volatile boolean isRootSynced;

  Publishing(StoreFolder folder, Lookups lookups, UsageSink usage, Durability durability)
      throws IOException {
    this.layout = folder.layout();
    this.folders = folder.own();
    this.session = folder.session();
    this.lookups = lookups;
    this.usage = usage;
    this.durability = durability;
  }

  /**
   * Makes the draft the key's entry, unless there is a good one. The caller has the entry's lock.
   *
   * @param draft stays where it is if there is one
   * @return the entry, whosever it is, open
   * @throws IOException if it can't be put there; the draft may be there still
   */
  Hit publish(Path draft, Key key, Expectations expectations) throws IOException {
    Place place = key.place();
    Path folder = place.folder(layout.entries());
    IOException failure = new FileSystemException(folder.toString(), null, "others are in the way");
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      makeFolders(key);
      Lookup there = lookups.look(key, expectations);
      if (there instanceof Hit hit) {
        return hit;
      }
      makeWay(place, (Miss) there);
      try {
        Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        failure = e; // The group was removed, or somebody without locks came first.
        continue;
      }
      sync(place);
      return switch (lookups.look(key, expectations)) {
        case Hit hit -> hit;
        case Miss miss ->
            throw new FileSystemException(
                folder.toString(), null, "published, then " + miss.text());
      };
    }
    throw failure;
  }

  private void makeWay(Place place, Miss miss) throws IOException {
    if (!Files.exists(place.folder(layout.entries()), LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Removal removal = new Removal(layout, folders, session);
    try {
      if (miss.reason().isEvidence()) {
        removal.quarantine(place, miss);
        usage.happened(UsageSink.Event.QUARANTINED);
      } else if (miss.reason() == Miss.Reason.VERSION || miss.reason() == Miss.Reason.UNREADABLE) {
        throw new FileSystemException(
            place.folder(layout.entries()).toString(), null, "in the way: " + miss.text());
      } else {
        PrivateFiles.remove(removal.putAside(place));
      }
    } catch (NoSuchFileException e) {
      // Somebody without locks was quicker.
    }
  }

  /** All folders on the way, as whoever made them may have died before he synced them. */
  private void sync(Place place) throws IOException {
    PrivateFiles.sync(place.group(layout.entries()), durability);
    PrivateFiles.sync(place.compilerFolder(layout.entries()), durability);
    PrivateFiles.sync(layout.entries(), durability);
    if (!isRootSynced) {
      PrivateFiles.sync(layout.root(), durability);
      PrivateFiles.sync(layout.store(), durability);
      PrivateFiles.sync(layout.store().resolveSibling(""), durability);
      isRootSynced = true;
    }
  }

  private void makeFolders(Key key) throws IOException {
    PrivateFiles.makeFolder(key.place().compilerFolder(layout.entries()));
    PrivateFiles.makeFolder(key.place().group(layout.entries()));
    folders.requireAbove(key.place());
    if (!named.contains(key.place().compiler())) {
      CompilerName.write(key, layout, session, durability);
      named.add(key.place().compiler());
    }
  }
}
