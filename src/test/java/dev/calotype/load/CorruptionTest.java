package dev.calotype.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ji.Tier;
import dev.calotype.testing.NativeOnly;
import dev.calotype.testing.NativeWay;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flipped bits in both halves, in a JVM of their own: none of them lets code run. */
@NativeOnly
class CorruptionTest {
  private static final String CAUGHT = "caught";

  @TempDir Path folder;

  @Test
  void theFullTierCatchesEveryFlipBeforeCodeRuns() throws IOException {
    LoadFixture fixture = new LoadFixture(folder);
    Path data = fixture.data();
    Path container = fixture.container(data);
    List<Path> halves = fixture.detached(fixture.library());
    int count = Tools.count(15, 4000);
    List<Path> pairs = new ArrayList<>();
    pairs.addAll(List.of(data, fixture.slots(data)));
    pairs.addAll(List.of(data, fixture.hole(data)));
    pairs.addAll(List.of(container, fixture.needed(container)));
    pairs.addAll(halves);
    List<String> arguments = new ArrayList<>();
    arguments.add(folder.resolve("flipped").toString());
    arguments.add(Integer.toString(count));
    pairs.stream().map(Path::toString).forEach(arguments::add);
    Run run =
        Run.java(NativeWay.enabling(), Flip.class, arguments.toArray(String[]::new)).succeeded();
    String each = "%s %d of %d%n".formatted(CAUGHT, 2 * count, 2 * count);
    assertThat(run.out()).isEqualTo(each.repeat(pairs.size() / 2));
  }

  /** Flips one bit after the other. */
  static final class Flip {
    private Flip() {}

    public static void main(String[] arguments) throws IOException {
      for (int i = 2; i < arguments.length; i += 2) {
        flip(
            Path.of(arguments[i]),
            Path.of(arguments[i + 1]),
            Path.of(arguments[0]),
            Integer.parseInt(arguments[1]));
      }
    }

    private static void flip(Path data, Path code, Path flipped, int count) throws IOException {
      String right = Long.toString(LoadFixture.total());
      require(total(data, code, Tier.FULL, it -> it), right);
      SplittableRandom random = new SplittableRandom(20_261_124);
      int caught = 0;
      for (Path half : List.of(data, code)) {
        byte[] bytes = Files.readAllBytes(half);
        for (int i = 0; i < count; i++) {
          byte[] changed = bytes.clone();
          // Half of them where headers and notes are.
          int at = random.nextInt(i % 2 == 0 ? changed.length : Math.min(4096, changed.length));
          changed[at] ^= (byte) (1 << random.nextInt(8));
          Files.write(flipped, changed);
          Path one = half.equals(data) ? flipped : data;
          Path two = half.equals(code) ? flipped : code;
          List<String> answers = new ArrayList<>();
          answers.add(total(one, two, Tier.FULL, it -> it));
          // What a lower tier lets pass, the loader finds when it is asked to look.
          answers.add(total(one, two, Tier.HEADER, Loader::withFullCheck));
          if (answers.stream().noneMatch(answer -> Character.isDigit(answer.charAt(0)))) {
            caught++;
          } else {
            System.out.println("missed bit at %d of %s: %s".formatted(at, half, answers));
          }
        }
      }
      System.out.println("%s %d of %d".formatted(CAUGHT, caught, 2 * count));
    }

    private static String total(Path data, Path code, Tier tier, UnaryOperator<Loader> how)
        throws IOException {
      return Loads.total(data, code, tier, how, () -> {}, () -> {});
    }

    private static void require(String actual, String expected) {
      if (!actual.equals(expected)) {
        throw new AssertionError(actual + ", not " + expected);
      }
    }
  }
}
