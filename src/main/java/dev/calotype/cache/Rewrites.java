package dev.calotype.cache;

import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Rewrites the data of cold and hot entries, one after the other, for a bounded time. */
final class Rewrites {
  private static final int SHARE = 10;

  private final Store store;
  private final Upkeep upkeep;
  private long saved;
  private long compressed;
  private long inflated;

  Rewrites(Store store, Upkeep upkeep) {
    this.store = store;
    this.upkeep = upkeep;
  }

  /** How many bytes fewer there are now; may be negative. */
  long saved() {
    return saved;
  }

  long compressed() {
    return compressed;
  }

  long inflated() {
    return inflated;
  }

  void run(List<Candidate> entries, long now) {
    Duration budget = store.config().cleanupInterval().dividedBy(SHARE);
    Instant end = store.config().clock().instant().plus(budget);
    for (RewritePlan plan : RewritePlan.of(entries, store.config(), now)) {
      if (upkeep.isClosing() || store.config().clock().instant().isAfter(end)) {
        return;
      }
      try {
        rewrite(plan);
      } catch (RefusedException e) {
        upkeep.count(Upkeep.FAILED, 1);
        return; // No zstd-jni, and so it is with all others.
      } catch (MalformedImageException e) {
        upkeep.count(Upkeep.FAILED, 1);
        // Damage that lookups don't look for, or it would be no hit; verify finds it.
      } catch (IOException | RuntimeException e) {
        upkeep.count(Upkeep.FAILED, 1);
      }
    }
  }

  private void rewrite(RewritePlan plan) throws IOException {
    Rewriting rewriting = new Rewriting(store, plan.level(), upkeep::isClosing);
    Place place = plan.entry().place();
    switch (rewriting.run(place)) {
      case DONE -> {
        saved += rewriting.saved();
        if (plan.level() == 0) {
          inflated++;
          upkeep.count("inflated", 1);
          upkeep.mark(place, Use.INFLATED);
        } else {
          compressed++;
          upkeep.count("compressed", 1);
          upkeep.mark(place, Use.COMPRESSED);
        }
      }
      case USELESS -> upkeep.mark(place, plan.level() == 0 ? Use.INFLATED : Use.INCOMPRESSIBLE);
      case NOT_NOW -> {}
    }
  }
}
