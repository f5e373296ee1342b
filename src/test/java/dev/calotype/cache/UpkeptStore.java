package dev.calotype.cache;

import dev.calotype.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/** Stores that nobody keeps up but their test. */
final class UpkeptStore {
  private UpkeptStore() {}

  /** How to open one that goes by that clock. */
  static StoreConfig config(Path folder, InstantSource clock) {
    return StoreConfig.in(folder)
        .withClock(clock)
        .withDurability(Durability.FAST)
        .withBackgroundWork(false)
        .withFreeDisk(0);
  }

  static Upkeep upkeep(Store store) {
    return (Upkeep) store.usage();
  }

  static CleanupReport clean(Store store) throws IOException {
    return Maintenance.of(store).clean().orElseThrow();
  }

  /** What is known of the uses of an entry. */
  static Use use(Path folder, Key key) throws IOException {
    return UsageFiles.read(Layout.in(folder.toRealPath())).usage().of(KeyPrefix.of(key.hex()));
  }
}
