package dev.calotype.graph;

import java.io.Serial;
import java.util.Arrays;

/** Nodes of a graph depend on each other in a circle, so that none can be marked before another. */
public final class GraphCycleException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private static final int MOST_SHOWN = 16;

  private final long[] path;

  GraphCycleException(String file, long[] path) {
    super("%s: a cycle of %d nodes: %s".formatted(file, path.length - 1, text(path)));
    this.path = path.clone();
  }

  /** The circle: each node depends on the next, and the last is the first again. */
  public long[] path() {
    return path.clone();
  }

  private static String text(long[] path) {
    String shown = Arrays.toString(Arrays.copyOf(path, Math.min(path.length, MOST_SHOWN)));
    return path.length > MOST_SHOWN ? shown + "…" : shown;
  }
}
