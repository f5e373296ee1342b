package dev.calotype.cli;

import java.util.function.LongConsumer;

/** A line on standard error that says how far work has come, if it takes over a second. */
final class Progress implements LongConsumer, AutoCloseable {
  private static final long FIRST = 1_000_000_000L;
  private static final long BETWEEN = 100_000_000L;

  /** A line that wraps can't be taken back. */
  private static final int MOST_LABEL = 50;

  private final Terminal terminal;
  private final String label;
  private final long total;
  private long done;
  private long next = System.nanoTime() + FIRST;
  private boolean asked;
  private boolean seen;
  private boolean shown;

  /**
   * Starts the clock.
   *
   * @param label what is done to which file
   * @param total when it is done
   */
  Progress(Terminal terminal, String label, long total) {
    this.terminal = terminal;
    String escaped = Text.escape(label);
    this.label = escaped.length() <= MOST_LABEL ? escaped : escaped.substring(0, MOST_LABEL);
    this.total = total;
  }

  @Override
  public void accept(long bytes) {
    done += bytes;
    if (isDue()) {
      show(
          "%s: %d %% of %s"
              .formatted(label, total <= 0 ? 100 : done * 100 / total, Text.size(total)));
    }
  }

  /** The same for work that is counted in something other than bytes. */
  void step(String unit) {
    steps(1, unit);
  }

  /** The same for several at a time. */
  void steps(long more, String unit) {
    done += more;
    if (isDue()) {
      show("%s: %d of %d %s".formatted(label, done, total, unit));
    }
  }

  /** Removes the line. */
  @Override
  public void close() {
    if (shown) {
      terminal.err().print("\r\u001b[K");
      terminal.err().flush();
    }
  }

  private boolean isDue() {
    long now = System.nanoTime();
    if (now - next < 0) {
      return false;
    }
    next = now + BETWEEN;
    if (!asked) {
      asked = true;
      seen = terminal.showsProgress();
    }
    return seen;
  }

  private void show(String line) {
    terminal.out().flush();
    terminal.err().print("\r\u001b[K" + line);
    terminal.err().flush();
    shown = true;
  }
}
