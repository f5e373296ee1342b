package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {
  @Test
  void theAnswersArePrinted(@TempDir Path folder) throws IOException {
    assertThat(Report.write(folder, Stored.results(), Optional.empty()))
        .isEqualTo(
            """
            Map or read?
              header only · cold          can't tell
              all, in order · warm        read up to 4 KiB (1.56×), map from 1 MiB on (up to 9.70× at 1 MiB)
              image: walk · first answer  map 2.38×

            Calotype and its peers
              image.FindBenchmark.ours             ELF_SMALL       30.5 ns  0.67× of c (0.41–1.08)
              graph.LookupBenchmark.dependentOurs  <b>&"</script>  400 ns   0.21× of lmdb (0.18–0.25)

            Not run
              map.FirstAnswerBenchmark.answer  WARM READ_ALL SEQUENTIAL GIB_3  an array ends at 2 GiB
            """);
  }

  @Test
  void whatIsThereIsReplacedAndNothingElseIsLeft(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("report.html"), "old");
    Report.write(folder, Stored.results(), Optional.of(Stored.results()));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("report.html", "map-or-read.svg", "peers.svg");
    }
    assertThat(folder.resolve("report.html")).content().startsWith("<!DOCTYPE html>");
  }

  @Test
  void thePageAsksForNothingAndForbidsItself() throws IOException {
    String page = page();
    assertThat(page).contains("Content-Security-Policy\" content=\"default-src 'none';");
    assertThat(page).doesNotContain("sourceMappingURL");
    assertThat(page.replaceAll("(?s)<script.*?</script>", ""))
        .doesNotContain("src=", "url(", "@import", "<link", "<iframe")
        .contains("BSD 3-clause", "Redistributions in binary form", "Mike Bostock");
  }

  @Test
  void whatIsBundledIsWhatWasPublished() throws Exception {
    Path vega = Path.of(System.getProperty("calotype.root", ""), "report", "vega");
    List<String> sums = Files.readAllLines(vega.resolve("SHA256SUMS"));
    assertThat(sums).hasSize(3);
    for (String line : sums) {
      byte[] bytes = Files.readAllBytes(vega.resolve(line.substring(66)));
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      assertThat(line).startsWith(HexFormat.of().formatHex(digest));
    }
  }

  @Test
  void namesFromResultsAreNoMarkup() throws IOException {
    String page = page();
    assertThat(page).contains("&lt;b&gt;&amp;&quot;&lt;/script&gt;").doesNotContain("<b>&");
    // Four scripts and the charts; the name in the charts ends none of them.
    assertThat(page.split("</script", -1)).hasSize(6);
  }

  @Test
  void everyTableOfThePageIsThere() throws IOException {
    String page =
        Page.write(
            Stored.results(), Optional.of(Comparison.of(Stored.results(), Stored.results())));
    assertThat(page)
        .contains("<span class=\"map\"", ">map 9.70×<small>MAP_CONFINED</small>")
        .contains(">only map<small>", ">can't tell<small>")
        .contains("0 slower, 0 faster, 13 within the noise")
        .contains("an array ends at 2 GiB", "A Processor", "seed 4711")
        .contains("<th class=\"number\">Peak memory</th>", "123 MiB", "612 B")
        .contains("0.67× of c");
  }

  @Test
  void thePicturesSayWhoWinsAndWhereItWasMeasured(@TempDir Path folder) throws IOException {
    Report.write(folder, Stored.results(), Optional.empty());
    for (String name : List.of("map-or-read.svg", "peers.svg")) {
      String picture = Files.readString(folder.resolve(name));
      assertThat(picture).startsWith("<svg ").contains("A Processor, 2 cores, ", "quick set");
    }
    assertThat(folder.resolve("map-or-read.svg"))
        .content()
        .contains(">map 9.70×</text>", ">4 KiB</text>", ">header only · cold</text>");
    assertThat(folder.resolve("peers.svg"))
        .content()
        .contains(">0.67× of c</text>", ">image.Find ELF_SMALL</text>");
  }

  @Test
  void withoutRowsThereIsAPageAndNoPicture(@TempDir Path folder) throws IOException {
    assertThat(Report.write(folder, Stored.with(List.of()), Optional.empty()))
        .startsWith("Not run\n");
    assertThat(folder.resolve("report.html")).exists();
    assertThat(folder.resolve("peers.svg")).doesNotExist();
  }

  private static String page() throws IOException {
    return Page.write(Stored.results(), Optional.empty());
  }
}
