package dev.calotype.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Where the true median of a bench lies, from all iterations of all forks; docs/bench-report.md
 * says how and why.
 *
 * @param low the lower end
 * @param median the median of all iterations
 * @param high the upper end
 * @param count how many iterations
 */
record Interval(double low, double median, double high, int count) {
  /** With fewer nothing is claimed. */
  private static final int FEWEST = 3;

  /** From here on, the lowest and highest of so many hold the median with 95 %. */
  private static final int ENOUGH = 6;

  private static final double RISK = 0.05;

  /** How two intervals lie to each other. */
  enum Order {
    /** The first is lower. */
    LESS,
    /** They meet, or there are too few iterations to tell. */
    UNSURE,
    /** The first is higher. */
    MORE
  }

  /**
   * The interval of a bench.
   *
   * @param forks the iterations of each fork; at least one in all
   */
  static Interval of(List<List<Double>> forks) {
    List<Double> all = new ArrayList<>();
    forks.forEach(all::addAll);
    Collections.sort(all);
    int n = all.size();
    int k = n < ENOUGH ? 1 : rank(n);
    double low = all.get(k - 1);
    double high = all.get(n - k);
    if (n < ENOUGH) {
      double half = (high - low) / 2;
      low = Math.max(low - half, low / 2);
      high += half;
    }
    for (List<Double> fork : forks) {
      if (!fork.isEmpty()) {
        double median = median(fork.stream().sorted().toList());
        low = Math.min(low, median);
        high = Math.max(high, median);
      }
    }
    return new Interval(low, median(all), high, n);
  }

  /** How this one lies to another. */
  Order order(Interval other) {
    if (count < FEWEST || other.count < FEWEST) {
      return Order.UNSURE;
    }
    return high < other.low ? Order.LESS : low > other.high ? Order.MORE : Order.UNSURE;
  }

  /** This as a multiple of another; its ends are the extremes. */
  Interval over(Interval other) {
    return new Interval(
        low / other.high, median / other.median, high / other.low, Math.min(count, other.count));
  }

  /** The largest k with which the k-th and the k-th last are far enough apart. */
  private static int rank(int n) {
    double term = Math.pow(0.5, n);
    double below = term;
    int k = 1;
    // Invariant: below is P(Bin(n, ½) < k).
    while (k < n / 2) {
      term *= (double) (n - k + 1) / k;
      if (2 * (below + term) > RISK) {
        break;
      }
      below += term;
      k++;
    }
    return k;
  }

  private static double median(List<Double> sorted) {
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
