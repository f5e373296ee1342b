package dev.calotype.cache;

import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Looking after a store: what is in it, whether that is whole, what goes, and why a lookup found
 * nothing. An open store cleans up by itself; this is for people, tools and tests.
 *
 * <p>Safe for use by several threads, until the store is closed.
 */
public final class Maintenance {
  private final Store store;
  private final Layout layout;

  private Maintenance(Store store) {
    this.store = store;
    this.layout = store.folder().layout();
  }

  /** That of an open store. */
  public static Maintenance of(Store store) {
    return new Maintenance(store);
  }

  /** Takes entries, in the order of compilers and keys. */
  @FunctionalInterface
  public interface EntryVisitor {
    /** Takes one. */
    void visit(EntryInfo entry) throws IOException;
  }

  /** What is known of the store as a whole. Looks at every file, and into few. */
  public StoreInfo info() throws IOException {
    flush();
    UsageFiles files = UsageFiles.read(layout);
    EntryScan scan = EntryScan.of(layout, files.usage(), () -> {});
    Map<String, List<Candidate>> byCompiler = new HashMap<>();
    for (Candidate entry : scan.entries()) {
      byCompiler.computeIfAbsent(entry.compiler(), _ -> new ArrayList<>()).add(entry);
    }
    List<StoreInfo.Compiler> compilers = new ArrayList<>();
    for (Map.Entry<String, List<Candidate>> compiler : byCompiler.entrySet()) {
      compilers.add(compiler(compiler.getKey(), compiler.getValue()));
    }
    compilers.sort(
        Comparator.comparing(StoreInfo.Compiler::used)
            .reversed()
            .thenComparing(StoreInfo.Compiler::id));
    return new StoreInfo(
        layout.root().resolveSibling(""),
        scan.entries().size(),
        scan.entries().stream().mapToLong(Candidate::bytes).sum(),
        compilers,
        files.sessions().size(),
        quarantined(),
        files.usage().cleanup().stream().mapToObj(Instant::ofEpochSecond).findFirst(),
        new TreeMap<>(files.usage().counts()));
  }

  /** Goes through all entries. Others may add and remove some meanwhile. */
  public void entries(EntryVisitor visitor) throws IOException {
    flush();
    Usage usage = UsageFiles.read(layout).usage();
    walk(
        new Walk() {
          @Override
          public void entry(EntryFacts facts) throws IOException {
            visitor.visit(info(facts, usage));
          }

          @Override
          public void other(Place place, String reason) {}
        });
  }

  /** What {@link #clean} would evict now. Changes nothing. */
  public CleanupReport plan() throws IOException {
    flush();
    return Cleanup.plan(store, () -> {});
  }

  /**
   * Cleans up now, whenever it was last done.
   *
   * @return empty if another process or thread is doing it
   * @throws RefusedException if the store can't be written to
   */
  public Optional<CleanupReport> clean() throws IOException {
    if (store.usage() instanceof Upkeep upkeep) {
      return new Cleanup(store, upkeep, Optional.empty()).run();
    }
    throw readOnly();
  }

  /**
   * Reads all of all entries.
   *
   * @param repair whether what is damaged, or nobody's, is put into quarantine
   * @throws RefusedException if it is to be repaired and the store can't be written to
   */
  public void verify(boolean repair, Inspection inspection) throws IOException {
    if (repair && store.isReadOnly()) {
      throw readOnly();
    }
    flush();
    Usage usage = UsageFiles.read(layout).usage();
    walk(
        new Walk() {
          @Override
          public void entry(EntryFacts facts) throws IOException {
            verify(facts, usage, repair, inspection);
          }

          @Override
          public void other(Place place, String reason) throws IOException {
            inspection.unknown(place.key(), reason, repair && quarantine(place, reason));
          }
        });
  }

  /**
   * Removes all entries of a compiler. Whoever has one open or mapped keeps it.
   *
   * @param identity the compiler's identity
   * @return how many
   */
  public long clear(String identity) throws IOException {
    return store.clear(Key.compilerId(identity));
  }

  /**
   * Deletes all evidence: what was put into quarantine.
   *
   * @return how many entries that were
   */
  public long clearQuarantine() throws IOException {
    if (store.isReadOnly()) {
      throw readOnly();
    }
    long count = quarantined();
    for (String name : EntryWalk.names(layout.quarantine())) {
      PrivateFiles.remove(layout.quarantine().resolve(name));
    }
    return count;
  }

  /** Why a key has no entry: which entries are nearest, and in what they differ. */
  public Explanation explain(Key key) throws IOException {
    flush();
    Explanation.Search search = new Explanation.Search(key);
    entries(entry -> search.add(entry.key()));
    Optional<Explanation.Missed> missed =
        misses().stream()
            .filter(miss -> miss.key().equals(key))
            .map(miss -> new Explanation.Missed(miss.time(), miss.reason()))
            .findFirst();
    return search.result(missed);
  }

  /**
   * A miss that is on record.
   *
   * @param key what was looked for
   * @param time when
   * @param reason its {@link Miss.Reason#id}
   */
  public record RecentMiss(Key key, Instant time, String reason) {}

  /** The misses that are on record, the last one first. */
  public List<RecentMiss> misses() throws IOException {
    flush();
    List<RecentMiss> misses = new ArrayList<>();
    for (LoggedMiss miss : UsageFiles.read(layout).misses()) {
      try {
        Key key = KeyEncoding.decode(miss.key(), UsageFiles.MISSES);
        misses.add(new RecentMiss(key, Instant.ofEpochMilli(miss.time()), miss.reason()));
      } catch (MalformedImageException e) {
        // A key of another version of this library.
      }
    }
    misses.sort(Comparator.comparing(RecentMiss::time)); // Of several sessions.
    return misses.reversed();
  }

  private interface Walk extends EntryWalk.Visitor {}

  private void walk(Walk walk) throws IOException {
    EntryWalk.walk(layout, walk);
  }

  private void flush() throws IOException {
    if (store.usage() instanceof Upkeep upkeep) {
      upkeep.flush();
    }
  }

  private StoreInfo.Compiler compiler(String id, List<Candidate> entries) throws IOException {
    long used = entries.stream().mapToLong(Candidate::used).max().orElse(0);
    return new StoreInfo.Compiler(
        CompilerName.read(layout, id).orElse(id),
        id,
        entries.size(),
        entries.stream().mapToLong(Candidate::bytes).sum(),
        Instant.ofEpochSecond(used));
  }

  private long quarantined() throws IOException {
    long count = 0;
    for (String name : EntryWalk.names(layout.quarantine())) {
      count += name.endsWith(".txt") ? 0 : 1;
    }
    return count;
  }

  private static EntryInfo info(EntryFacts facts, Usage usage) {
    Use use = usage.of(KeyPrefix.of(facts.place().key()));
    Instant used = Instant.ofEpochSecond(use.last());
    Manifest manifest = facts.manifest();
    return new EntryInfo(
        manifest.key(),
        facts.size(),
        facts.created(),
        used.isAfter(facts.created()) ? used : facts.created(),
        use.count(),
        manifest.isFast(),
        manifest.signature().isPresent(),
        manifest.members().stream()
            .map(member ->
                new EntryInfo.File(
                    member.name(), member.kind().name().toLowerCase(Locale.ROOT), member.size()))
            .toList());
  }

  private void verify(EntryFacts facts, Usage usage, boolean repair, Inspection inspection)
      throws IOException {
    Key key = facts.manifest().key();
    Expectations all = Expectations.none().withTier(Tier.FULL);
    try (Lookup found = store.lookups().look(key, all)) {
      inspection.progress(facts.size());
      switch (found) {
        case Hit _ -> inspection.whole(info(facts, usage));
        case Miss miss when miss.reason() == Miss.Reason.ABSENT -> {} // Evicted just now.
        case Miss miss ->
            inspection.bad(miss, repair && miss.reason().isEvidence() && quarantine(miss));
      }
    }
  }

  /** A lookup puts aside what it finds so again. */
  private boolean quarantine(Miss miss) throws IOException {
    Expectations all = Expectations.none().withTier(Tier.FULL);
    try (Lookup again = store.get(miss.key(), all)) {
      Path folder = miss.key().place().folder(layout.entries());
      return again instanceof Miss && !Files.exists(folder);
    }
  }

  /** The same for what has no manifest that tells its key. */
  private boolean quarantine(Place place, String reason) throws IOException {
    try (LockFile.Held _ = store.lockEntry(place)) {
      Path manifest = place.folder(layout.entries()).resolve(Manifest.NAME);
      try {
        if (ManifestFile.facts(manifest, place).isPresent()) {
          return false; // Replaced meanwhile.
        }
      } catch (UnsupportedFormatException e) {
        return false; // Another version's, and fine there.
      } catch (MalformedImageException e) {
        // As before.
      }
      store.removal().quarantine(place, reason);
      store.usage().happened(UsageSink.Event.QUARANTINED);
      return true;
    }
  }

  private RefusedException readOnly() {
    return new RefusedException(layout.root().toString(), "the store can't be written to");
  }
}
