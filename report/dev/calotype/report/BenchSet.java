package dev.calotype.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;

/** The benches of one set of {@code bench/sets.txt}, each with one choice of its parameters. */
final class BenchSet {
  /** Where the sets are, in a checkout. */
  static final Path FILE = Path.of("bench", "sets.txt");

  private static final int FIXED_WORDS = 3;

  private BenchSet() {}

  /**
   * One bench with one choice of parameters.
   *
   * @param name JMH's
   * @param params the choice
   * @param options of the line of the set
   * @param forks how many JVMs
   * @param seconds what one of them takes, about
   */
  record Task(String name, Map<String, String> params, Options options, int forks, double seconds) {
    /** As people read it. */
    String title() {
      return (Row.relative(name) + " " + String.join(" ", params.values())).strip();
    }
  }

  /**
   * The tasks of a set.
   *
   * @param lines of all sets
   * @param benches those there are
   * @param only which of them, by names below the root package
   */
  static List<Task> tasks(
      String set,
      List<String> lines,
      BenchmarkList benches,
      Predicate<String> only,
      OutputFormat log) {
    List<Task> tasks = new ArrayList<>();
    for (String line : lines) {
      List<String> words = Arrays.asList(line.strip().split("\\s+"));
      if (words.getFirst().equals(set)) {
        tasks.addAll(tasks(words, benches, only, log));
      }
    }
    return tasks;
  }

  private static List<Task> tasks(
      List<String> words, BenchmarkList benches, Predicate<String> only, OutputFormat log) {
    double seconds = Double.parseDouble(words.get(1));
    Options options = options(words.subList(FIXED_WORDS, words.size()));
    int forks = options.getForkCount().orElse(1);
    Set<BenchmarkListEntry> entries = benches.find(log, List.of(words.get(2)), List.of());
    List<Choice> choices = new ArrayList<>();
    // A bench of several modes is there as often.
    Set<String> seen = new TreeSet<>();
    for (BenchmarkListEntry entry : entries) {
      if (seen.add(entry.getUsername())) {
        choices.addAll(choices(entry, options));
      }
    }
    double each = seconds / Math.max(1, choices.size()) / forks;
    return choices.stream()
        .filter(choice -> only.test(Row.relative(choice.name())))
        .map(choice -> new Task(choice.name(), choice.params(), options, forks, each))
        .toList();
  }

  private record Choice(String name, Map<String, String> params) {}

  private static List<Choice> choices(BenchmarkListEntry entry, Options options) {
    List<Map<String, String>> all = List.of(new LinkedHashMap<>());
    for (Map.Entry<String, String[]> param : entry.getParams().orElse(Map.of()).entrySet()) {
      String name = param.getKey();
      List<String> values =
          options.getParameter(name).hasValue()
              ? List.copyOf(options.getParameter(name).get())
              : List.of(param.getValue());
      List<Map<String, String>> longer = new ArrayList<>();
      for (Map<String, String> begun : all) {
        for (String value : values) {
          Map<String, String> choice = new LinkedHashMap<>(begun);
          choice.put(name, value);
          longer.add(choice);
        }
      }
      all = longer;
    }
    return all.stream().map(choice -> new Choice(entry.getUsername(), choice)).toList();
  }

  private static Options options(List<String> words) {
    try {
      return new CommandLineOptions(words.toArray(String[]::new));
    } catch (CommandLineOptionException e) {
      throw new IllegalStateException(FILE + ": " + e.getMessage(), e);
    }
  }
}
