package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lookups, builds, evictions of one process. */
class StoreTest {
  @TempDir Path folder;

  @Test
  void whatWasBuiltIsAHitInTheNextStore() throws IOException {
    try (Store store = Store.open(StoreConfig.in(folder.resolve("s")))) {
      assertThat(store.get(Entries.key(1)))
          .isInstanceOfSatisfying(
              Miss.class, miss -> assertThat(miss.reason()).isEqualTo(Miss.Reason.ABSENT));
      try (Hit hit = store.getOrBuild(Entries.key(1), Entries::build)) {
        Entries.requireRight(hit, 1);
        assertThat(hit.isStored()).isTrue();
      }
    }
    try (Store store = Store.open(StoreConfig.in(folder.resolve("s")));
        Lookup lookup = store.get(Entries.key(1))) {
      Entries.requireRight((Hit) lookup, 1);
    }
  }
}
