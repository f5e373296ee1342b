package dev.calotype.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Page faults an operation and the most memory of the process in an iteration, from Linux's {@code
 * /proc/self}. Of the whole process: the collector's and the compiler's are in them, and so are
 * those of the setup of each invocation.
 */
public final class ProcessProfiler implements InternalProfiler {
  private static final Path STAT = Path.of("/proc/self/stat");
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");

  /** proc(5): forgets the peak so far. */
  private static final String PEAK = "5";

  /** Where the counts are in {@code stat}, from the field after the program's name. */
  private static final int MINOR = 7;

  private static final int MAJOR = 9;
  private static final double KIB_PER_MIB = 1024;

  private long minor;
  private long major;
  private boolean peakIsOfIteration;

  @Override
  public String getDescription() {
    return "Page faults and peak memory of the process (Linux)";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    try {
      Files.writeString(CLEAR, PEAK);
      peakIsOfIteration = true;
    } catch (IOException e) {
      peakIsOfIteration = false;
    }
    long[] now = faults();
    minor = now[0];
    major = now[1];
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long[] now = faults();
    List<Result<?>> all = new ArrayList<>();
    long operations = result.getMetadata().getAllOps();
    if (operations > 0) {
      all.add(scalar("faults.minor", (double) (now[0] - minor) / operations, "faults/op"));
      all.add(scalar("faults.major", (double) (now[1] - major) / operations, "faults/op"));
    }
    if (peakIsOfIteration) {
      all.add(scalar("rss.peak", peakKibibytes() / KIB_PER_MIB, "MiB"));
    }
    return all;
  }

  private static ScalarResult scalar(String name, double value, String unit) {
    return new ScalarResult(name, value, unit, AggregationPolicy.AVG);
  }

  /** Minor and major ones since the process began. */
  private static long[] faults() {
    try {
      String stat = Files.readString(STAT);
      // The name before may have spaces.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return new long[] {Long.parseLong(fields[MINOR]), Long.parseLong(fields[MAJOR])};
    } catch (IOException e) {
      throw new IllegalStateException("this profiler is for Linux", e);
    }
  }

  private static long peakKibibytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      throw new IllegalStateException("no VmHWM in " + STATUS);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
