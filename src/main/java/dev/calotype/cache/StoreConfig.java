package dev.calotype.cache;

import dev.calotype.Durability;
import dev.calotype.ji.Expectations;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Where a store is and how it behaves. Immutable: start with {@link #in}, change with the {@code
 * with} methods. The settings and their defaults are in docs/store.md, "Settings".
 */
public final class StoreConfig {
  private static final Duration BUILD_TIMEOUT = Duration.ofMinutes(10);

  private final Draft all;

  private StoreConfig(Draft all) {
    this.all = all;
  }

  /** The defaults, in this folder; it is made when the store is opened. */
  public static StoreConfig in(Path folder) {
    Draft draft = new Draft();
    draft.folder = folder;
    return new StoreConfig(draft);
  }

  /** The same, publishing like that; durably by default. */
  public StoreConfig withDurability(Durability durability) {
    Draft draft = new Draft(all);
    draft.durability = durability;
    return new StoreConfig(draft);
  }

  /**
   * The same, asking this of the data of each hit, its {@link Expectations#tier()} included.
   * Nothing by default, at the header tier.
   */
  public StoreConfig withExpectations(Expectations expectations) {
    Draft draft = new Draft(all);
    draft.expectations = expectations;
    return new StoreConfig(draft);
  }

  /** The same, waiting that long for somebody else's build before building too; 10 minutes. */
  public StoreConfig withBuildTimeout(Duration timeout) {
    Draft draft = new Draft(all);
    draft.buildTimeout = timeout;
    return new StoreConfig(draft);
  }

  /**
   * The same, signing what is published.
   *
   * @param key an Ed25519 key
   * @param publicKey the other half
   */
  public StoreConfig withSigning(PrivateKey key, PublicKey publicKey) {
    Draft draft = new Draft(all);
    draft.privateKey = Optional.of(key);
    draft.publicKey = Optional.of(publicKey);
    return new StoreConfig(draft);
  }

  /** The same, taking only entries that are signed with the other half of this Ed25519 key. */
  public StoreConfig withPublicKey(PublicKey key) {
    Draft draft = new Draft(all);
    draft.publicKey = Optional.of(key);
    return new StoreConfig(draft);
  }

  /** The same with another clock, for tests. */
  StoreConfig withClock(InstantSource clock) {
    Draft draft = new Draft(all);
    draft.clock = clock;
    return new StoreConfig(draft);
  }

  /** The folder. */
  public Path folder() {
    return all.folder;
  }

  /** How entries are published. */
  public Durability durability() {
    return all.durability;
  }

  /** What is asked of the data of each hit. */
  public Expectations expectations() {
    return all.expectations;
  }

  /** How long somebody else's build is waited for. */
  public Duration buildTimeout() {
    return all.buildTimeout;
  }

  /** What entries are signed with. */
  public Optional<PrivateKey> privateKey() {
    return all.privateKey;
  }

  /** What signatures are verified with; if there is one, an entry without is a miss. */
  public Optional<PublicKey> publicKey() {
    return all.publicKey;
  }

  InstantSource clock() {
    return all.clock;
  }

  Optional<String> bootId() {
    return all.bootId;
  }

  /** The same in another boot, for tests. */
  StoreConfig withBootId(Optional<String> bootId) {
    Draft draft = new Draft(all);
    draft.bootId = bootId;
    return new StoreConfig(draft);
  }

  /** The settings, written only before they are given to a constructor. */
  private static final class Draft {
    Path folder = Path.of("");
    Durability durability = Durability.DURABLE;
    Expectations expectations = Expectations.none();
    Duration buildTimeout = BUILD_TIMEOUT;
    Optional<PrivateKey> privateKey = Optional.empty();
    Optional<PublicKey> publicKey = Optional.empty();
    InstantSource clock = InstantSource.system();
    Optional<String> bootId = Boot.CURRENT;

    Draft() {}

    Draft(Draft other) {
      folder = other.folder;
      durability = other.durability;
      expectations = other.expectations;
      buildTimeout = other.buildTimeout;
      privateKey = other.privateKey;
      publicKey = other.publicKey;
      clock = other.clock;
      bootId = other.bootId;
    }
  }
}
