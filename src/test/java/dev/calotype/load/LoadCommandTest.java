package dev.calotype.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ji.Linkage;
import dev.calotype.ji.Origin;
import dev.calotype.testing.NativeOnly;
import dev.calotype.testing.NativeWay;
import dev.calotype.testing.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code load}, in a JVM of its own, as code that is wrong could end it. */
@NativeOnly
class LoadCommandTest {
  @TempDir Path folder;

  @Test
  void itCallsTheBestCodeAndPrintsWhatItGives() throws IOException {
    LoadFixture fixture = new LoadFixture(folder);
    Path data = fixture.data();
    Path hole = fixture.hole(data);
    String count = Integer.toString(LoadFixture.COUNT);
    assertThat(
            run(NativeWay.enabling(), data, "--code", hole, "--call", "total", count)
                .succeeded()
                .out())
        .isEqualTo(LoadFixture.total() + System.lineSeparator());
    Path plain =
        fixture.slots(data, "plain.so", "-O0", Origin.none().withFeature("sse2"), Linkage.none());
    assertThat(
            run(
                    NativeWay.enabling(),
                    data,
                    "--code",
                    hole,
                    "--code",
                    plain,
                    "--private",
                    "--json",
                    "--call",
                    "second:()J")
                .out())
        .contains("\"error\":\"import-unbound scale"); // The better one needs what C lacks.
    Run refused = run(NativeWay.enabling(), data, "--code", plain, "--call", "second:()J");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("import-unbound scale: expected (J)J").hasLineCount(1);
    Run wrong = run(NativeWay.enabling(), data, "--code", hole, "--call", "nothing:()J");
    assertThat(wrong.exit()).isEqualTo(1);
    assertThat(wrong.err()).contains("no symbol nothing").hasLineCount(1);
    Run without = run(List.of(), data, "--code", hole, "--call", "total", count);
    assertThat(without.exit()).isEqualTo(3);
    assertThat(without.err()).contains("--enable-native-access=").hasLineCount(1);
  }

  private static Run run(List<String> options, Object... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--illegal-native-access=deny");
    command.addAll(options);
    command.addAll(List.of("-cp", Run.programClassPath(), "dev.calotype.cli.Main", "load"));
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    return Run.of(command.toArray(String[]::new));
  }
}
