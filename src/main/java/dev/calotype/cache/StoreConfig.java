package dev.calotype.cache;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import dev.calotype.publish.CacheFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How a store works and how large it gets. Immutable. Every setting has a usual value, which {@code
 * docs/store-config.md} gives and explains; no file is needed.
 *
 * <p>Sizes are bytes. A limit of {@link Long#MAX_VALUE}, or a span that long, is none.
 */
public final class StoreConfig {
  /** Names another folder for stores whose folder nobody set. */
  static final String FOLDER_PROPERTY = "dev.calotype.store";

  /** Those that were asked for: understanding all takes longer than a lookup. */
  private static final Map<Setting, Optional<Object>> USUAL_VALUES = new ConcurrentHashMap<>();

  private static final StoreConfig USUAL =
      new StoreConfig(
          new EnumMap<>(Setting.class), Expectations.none(), Keys.NONE, Surroundings.REAL);

  private final EnumMap<Setting, Object> values;
  private final Expectations expectations;
  private final Keys keys;
  private final Surroundings surroundings;

  private StoreConfig(
      EnumMap<Setting, Object> values,
      Expectations expectations,
      Keys keys,
      Surroundings surroundings) {
    this.values = values;
    // Each lookup asks for it.
    this.expectations = expectations.withTier((Tier) get(Setting.VERIFICATION));
    this.keys = keys;
    this.surroundings = surroundings;
  }

  /** The keys themselves, as files or callers give them. */
  private record Keys(Optional<PrivateKey> own, Optional<PublicKey> trusted) {
    static final Keys NONE = new Keys(Optional.empty(), Optional.empty());
  }

  /** What is not set but found. */
  private record Surroundings(InstantSource clock, Optional<String> bootId) {
    static final Surroundings REAL = new Surroundings(InstantSource.system(), Boot.CURRENT);
  }

  /** All settings as usual; looks at no file. */
  public static StoreConfig standard() {
    return USUAL;
  }

  /** All settings as usual, in this folder; it is made when the store is opened. */
  public static StoreConfig in(Path folder) {
    return USUAL.withFolder(folder);
  }

  /**
   * What the user's own file says, {@code $XDG_CONFIG_HOME/calotype/config.toml} or {@code
   * ~/.config/calotype/config.toml}; {@link #standard} if there is none.
   *
   * @throws RefusedException if something in the file is not understood, naming line and column
   * @throws IOException if it is there and can't be read
   */
  public static StoreConfig ofUser() throws IOException {
    Optional<Path> file = userFile();
    return file.isPresent() && Files.exists(file.get()) ? read(file.get()) : USUAL;
  }

  /**
   * What a TOML file says. Needs the library tomlj.
   *
   * @throws RefusedException if something in the file is not understood, naming line and column
   * @throws IOException if it is missing or can't be read, or a file of keys that it names
   */
  public static StoreConfig read(Path file) throws IOException {
    Map<Setting, Object> settings;
    try {
      settings = ConfigFile.read(file);
    } catch (NoClassDefFoundError e) {
      RefusedException refused =
          new RefusedException(file.toString(), "reading it needs the library tomlj");
      refused.initCause(e);
      throw refused;
    }
    StoreConfig config = USUAL;
    for (Map.Entry<Setting, Object> entry : settings.entrySet()) {
      config = config.with(entry.getKey(), entry.getValue());
    }
    return config.withKeyFiles();
  }

  /**
   * The same with one setting as it would be written in a file, without quotes: {@code
   * with("size-limit", "2 GiB")}. Relative paths start from the current folder.
   *
   * @throws IllegalArgumentException if there is no such setting, or this is no value of it
   * @throws RefusedException if it names a file of keys in which there is none
   * @throws IOException if it names a file of keys that can't be read
   */
  public StoreConfig with(String setting, String value) throws IOException {
    Setting named =
        Setting.named(setting)
            .orElseThrow(() -> new IllegalArgumentException(Setting.unknown(setting)));
    Object parsed =
        named
            .kind()
            .parse(value, Path.of(""))
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "%s must be %s".formatted(setting, named.kind().expected())));
    return with(named, parsed).withKeyFiles();
  }

  /** All settings by name, as they are written in a file, in the order of the page. */
  public Map<String, String> settings() {
    Map<String, String> all = new LinkedHashMap<>();
    for (Setting setting : Setting.values()) {
      find(setting).ifPresent(value -> all.put(setting.id(), setting.kind().write(value)));
    }
    return all;
  }

  /**
   * Where the store is: below the user's cache folder unless set.
   *
   * @throws RefusedException if it was not set and the user has no home
   */
  public Path folder() {
    return find(Setting.DIRECTORY)
        .map(Path.class::cast)
        .or(() -> CacheFolder.of("store", FOLDER_PROPERTY))
        .orElseThrow(() -> new RefusedException("store", "no folder is set and no home is known"));
  }

  /** The same with the store in that folder; it is made when the store is opened. */
  public StoreConfig withFolder(Path folder) {
    return with(Setting.DIRECTORY, folder.toAbsolutePath());
  }

  /** What is on disk when publishing an entry returns. */
  public Durability durability() {
    return (Durability) get(Setting.DURABILITY);
  }

  /** The same with that durability. */
  public StoreConfig withDurability(Durability durability) {
    return with(Setting.DURABILITY, durability);
  }

  /** What is asked of the data of each hit, and how far it is checked. */
  public Expectations expectations() {
    return expectations;
  }

  /**
   * The same, asking this of the data of each hit, its {@link Expectations#tier()} included, which
   * may not be {@link Tier#NAME}.
   */
  public StoreConfig withExpectations(Expectations wanted) {
    return new StoreConfig(
        with(Setting.VERIFICATION, wanted.tier()).values, wanted, keys, surroundings);
  }

  /** How long a lookup waits for somebody else's build of the same key before it builds itself. */
  public Duration buildTimeout() {
    return span(Setting.BUILD_TIMEOUT);
  }

  /** The same waiting that long. */
  public StoreConfig withBuildTimeout(Duration timeout) {
    return with(Setting.BUILD_TIMEOUT, timeout);
  }

  /** What entries are signed with. */
  public Optional<PrivateKey> privateKey() {
    return keys.own;
  }

  /** What signatures are verified with; if there is one, an entry without is a miss. */
  public Optional<PublicKey> publicKey() {
    return keys.trusted;
  }

  /** The same, taking only entries that are signed with the other half of this Ed25519 key. */
  public StoreConfig withPublicKey(PublicKey key) {
    return withKeys(new Keys(keys.own, Optional.of(key)));
  }

  /**
   * The same, signing what is published.
   *
   * @param key an Ed25519 key
   * @param publicKey the other half
   */
  public StoreConfig withSigning(PrivateKey key, PublicKey publicKey) {
    return withKeys(new Keys(Optional.of(key), Optional.of(publicKey)));
  }

  /** The same with another clock, for tests. */
  StoreConfig withClock(InstantSource clock) {
    return new StoreConfig(
        values, expectations, keys, new Surroundings(clock, surroundings.bootId));
  }

  /** The same as if the machine had been started another time, for tests. */
  StoreConfig withBootId(Optional<String> bootId) {
    return new StoreConfig(
        values, expectations, keys, new Surroundings(surroundings.clock, bootId));
  }

  InstantSource clock() {
    return surroundings.clock;
  }

  /** What tells this run of the machine from others; empty if nothing does. */
  Optional<String> bootId() {
    return surroundings.bootId;
  }

  /** Whether the store has a thread that counts uses, cleans up and recompresses. */
  public boolean backgroundWork() {
    return (Boolean) get(Setting.BACKGROUND_WORK);
  }

  /** The same with or without that thread. */
  public StoreConfig withBackgroundWork(boolean background) {
    return with(Setting.BACKGROUND_WORK, background);
  }

  /** How many events may wait for that thread; more are dropped and counted. */
  public long eventQueue() {
    return number(Setting.EVENT_QUEUE);
  }

  /** The same with a queue of that many events. */
  public StoreConfig withEventQueue(long events) {
    return with(Setting.EVENT_QUEUE, events);
  }

  /** The least time between two cleanups of a store by any process. */
  public Duration cleanupInterval() {
    return span(Setting.CLEANUP_INTERVAL);
  }

  /** The same cleaning up at most that often. */
  public StoreConfig withCleanupInterval(Duration interval) {
    return with(Setting.CLEANUP_INTERVAL, interval);
  }

  /** How far ahead of the clock a time may be; what is further ahead counts as oldest. */
  public Duration clockDrift() {
    return span(Setting.CLOCK_DRIFT);
  }

  /** The same allowing that much drift. */
  public StoreConfig withClockDrift(Duration drift) {
    return with(Setting.CLOCK_DRIFT, drift);
  }

  /** Of how many misses the fields are kept, to explain them. */
  public long missesKept() {
    return number(Setting.MISSES_KEPT);
  }

  /** The same keeping that many. */
  public StoreConfig withMissesKept(long misses) {
    return with(Setting.MISSES_KEPT, misses);
  }

  /** How large all entries together may get before a cleanup evicts some. */
  public long sizeLimit() {
    return number(Setting.SIZE_LIMIT);
  }

  /** The same with that limit, and how much of it a cleanup that evicts leaves, in percent. */
  public StoreConfig withSizeLimit(long bytes, int targetPercent) {
    return with(Setting.SIZE_LIMIT, bytes).with(Setting.SIZE_TARGET, (long) targetPercent);
  }

  /** How much of {@link #sizeLimit} a cleanup that evicts leaves, in percent. */
  public int sizeTarget() {
    return (int) number(Setting.SIZE_TARGET);
  }

  /** How many entries there may be before a cleanup evicts some. */
  public long entryLimit() {
    return number(Setting.ENTRY_LIMIT);
  }

  /** The same with that limit, and how much of it a cleanup that evicts leaves, in percent. */
  public StoreConfig withEntryLimit(long entries, int targetPercent) {
    return with(Setting.ENTRY_LIMIT, entries).with(Setting.ENTRY_TARGET, (long) targetPercent);
  }

  /** How much of {@link #entryLimit} a cleanup that evicts leaves, in percent. */
  public int entryTarget() {
    return (int) number(Setting.ENTRY_TARGET);
  }

  /** How long an entry may be unused before a cleanup evicts it. */
  public Duration ageLimit() {
    return span(Setting.AGE_LIMIT);
  }

  /** The same with that limit. */
  public StoreConfig withAgeLimit(Duration age) {
    return with(Setting.AGE_LIMIT, age);
  }

  /** How much of the disk must stay free; a cleanup evicts until it is. */
  public long freeDisk() {
    return number(Setting.FREE_DISK);
  }

  /** The same with that much free. */
  public StoreConfig withFreeDisk(long bytes) {
    return with(Setting.FREE_DISK, bytes);
  }

  /** Of how many compilers, those used last, entries go by the other limits alone. */
  public long compilersKept() {
    return number(Setting.COMPILERS_KEPT);
  }

  /** How long any other compiler's entries may all be unused before a cleanup evicts them all. */
  public Duration compilerAgeLimit() {
    return span(Setting.COMPILER_AGE_LIMIT);
  }

  /** The same keeping the last {@code kept}, and any other until it was unused for {@code age}. */
  public StoreConfig withCompilers(long kept, Duration age) {
    return with(Setting.COMPILERS_KEPT, kept).with(Setting.COMPILER_AGE_LIMIT, age);
  }

  /** The level that new data is compressed at; 0 for data that is mapped in place. */
  public int publishCompression() {
    return (int) number(Setting.PUBLISH_COMPRESSION);
  }

  /** The same compressing new data at that level, 0 to 22. */
  public StoreConfig withPublishCompression(int level) {
    return with(Setting.PUBLISH_COMPRESSION, (long) level);
  }

  /** The level that cold data is compressed at; 0 to leave it as it is. */
  public int coldCompression() {
    return (int) number(Setting.COLD_COMPRESSION);
  }

  /** How long an entry is unused until it is cold. */
  public Duration coldAfter() {
    return span(Setting.COLD_AFTER);
  }

  /** The same compressing at that level, 0 to 22, what was unused for so long. */
  public StoreConfig withColdCompression(int level, Duration after) {
    return with(Setting.COLD_COMPRESSION, (long) level).with(Setting.COLD_AFTER, after);
  }

  /** How often a compressed entry is used within {@link #coldAfter} until it is inflated again. */
  public long hotUses() {
    return number(Setting.HOT_USES);
  }

  /** The same with that many. */
  public StoreConfig withHotUses(long uses) {
    return with(Setting.HOT_USES, uses);
  }

  /** How large data must be to be compressed. */
  public long compressionMinimum() {
    return number(Setting.COMPRESSION_MINIMUM);
  }

  /** How much smaller it must get, in percent. */
  public int compressionGain() {
    return (int) number(Setting.COMPRESSION_GAIN);
  }

  /** The same compressing data from that size on, where it gets smaller by so many percent. */
  public StoreConfig withCompressionWorth(long minimum, int gainPercent) {
    return with(Setting.COMPRESSION_MINIMUM, minimum)
        .with(Setting.COMPRESSION_GAIN, (long) gainPercent);
  }

  /** How long compressing one entry may take before it is given up. */
  public Duration compressionTimeout() {
    return span(Setting.COMPRESSION_TIMEOUT);
  }

  /** The same giving up after so long. */
  public StoreConfig withCompressionTimeout(Duration timeout) {
    return with(Setting.COMPRESSION_TIMEOUT, timeout);
  }

  private static Optional<Path> userFile() {
    String config = System.getenv("XDG_CONFIG_HOME");
    if (config != null && config.startsWith("/")) {
      return Optional.of(Path.of(config, "calotype", "config.toml"));
    }
    String home = System.getProperty("user.home");
    return Optional.ofNullable(home).map(at -> Path.of(at, ".config", "calotype", "config.toml"));
  }

  private StoreConfig with(Setting setting, Object value) {
    if (!setting.kind().allows(value)) {
      throw new IllegalArgumentException(
          "%s of %s: must be %s".formatted(setting.id(), value, setting.kind().expected()));
    }
    EnumMap<Setting, Object> changed = values.clone();
    changed.put(setting, value);
    return new StoreConfig(changed, expectations, keys, surroundings);
  }

  private StoreConfig withKeys(Keys changed) {
    EnumMap<Setting, Object> others = values.clone();
    others.remove(Setting.PRIVATE_KEY);
    others.remove(Setting.PUBLIC_KEY);
    return new StoreConfig(others, expectations, changed, surroundings);
  }

  /** Reads the keys that settings name. */
  private StoreConfig withKeyFiles() throws IOException {
    Keys read = keys;
    if (values.get(Setting.PUBLIC_KEY) instanceof Path file) {
      read = new Keys(read.own, Optional.of(KeyFile.readPublic(file)));
    }
    if (values.get(Setting.PRIVATE_KEY) instanceof Path file) {
      read = new Keys(Optional.of(KeyFile.readPrivate(file)), read.trusted);
      if (read.trusted.isEmpty()) {
        throw new RefusedException(file.toString(), "a private-key without its public-key");
      }
    }
    return new StoreConfig(values, expectations, read, surroundings);
  }

  private Optional<Object> find(Setting setting) {
    return Optional.ofNullable(values.get(setting))
        .or(() -> USUAL_VALUES.computeIfAbsent(setting, Setting::usual));
  }

  private Object get(Setting setting) {
    return find(setting).orElseThrow();
  }

  private long number(Setting setting) {
    return (Long) get(setting);
  }

  private Duration span(Setting setting) {
    return (Duration) get(setting);
  }
}
