package dev.calotype.ji;

import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** Which of two code objects that fit a host is better: docs/code-sets.md, "Picking". */
final class CodePreference implements Comparator<Validity.FreshCode> {
  private final SortedMap<String, String> wanted = Group.map();

  CodePreference(Map<String, String> wanted) {
    this.wanted.putAll(wanted);
  }

  /** Negative if the first is better. */
  @Override
  public int compare(Validity.FreshCode one, Validity.FreshCode other) {
    Origin first = origin(one);
    Origin second = origin(other);
    int more = Integer.compare(weight(second), weight(first));
    if (more != 0) {
      return more;
    }
    for (Map.Entry<String, String> option : wanted.entrySet()) {
      int nearer =
          Integer.compare(
              distance(option.getKey(), option.getValue(), first),
              distance(option.getKey(), option.getValue(), second));
      if (nearer != 0) {
        return nearer;
      }
    }
    return 0;
  }

  /** How many features it needs, those of levels included. */
  private static int weight(Origin origin) {
    Set<String> features = origin.features();
    return CpuLevels.implied(features).size();
  }

  private static int distance(String name, String value, Origin origin) {
    Origin.Option option = origin.options().get(name);
    if (option == null) {
      return 3;
    }
    if (option.value().equals(value)) {
      return 0;
    }
    return option.comparison().accepts(value, option.value()) ? 1 : 2;
  }

  private static Origin origin(Validity.FreshCode code) {
    return code.code().note() instanceof LinkedNote linked ? linked.origin() : Origin.none();
  }
}
