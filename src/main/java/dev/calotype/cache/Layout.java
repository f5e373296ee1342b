package dev.calotype.cache;

import java.nio.file.Path;
import java.util.List;

/**
 * The folders of a store: docs/store.md, "Layout".
 *
 * @param store the caller's folder
 * @param root the folder of this layout's version
 * @param entries all entries
 * @param sessions a file for each open store
 * @param work what is being written or removed
 * @param quarantine evidence
 */
record Layout(Path store, Path root, Path entries, Path sessions, Path work, Path quarantine) {
  static final String VERSION = "v1";

  /** The layout in a store's folder, which is absolute and leads over no link. */
  static Layout in(Path store) {
    Path root = store.resolve(VERSION);
    return new Layout(
        store,
        root,
        root.resolve("entries"),
        root.resolve("sessions"),
        root.resolve("work"),
        root.resolve("quarantine"));
  }

  /** All folders that a store always has, each after the one it is in. */
  List<Path> folders() {
    return List.of(root, entries, sessions, work, quarantine);
  }

  /** The file whose ranges are locked. */
  Path locks() {
    return root.resolve("locks");
  }
}
