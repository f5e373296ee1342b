package dev.calotype.ji;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * Compares what a data file records with what is asked for, and lists every difference. Used when
 * page one could not show that there is none.
 */
final class Comparer {
  private final Expectations.Draft wanted;
  private final List<Cause> causes = new ArrayList<>();

  private Comparer(Expectations.Draft wanted) {
    this.wanted = wanted;
  }

  /** The differences, in the order of the codes. */
  static List<Cause> compare(Expectations expectations, DataFile data) throws IOException {
    Comparer comparer = new Comparer(expectations.all());
    comparer.compare(data);
    return comparer.causes;
  }

  /** The differences between what is asked for and what a code object's note records. */
  static List<Cause> compareCode(Expectations expectations, Origin origin) {
    Comparer comparer = new Comparer(expectations.all());
    comparer.text(Cause.Code.TARGET, comparer.wanted.target, origin.target());
    comparer.text(Cause.Code.COMPILER, comparer.wanted.compiler, origin.compiler());
    comparer.text(Cause.Code.MODULE, comparer.wanted.module, origin.module());
    comparer.options(origin.options());
    comparer.features(origin);
    return comparer.causes;
  }

  private void compare(DataFile data) throws IOException {
    Origin origin = data.origin();
    if (wanted.dataId.isPresent() && !wanted.dataId.get().same(data.id())) {
      add(Cause.Code.DATA_ID, "", wanted.dataId.get().hex(), data.id().hex());
    }
    text(Cause.Code.TARGET, wanted.target, origin.target());
    text(Cause.Code.COMPILER, wanted.compiler, origin.compiler());
    text(Cause.Code.MODULE, wanted.module, origin.module());
    options(origin.options());
    features(origin);
    upstreams(origin.upstreams());
    variables(origin.variables());
    inputs(origin);
  }

  private void text(Cause.Code code, Optional<Expectations.Text> text, String actual) {
    if (text.isPresent() && !text.get().text().equals(actual)) {
      add(code, "", text.get().text(), actual);
    }
  }

  private void options(SortedMap<String, Origin.Option> recorded) {
    if (wanted.options.isEmpty()) {
      return;
    }
    for (Map.Entry<String, Expectations.WantedOption> entry : wanted.options.entrySet()) {
      String name = entry.getKey();
      String value = entry.getValue().value();
      Optional<Comparison> comparison = entry.getValue().comparison();
      Origin.Option option = recorded.get(name);
      if (option == null) {
        if (comparison.isEmpty() || comparison.get() != Comparison.IGNORED) {
          add(Cause.Code.OPTION_MISSING, name, value, "");
        }
      } else {
        Comparison how = comparison.orElse(option.comparison());
        if (!how.accepts(value, option.value())) {
          add(Cause.Code.OPTION_VALUE, name, how.prefix() + value, option.value());
        }
      }
    }
    recorded.forEach((name, option) -> {
      if (!wanted.options.containsKey(name) && option.comparison() != Comparison.IGNORED) {
        add(Cause.Code.OPTION_UNEXPECTED, name, "", option.value());
      }
    });
  }

  private void features(Origin origin) {
    if (wanted.features.isPresent()) {
      for (String feature : origin.features()) {
        if (!wanted.features.get().contains(feature)) {
          add(Cause.Code.FEATURE, feature, "a host that has it", "a host that has it not");
        }
      }
    }
  }

  private void upstreams(SortedMap<String, DataId> recorded) {
    if (wanted.upstreams.isEmpty()) {
      return;
    }
    wanted.upstreams.forEach((name, id) -> {
      DataId actual = recorded.get(name);
      if (actual == null) {
        add(Cause.Code.UPSTREAM_MISSING, name, id.hex(), "");
      } else if (!actual.same(id)) {
        add(Cause.Code.UPSTREAM_ID, name, id.hex(), actual.hex());
      }
    });
    recorded.forEach((name, id) -> {
      if (!wanted.upstreams.containsKey(name)) {
        add(Cause.Code.UPSTREAM_UNEXPECTED, name, "", id.hex());
      }
    });
  }

  private void variables(SortedMap<String, Optional<String>> recorded) {
    if (wanted.variables.isEmpty() && wanted.environment.isEmpty()) {
      return;
    }
    wanted.variables.forEach((name, value) -> {
      if (!recorded.containsKey(name)) {
        add(Cause.Code.VARIABLE_MISSING, name, shown(value), "");
      }
    });
    Optional<Function<String, Optional<String>>> lookup = wanted.environment;
    recorded.forEach((name, actual) -> {
      Optional<String> value = wanted.variables.get(name);
      if (value == null && lookup.isPresent()) {
        value = lookup.get().apply(name);
      }
      if (value == null) {
        add(Cause.Code.VARIABLE_UNEXPECTED, name, "", shown(actual));
      } else if (!value.equals(actual)) {
        add(Cause.Code.VARIABLE_VALUE, name, shown(value), shown(actual));
      }
    });
  }

  /** An empty value and none have to look different. */
  private static String shown(Optional<String> value) {
    return value.map(text -> '"' + text + '"').orElse("not set");
  }

  private void inputs(Origin origin) {
    if (wanted.inputs.isEmpty()) {
      return;
    }
    for (String path : wanted.inputs.get()) {
      if (!origin.inputs().containsKey(path)) {
        add(Cause.Code.INPUT_UNRECORDED, path, "an input", "");
      }
    }
    for (String path : origin.inputs().keySet()) {
      if (!wanted.inputs.get().contains(path)) {
        add(Cause.Code.INPUT_UNEXPECTED, path, "", "an input");
      }
    }
  }

  private void add(Cause.Code code, String subject, String expected, String actual) {
    causes.add(new Cause(code, subject, expected, actual));
  }
}
