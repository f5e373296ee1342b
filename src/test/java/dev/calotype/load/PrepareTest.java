package dev.calotype.load;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.calotype.testing.EitherWay;
import org.junit.jupiter.api.Test;

/** The JVM of one of the two runs refuses native calls. */
@EitherWay
final class PrepareTest {
  @Test
  void preparingAsksForNothingThatIsNotAllowedAndMayBeRepeated() {
    assertThatCode(
            () -> {
              Loader.prepare();
              Loader.prepare();
            })
        .doesNotThrowAnyException();
  }
}
