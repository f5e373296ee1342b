package dev.calotype.cache;

import java.util.List;
import java.util.Optional;

/**
 * What should become of an entry's data: docs/store-upkeep.md, "Cold and hot data".
 *
 * @param entry which
 * @param level the level to compress it at; 0 to inflate it
 */
record RewritePlan(Candidate entry, int level) {

  /** Those to rewrite, the one unused for longest first. */
  static List<RewritePlan> of(List<Candidate> entries, StoreConfig config, long now) {
    return entries.stream()
        .sorted(Candidate.YOUNGEST_FIRST.reversed())
        .flatMap(entry -> of(entry, config, now).stream())
        .toList();
  }

  private static Optional<RewritePlan> of(Candidate entry, StoreConfig config, long now) {
    Use use = entry.use();
    if (use.has(Use.COMPRESSED)) {
      return use.count() >= config.hotUses()
          ? Optional.of(new RewritePlan(entry, 0))
          : Optional.empty();
    }
    if (use.has(Use.INCOMPRESSIBLE) || entry.data() < config.compressionMinimum()) {
      return Optional.empty();
    }
    boolean isCold = now - entry.used() > config.coldAfter().toSeconds();
    if (isCold && config.coldCompression() > 0) {
      return Optional.of(new RewritePlan(entry, config.coldCompression()));
    }
    return !isCold && config.publishCompression() > 0 && !use.has(Use.INFLATED)
        ? Optional.of(new RewritePlan(entry, config.publishCompression()))
        : Optional.empty();
  }
}
