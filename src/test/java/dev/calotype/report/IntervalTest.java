package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.report.Interval.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

final class IntervalTest {
  @Test
  void theExampleOfThePageIsRight() {
    Interval interval = Interval.of(List.of(List.of(10.0, 11.0, 30.0), List.of(12.0, 13.0, 14.0)));
    assertThat(interval).isEqualTo(new Interval(10, 12.5, 30, 6));
  }

  @Test
  void ofMuchFewerThanHalfTheIterationsOutliersMoveNothing() {
    List<Double> times = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      times.add(100.0 + i);
    }
    Interval plain = Interval.of(List.of(times));
    // The 8th and the 18th: P(Bin(25, ½) < 8) = 2.2 %, and P(… < 9) = 5.4 %.
    assertThat(plain).isEqualTo(new Interval(107, 112, 117, 25));

    times.set(24, 1e9);
    times.set(23, 1e9);
    assertThat(Interval.of(List.of(times))).isEqualTo(plain);
  }

  @Test
  void theMedianOfEachForkIsInside() {
    List<Double> low = List.of(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0);
    List<Double> high = List.of(9.0, 9.0, 9.0);
    Interval interval = Interval.of(List.of(low, low, high));
    assertThat(interval.low()).isEqualTo(1);
    assertThat(interval.median()).isEqualTo(1);
    assertThat(interval.high()).isEqualTo(9);
  }

  @Test
  void fewIterationsAreGivenHalfTheirRangeMore() {
    assertThat(Interval.of(List.of(List.of(10.0, 14.0, 11.0))))
        .isEqualTo(new Interval(8, 11, 16, 3));
    assertThat(Interval.of(List.of(List.of(1.0, 100.0, 2.0))).low()).isEqualTo(0.5);
  }

  @Test
  void belowThreeIterationsNothingIsClaimed() {
    Interval two = Interval.of(List.of(List.of(1.0), List.of(1.0)));
    Interval three = Interval.of(List.of(List.of(5.0, 5.0, 5.0)));
    assertThat(two.order(three)).isEqualTo(Order.UNSURE);
    assertThat(three.order(two)).isEqualTo(Order.UNSURE);
    assertThat(three.order(new Interval(6, 6, 6, 3))).isEqualTo(Order.LESS);
    assertThat(three.order(new Interval(4, 4, 4, 3))).isEqualTo(Order.MORE);
  }

  @Test
  void intervalsThatTouchAreNoDifference() {
    assertThat(new Interval(1, 2, 3, 9).order(new Interval(3, 4, 5, 9))).isEqualTo(Order.UNSURE);
  }

  @Test
  void aRatiosRangeHasBothExtremes() {
    Interval ratio = new Interval(8, 10, 12, 5).over(new Interval(4, 5, 6, 9));
    assertThat(ratio).isEqualTo(new Interval(8.0 / 6, 2, 3, 5));
  }

  @Test
  void theTrueMedianIsInsideNineteenTimesOfTwentyWhateverTheDistribution() {
    Random random = new Random(1);
    assertThat(covered(() -> -Math.log(1 - random.nextDouble()), Math.log(2))).isGreaterThan(0.95);
    assertThat(covered(random::nextGaussian, 0)).isGreaterThan(0.95);
  }

  @Test
  void twoOfTheSameRarelyDiffer() {
    Random random = new Random(2);
    for (int n : new int[] {3, 5, 6, 15}) {
      int differ = 0;
      for (int i = 0; i < 4000; i++) {
        Interval one = Interval.of(List.of(draw(n, random)));
        Interval other = Interval.of(List.of(draw(n, random)));
        differ += one.order(other) == Order.UNSURE ? 0 : 1;
      }
      assertThat(differ / 4000.0).as("of %d iterations", n).isLessThan(0.025);
    }
  }

  private static List<Double> draw(int n, Random random) {
    List<Double> times = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      times.add(100 + random.nextGaussian());
    }
    return times;
  }

  /** How often the interval of so many draws has the median in it. */
  private static double covered(DoubleSupplier draw, double median) {
    int covered = 0;
    for (int i = 0; i < 5000; i++) {
      List<Double> times = new ArrayList<>();
      for (int j = 0; j < 15; j++) {
        times.add(draw.getAsDouble());
      }
      Interval interval = Interval.of(List.of(times));
      covered += interval.low() <= median && median <= interval.high() ? 1 : 0;
    }
    return covered / 5000.0;
  }
}
