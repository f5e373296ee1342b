package dev.calotype.ji;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a data file records about its making: by whom, with which options, from what, for what.
 * Immutable; {@link #none()} and the {@code with} methods make one. None of it is part of the
 * content id.
 */
public final class Origin {
  private static final Origin NONE = new Origin(new Draft());

  /**
   * An option of the compiler.
   *
   * @param value its value
   * @param comparison how it is compared with the one asked for
   */
  public record Option(String value, Comparison comparison) {}

  private final String module;
  private final String compiler;
  private final String target;
  private final SortedMap<String, Option> options;
  private final SortedMap<String, DataId> upstreams;
  private final SortedMap<String, Optional<String>> variables;
  private final SortedSet<String> features;
  private final SortedMap<String, Input> inputs;

  Origin(Draft draft) {
    module = draft.module;
    compiler = draft.compiler;
    target = draft.target;
    options = Collections.unmodifiableSortedMap(draft.options);
    upstreams = Collections.unmodifiableSortedMap(draft.upstreams);
    variables = Collections.unmodifiableSortedMap(draft.variables);
    features = Collections.unmodifiableSortedSet(draft.features);
    inputs = Collections.unmodifiableSortedMap(draft.inputs);
  }

  /** Nothing recorded. */
  public static Origin none() {
    return NONE;
  }

  /** What the file is of: a package's name and id, for example. Empty if not recorded. */
  public String module() {
    return module;
  }

  /** The identity of the compiler, empty if not recorded. */
  public String compiler() {
    return compiler;
  }

  /** The id of the target, empty if not recorded. */
  public String target() {
    return target;
  }

  /** The options by name. */
  public SortedMap<String, Option> options() {
    return options;
  }

  /** The ids of the data that this data refers to, by name. */
  public SortedMap<String, DataId> upstreams() {
    return upstreams;
  }

  /** The environment variables that were looked at; empty for one that was not set. */
  public SortedMap<String, Optional<String>> variables() {
    return variables;
  }

  /** The CPU features that a host has to offer. */
  public SortedSet<String> features() {
    return features;
  }

  /** What the content was made from, by path. */
  public SortedMap<String, Input> inputs() {
    return inputs;
  }

  /** The same, of this module. */
  public Origin withModule(String name) {
    Draft draft = new Draft(this);
    draft.module = name;
    return new Origin(draft);
  }

  /** The same, made by this compiler. */
  public Origin withCompiler(String identity) {
    Draft draft = new Draft(this);
    draft.compiler = identity;
    return new Origin(draft);
  }

  /** The same, made for this target. */
  public Origin withTarget(String id) {
    Draft draft = new Draft(this);
    draft.target = id;
    return new Origin(draft);
  }

  /** The same with one more option. */
  public Origin withOption(String name, String value, Comparison comparison) {
    Draft draft = new Draft(this);
    draft.options.put(named(name), new Option(value, comparison));
    return new Origin(draft);
  }

  /** The same, referring to one more piece of data. */
  public Origin withUpstream(String name, DataId id) {
    Draft draft = new Draft(this);
    draft.upstreams.put(named(name), id);
    return new Origin(draft);
  }

  /**
   * The same with one more environment variable. The value is stored as it is: of a secret, store a
   * digest.
   *
   * @param value empty if it was not set
   */
  public Origin withVariable(String name, Optional<String> value) {
    Draft draft = new Draft(this);
    draft.variables.put(named(name), value);
    return new Origin(draft);
  }

  /** The same, needing one more CPU feature. */
  public Origin withFeature(String name) {
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not the name of a feature: " + name);
    }
    Draft draft = new Draft(this);
    draft.features.add(name);
    return new Origin(draft);
  }

  /** The same with these inputs besides. */
  public Origin withInputs(Iterable<Input> more) {
    Draft draft = new Draft(this);
    for (Input input : more) {
      draft.inputs.put(input.path(), input);
    }
    return new Origin(draft);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Origin origin && facts().equals(origin.facts());
  }

  @Override
  public int hashCode() {
    return facts().hashCode();
  }

  private List<Object> facts() {
    return List.of(module, compiler, target, options, upstreams, variables, features, inputs);
  }

  /** Options as page one compares them: all of them, by name and value. */
  SortedMap<String, String> optionTexts() {
    SortedMap<String, String> texts = Group.map();
    options.forEach((name, option) -> texts.put(name, option.value()));
    return texts;
  }

  SortedMap<String, String> upstreamTexts() {
    SortedMap<String, String> texts = Group.map();
    upstreams.forEach((name, id) -> texts.put(name, id.hex()));
    return texts;
  }

  SortedMap<String, String> variableTexts() {
    return variableTexts(variables);
  }

  /** A variable that is set starts with an equals sign: an empty one differs from none. */
  static SortedMap<String, String> variableTexts(SortedMap<String, Optional<String>> variables) {
    SortedMap<String, String> texts = Group.map();
    variables.forEach((name, value) -> texts.put(name, value.map("="::concat).orElse("")));
    return texts;
  }

  private static String named(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("an empty name");
    }
    return name;
  }

  /** The fields before they are final. */
  static final class Draft {
    String module = "";
    String compiler = "";
    String target = "";
    final SortedMap<String, Option> options = Group.map();
    final SortedMap<String, DataId> upstreams = Group.map();
    final SortedMap<String, Optional<String>> variables = Group.map();
    final TreeSet<String> features = new TreeSet<>(Group.ORDER);
    final TreeMap<String, Input> inputs = new TreeMap<>(Group.ORDER);

    Draft() {}

    Draft(Origin origin) {
      module = origin.module;
      compiler = origin.compiler;
      target = origin.target;
      options.putAll(origin.options);
      upstreams.putAll(origin.upstreams);
      variables.putAll(origin.variables);
      features.addAll(origin.features);
      inputs.putAll(origin.inputs);
    }
  }
}
