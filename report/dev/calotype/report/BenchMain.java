package dev.calotype.report;

import dev.calotype.report.BenchSet.Task;
import dev.calotype.report.Measuring.Step;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What {@code tools/run-benches} runs in a checkout: {@code SET SEED FOLDER ONLY AGAINST}, checked
 * by {@code calotype bench}; the last two may be empty.
 */
final class BenchMain {
  private static final int NOTHING = 3;
  private static final int IO = 74;
  private static final String LOG = "bench.log";

  private BenchMain() {}

  public static void main(String[] args) {
    try {
      System.exit(run(args[0], Long.parseLong(args[1]), Path.of(args[2]), args[3], args[4]));
    } catch (IOException e) {
      System.exit(fail(IO, e.toString()));
    }
  }

  private static int run(String set, long seed, Path folder, String only, String against)
      throws IOException {
    Optional<Results> before = Optional.empty();
    if (!against.isEmpty()) {
      try {
        before = Optional.of(Results.read(Files.readString(Path.of(against))));
      } catch (IllegalArgumentException e) {
        return fail(NOTHING, against + ": " + e.getMessage());
      }
    }
    Path notRun = Path.of(System.getProperty("calotype.bench.notRun", "target/bench/not-run"));
    Files.deleteIfExists(notRun);
    Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Map<String, String> machine = Machine.here(folder);
    List<Json> results;
    List<Json> failures;
    try (PrintStream logFile =
        new PrintStream(Files.newOutputStream(folder.resolve(LOG)), true, StandardCharsets.UTF_8)) {
      OutputFormat log = OutputFormatFactory.createFormatInstance(logFile, VerboseMode.NORMAL);
      Pattern pattern = Pattern.compile(only);
      List<Task> tasks =
          BenchSet.tasks(
              set,
              Files.readAllLines(BenchSet.FILE),
              BenchmarkList.defaultList(),
              name -> pattern.matcher(name).find(),
              log);
      if (tasks.isEmpty()) {
        return fail(NOTHING, "no bench of the " + set + " set matches '" + only + "'");
      }
      List<Step> steps = Measuring.steps(tasks, seed);
      System.err.printf(
          "%s set, %d benches, %d forks, order by --seed %d%n",
          set, tasks.size(), steps.size(), seed);
      Measuring measuring = new Measuring(tasks, log, notRun);
      BenchProgress progress =
          new BenchProgress(System.err, BenchProgress.isTerminal(), steps, System::nanoTime);
      for (Step step : steps) {
        progress.begin(step);
        measuring.run(step);
        progress.end(step);
      }
      progress.close();
      results = measuring.results();
      failures = measuring.notRun();
    } catch (RunnerException e) {
      return fail(IO, "other benches are running on this machine: " + e.getMessage());
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put(Results.FORMAT, 1);
    all.put("version", version());
    all.put("set", set);
    all.put("only", only);
    all.put("seed", seed);
    all.put("started", started.toString());
    all.put("seconds", started.until(Instant.now(), ChronoUnit.SECONDS));
    all.put("machine", machine);
    all.put("results", results);
    all.put("notRun", failures);
    String text = new Json(all).write();
    Report.put(folder.resolve(Report.RESULTS), text + "\n");
    System.out.print(Report.write(folder, Results.read(text), before));
    System.out.println();
    System.out.println(folder.resolve(Report.PAGE));
    return 0;
  }

  private static String version() throws IOException {
    Properties properties = new Properties();
    try (InputStream in =
        BenchMain.class.getResourceAsStream("/dev/calotype/cli/version.properties")) {
      if (in != null) {
        properties.load(in);
      }
    }
    return properties.getProperty("version", "unknown");
  }

  private static int fail(int status, String why) {
    System.err.println("calotype: bench: " + why);
    return status;
  }
}
