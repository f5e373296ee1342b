package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.testing.EitherWay;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of the system is what the JDK says. */
@EitherWay
class StatTest {
  @TempDir Path folder;

  @Test
  void everyKindOfFileHasTheAttributesThatTheJdkSays() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[12_345]);
    Path pipe = folder.resolve("pipe");
    Run.of(Tools.require("mkfifo"), pipe.toString()).succeeded();
    List<Path> all = new ArrayList<>(List.of(folder, file, pipe, Path.of("/dev/null")));
    all.add(Files.createSymbolicLink(folder.resolve("link"), file));
    all.add(Files.write(folder.resolve("grün 日本"), new byte[1]));
    all.add(Path.of(""));
    all.add(Path.of("pom.xml"));
    all.add(Path.of("/"));
    for (Path one : all) {
      assertThat(Stat.of(one)).as(one.toString()).isEqualTo(Stat.ofJava(one));
    }
    assertThat(Stat.of(file).size()).isEqualTo(12_345);
    assertThat(Stat.of(pipe).kind()).isEqualTo(Input.Kind.MISSING);
  }

  @Test
  void timesBeforeTheEpochAndOfTheFarFutureAreWhatTheJdkSays() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[1]);
    for (String time :
        List.of("1969-12-31T23:59:59.999999999Z", "1901-12-14T00:00:00Z", "2400-01-01T00:00:00Z")) {
      Files.setLastModifiedTime(file, FileTime.from(Instant.parse(time)));
      assertThat(Stat.of(file)).as(time).isEqualTo(Stat.ofJava(file));
    }
  }

  @Test
  void whatIsNotThereIsTheJdksException() {
    assertThatThrownBy(() -> Stat.of(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> Stat.of(folder.resolve("a".repeat(5000))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("too long");
  }
}
