package dev.calotype.report;

import static dev.calotype.report.Stored.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.report.Comparison.Change;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
  @Test
  void theWorstComesFirstAndNoiseIsNoChange() throws IOException {
    Results now =
        Stored.with(
            List.of(
                row("x.B", "same", 1, 1.1, 1.2),
                row("x.B", "faster", 1, 1, 1),
                row("x.B", "slower", 3, 3, 3),
                row("x.B", "slowest", 9, 9, 9),
                row("x.B", "new", 1, 1, 1)));
    Results before =
        Stored.with(
            List.of(
                row("x.B", "slower", 1, 1, 1),
                row("x.B", "slowest", 1, 1, 1),
                row("x.B", "same", 1.1, 1.2, 1.3),
                row("x.B", "faster", 2, 2, 2),
                row("x.B", "gone", 1, 1, 1)));
    Comparison comparison = Comparison.of(now, before);
    assertThat(comparison.changes())
        .extracting(change -> change.now().method() + " " + change.verdict())
        .containsExactly("slowest slower", "slower slower", "same can't tell", "faster faster");
    assertThat(comparison.changes())
        .extracting(Change::ratio)
        .extracting(Interval::median)
        .startsWith(9.0, 3.0);
    assertThat(comparison.onlyOne()).isEqualTo(2);
    assertThat(comparison.otherMachine()).isEmpty();
    assertThat(TextReport.write(now, Optional.of(comparison)))
        .contains("Against the earlier report: 2 slower, 1 faster, 1 within the noise")
        .contains("  slower  x.B.slowest   9.00× (9.00–9.00)");
  }

  @Test
  void anotherMachineIsSaid() throws IOException {
    Results now = Stored.results();
    Results before = Results.read(Stored.text().replace("A Processor", "Another Processor"));
    assertThat(Comparison.of(now, before).otherMachine())
        .containsExactly("processor: A Processor, was Another Processor");
  }
}
