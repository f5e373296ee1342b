package dev.calotype.report;

import dev.calotype.report.Measuring.Step;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * How far the benches have come: on a terminal one line that changes, elsewhere a line for each
 * tenth.
 */
final class BenchProgress {
  private static final int TENTHS = 10;
  private static final int MOST_TITLE = 70;

  private final PrintStream to;
  private final boolean terminal;
  private final double expected;
  private final int count;
  private final LongSupplier nanos;
  private final long start;
  private double done;
  private int finished;
  private int tenth;

  /**
   * Nothing done yet.
   *
   * @param nanos a clock
   */
  BenchProgress(PrintStream to, boolean terminal, List<Step> steps, LongSupplier nanos) {
    this.to = to;
    this.terminal = terminal;
    this.nanos = nanos;
    start = nanos.getAsLong();
    expected = steps.stream().mapToDouble(step -> step.task().seconds()).sum();
    count = steps.size();
  }

  /** Before a step. */
  void begin(Step step) {
    if (terminal) {
      String title = step.task().title();
      title = title.length() <= MOST_TITLE ? title : title.substring(0, MOST_TITLE);
      to.printf("\r\u001b[K%d of %d, %s left: %s", finished + 1, count, left(), title);
      to.flush();
    }
  }

  /** After it. */
  void end(Step step) {
    done += step.task().seconds();
    finished++;
    int now = finished * TENTHS / count;
    if (!terminal && now > tenth) {
      tenth = now;
      to.printf("%d %%, %s left%n", now * TENTHS, left());
    }
  }

  /** Takes the line away. */
  void close() {
    if (terminal) {
      to.print("\r\u001b[K");
      to.flush();
    }
  }

  /** By what the steps so far took, the set's own estimate weighing as much as a tenth of it. */
  private String left() {
    double elapsed = (nanos.getAsLong() - start) / 1e9;
    double known = expected / TENTHS;
    double factor = (elapsed + known) / (done + known);
    long seconds = Math.max(1, Math.round((expected - done) * factor));
    return seconds < 90 ? "about " + seconds + " s" : "about " + (seconds + 30) / 60 + " min";
  }

  /** Whether standard error is one. */
  static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
