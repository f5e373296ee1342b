package dev.calotype.ji;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks of a file before using it. What is not asked is not compared; but whoever asks
 * for one option, upstream or variable asks for them all: one that is recorded and not asked for is
 * a cause, too.
 *
 * <p>Immutable: start with {@link #none()}, add with the {@code with} methods, and keep the result
 * for many checks, since digests are computed by the first that needs them. Safe for use by several
 * threads. What is compared, when, and at which cost is in {@code docs/validity.md}.
 */
public final class Expectations {
  private static final Expectations NONE = new Expectations(new Draft());

  private final Draft all;

  /** Made when first needed: most of what {@code with} methods return is added to at once. */
  private volatile @Nullable Digests digests;

  private Expectations(Draft draft) {
    all = draft;
  }

  /**
   * An option that is asked for.
   *
   * @param value its value
   * @param comparison how it is compared; empty for how the file says
   */
  record WantedOption(String value, Optional<Comparison> comparison) {}

  /** Asks only that the file is whole as far as the header tier sees. */
  public static Expectations none() {
    return NONE;
  }

  /** The same, looking as far as {@code tier}. */
  public Expectations withTier(Tier tier) {
    Draft draft = new Draft(all);
    draft.tier = tier;
    return new Expectations(draft);
  }

  /** The same, asking for this content: a data file's own, or what a code object belongs to. */
  public Expectations withDataId(DataId id) {
    Draft draft = new Draft(all);
    draft.dataId = Optional.of(id);
    return new Expectations(draft);
  }

  /** The same, asking for a file of this module. */
  public Expectations withModule(String name) {
    Draft draft = new Draft(all);
    draft.module = Text.of(name);
    return new Expectations(draft);
  }

  /** The same, asking for this target: {@code x86_64-elf}, for example. */
  public Expectations withTarget(String id) {
    Draft draft = new Draft(all);
    draft.target = Text.of(id);
    return new Expectations(draft);
  }

  /** The same, asking for this compiler, as text. */
  public Expectations withCompiler(String identity) {
    Draft draft = new Draft(all);
    draft.compiler = Text.of(identity);
    return new Expectations(draft);
  }

  /** The same, asking for this option, compared as the file says that it is to be compared. */
  public Expectations withOption(String name, String value) {
    Draft draft = new Draft(all);
    draft.options.put(name, new WantedOption(value, Optional.empty()));
    return new Expectations(draft);
  }

  /** The same, asking for this option, whatever the file says of its comparison. */
  public Expectations withOption(String name, String value, Comparison comparison) {
    Draft draft = new Draft(all);
    draft.options.put(name, new WantedOption(value, Optional.of(comparison)));
    return new Expectations(draft);
  }

  /** The same, for a host that offers these CPU features and no others. */
  public Expectations withFeatures(Collection<String> offered) {
    Draft draft = new Draft(all);
    draft.features = Optional.of(Set.copyOf(offered));
    return new Expectations(draft);
  }

  /** The same, for a host whose pages have this size in bytes. */
  public Expectations withPageSize(long bytes) {
    Draft draft = new Draft(all);
    draft.pageSize = OptionalLong.of(bytes);
    return new Expectations(draft);
  }

  /** The same, for that host: its target, its features, its page size. */
  public Expectations withHost(Host host) {
    Draft draft = new Draft(all);
    draft.target = Text.of(host.target());
    draft.features = Optional.of(Set.copyOf(host.features()));
    draft.pageSize = OptionalLong.of(host.pageSize());
    return new Expectations(draft);
  }

  /** The same, with this data to be referred to under this name. */
  public Expectations withUpstream(String name, DataId id) {
    Draft draft = new Draft(all);
    draft.upstreams.put(name, id);
    return new Expectations(draft);
  }

  /**
   * The same, with this environment variable as it is now.
   *
   * @param value empty if it is not set
   */
  public Expectations withVariable(String name, Optional<String> value) {
    Draft draft = new Draft(all);
    draft.variables.put(name, value);
    return new Expectations(draft);
  }

  /**
   * The same, with a way to ask for any environment variable that the file records. Variables given
   * by name are compared at the cost of page one alone; for these the tail block is read.
   *
   * @param lookup gives a variable's value now, empty if it is not set
   */
  public Expectations withEnvironment(Function<String, Optional<String>> lookup) {
    Draft draft = new Draft(all);
    draft.environment = Optional.of(lookup);
    return new Expectations(draft);
  }

  /** The same, asking for exactly these inputs, by their paths. */
  public Expectations withInputs(Collection<String> paths) {
    Set<String> sorted = new TreeSet<>(Group.ORDER);
    sorted.addAll(paths);
    Draft draft = new Draft(all);
    draft.inputs = Optional.of(Collections.unmodifiableSet(sorted));
    return new Expectations(draft);
  }

  /** The same, with this place for the root of that name: {@code src} of {@code @src/lib/a.c}. */
  public Expectations withRoot(String name, Path place) {
    Draft draft = new Draft(all);
    draft.roots.put(name, place);
    return new Expectations(draft);
  }

  /**
   * The same, keeping what is known of unchanged inputs in this folder instead of the user's cache
   * folder. Empty keeps nothing, so that every input is read every time.
   */
  public Expectations withWitnesses(Optional<Path> folder) {
    Draft draft = new Draft(all);
    draft.witnesses = folder.map(Witnesses::in).orElse(Witnesses.NONE);
    return new Expectations(draft);
  }

  /**
   * The same with a check of the caller's own, at every tier but {@link Tier#NAME}.
   *
   * @param name its cause's code is {@code own:} and this name
   */
  public Expectations withOwnCheck(String name, OwnCheck check) {
    Draft draft = new Draft(all);
    draft.checks.add(new NamedCheck(name, check));
    return new Expectations(draft);
  }

  /** How far to look. */
  public Tier tier() {
    return all.tier;
  }

  /** The content asked for. */
  public Optional<DataId> dataId() {
    return all.dataId;
  }

  /** The target asked for. */
  public Optional<String> target() {
    return all.target.map(Text::text);
  }

  /** The size of the host's pages in bytes. */
  public OptionalLong pageSize() {
    return all.pageSize;
  }

  /** The compiler asked for. */
  public Optional<String> compiler() {
    return all.compiler.map(Text::text);
  }

  /** The places of roots. */
  public Map<String, Path> roots() {
    return Collections.unmodifiableMap(all.roots);
  }

  /** The same, keeping witnesses like that; for tests, which set the clock. */
  Expectations withWitnesses(Witnesses witnesses) {
    Draft draft = new Draft(all);
    draft.witnesses = witnesses;
    return new Expectations(draft);
  }

  Draft all() {
    return all;
  }

  /**
   * Whether page one alone shows that all is as asked for. If not, the tail block tells what is
   * different, or that nothing is that matters.
   */
  boolean areMetBy(PageOne page) {
    return (all.dataId.isEmpty() || page.has(PageOne.ID, all.dataIdBytes()))
        && isMet(all.module, page, PageOne.MODULE)
        && isMet(all.target, page, PageOne.TARGET)
        && isMet(all.compiler, page, PageOne.COMPILER)
        && (all.options.isEmpty() || page.has(PageOne.OPTIONS, digests().options))
        && (all.upstreams.isEmpty() || page.has(PageOne.UPSTREAMS, digests().upstreams))
        && ((all.variables.isEmpty() && all.environment.isEmpty())
            || page.has(PageOne.VARIABLES, digests().variables))
        && (all.inputs.isEmpty() || page.has(PageOne.INPUTS, digests().inputs))
        && (all.features.isEmpty() || page.needsOnly(all.features.get()));
  }

  private Digests digests() {
    Digests made = digests;
    if (made == null) {
      made = Digests.of(all);
      digests = made;
    }
    return made;
  }

  private static boolean isMet(Optional<Text> wanted, PageOne page, int field) {
    return wanted.isEmpty() || page.has(field, wanted.get().digest());
  }

  /**
   * A check of the caller's own.
   *
   * @param name what it is called in its cause
   * @param check what it does
   */
  record NamedCheck(String name, OwnCheck check) {}

  /**
   * A text and its digest.
   *
   * @param text the text
   * @param digest as on page one
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Text(String text, byte[] digest) {
    static Optional<Text> of(String text) {
      return Optional.of(new Text(text, Group.digest(text)));
    }
  }

  /** What stands for groups on page one. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Digests(byte[] options, byte[] upstreams, byte[] variables, byte[] inputs) {
    static Digests of(Draft all) {
      SortedMap<String, String> options = Group.map();
      all.options.forEach((name, option) -> options.put(name, option.value()));
      SortedMap<String, String> upstreams = Group.map();
      all.upstreams.forEach((name, id) -> upstreams.put(name, id.hex()));
      return new Digests(
          Group.digest(options),
          Group.digest(upstreams),
          Group.digest(Origin.variableTexts(all.variables)),
          Group.digest(all.inputs.orElse(Set.of())));
    }
  }

  /** The fields, written only before they are given to a constructor. */
  static final class Draft {
    Tier tier = Tier.HEADER;
    Optional<DataId> dataId = Optional.empty();
    Optional<Text> module = Optional.empty();
    Optional<Text> target = Optional.empty();
    Optional<Text> compiler = Optional.empty();
    final SortedMap<String, WantedOption> options = new TreeMap<>(Group.ORDER);
    final SortedMap<String, DataId> upstreams = new TreeMap<>(Group.ORDER);
    final SortedMap<String, Optional<String>> variables = new TreeMap<>(Group.ORDER);
    Optional<Function<String, Optional<String>>> environment = Optional.empty();
    Optional<Set<String>> features = Optional.empty();
    OptionalLong pageSize = OptionalLong.empty();
    Optional<Set<String>> inputs = Optional.empty();
    final Map<String, Path> roots = new TreeMap<>(Group.ORDER);
    Witnesses witnesses = Witnesses.OF_USER;
    final List<NamedCheck> checks = new ArrayList<>();

    Draft() {}

    Draft(Draft other) {
      tier = other.tier;
      dataId = other.dataId;
      module = other.module;
      target = other.target;
      compiler = other.compiler;
      options.putAll(other.options);
      upstreams.putAll(other.upstreams);
      variables.putAll(other.variables);
      environment = other.environment;
      features = other.features;
      pageSize = other.pageSize;
      inputs = other.inputs;
      roots.putAll(other.roots);
      witnesses = other.witnesses;
      checks.addAll(other.checks);
    }

    byte[] dataIdBytes() {
      return dataId.orElseThrow().bytes();
    }
  }
}
