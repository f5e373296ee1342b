package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser, without a window. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BrowserTest {
  private static final Pattern PLACE = Pattern.compile("<div class=\"chart\" data-chart=\"\\d+\"");
  private static final Pattern DRAWN = Pattern.compile("<svg [^>]*class=\"marks\"");
  private static final Pattern DOT = Pattern.compile("aria-roledescription=\"point\"");
  private static final long PNG = 0x89504e470d0a1a0aL;

  private final String chromium = Tools.require("chromium");

  @Test
  void thePageShowsEveryChartAndEveryIterationWithoutAScriptError(@TempDir Path folder)
      throws IOException {
    String page = Page.write(Stored.results(), Optional.empty());
    String shown = open(folder, page);

    assertThat(root(shown)).contains("data-errors=\"0\"").doesNotContain("data-error=");
    assertThat(count(PLACE, page)).isEqualTo(5);
    assertThat(root(shown)).contains("data-charts=\"5\"");
    assertThat(count(DRAWN, shown)).isEqualTo(5);
    // 30 and 6 of files, with a mark for each of 5 and 2 medians; 16 of real work; 12; 6.
    assertThat(count(DOT, shown)).isEqualTo(30 + 5 + 6 + 2 + 16 + 12 + 6);
    assertThat(shown).contains(">10 µs</text>", ">ELF_SMALL ours</text>", ">1M</text>");
  }

  @Test
  void aChartThatCannotBeDrawnIsAnError(@TempDir Path folder) throws IOException {
    String page = Page.write(Stored.results(), Optional.empty());
    String shown =
        open(folder, page.replaceFirst("\"type\":\"rule\"", "\"type\":\"no such mark\""));
    assertThat(root(shown)).contains("data-errors=\"1\"", "data-charts=\"4\"");
  }

  @Test
  void theBrowserIsForbiddenToLoadAnything(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("other.js"), "document.documentElement.dataset.loaded = 'yes'");
    String page = Page.write(Stored.results(), Optional.empty());
    int end = page.lastIndexOf("</body>");
    page = page.substring(0, end) + "<script src=\"other.js\"></script>" + page.substring(end);
    assertThat(root(open(folder, page)))
        .contains("data-charts=\"5\"")
        .doesNotContain("data-loaded");

    String allowed = page.replaceFirst("<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "");
    assertThat(root(open(folder, allowed))).contains("data-loaded=\"yes\"");
  }

  @Test
  void aScreenshotHasMoreThanAWhitePage(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("report.html");
    Files.writeString(file, Page.write(Stored.results(), Optional.empty()));
    Path picture = folder.resolve("page.png");
    run(folder, file, "--window-size=1280,2000", "--screenshot=" + picture).succeeded();
    try (DataInputStream in = new DataInputStream(Files.newInputStream(picture))) {
      assertThat(in.readLong()).isEqualTo(PNG);
      in.readLong();
      assertThat(in.readInt()).isEqualTo(1280);
      assertThat(in.readInt()).isEqualTo(2000);
    }
    // An empty page of that size compresses to less than a tenth of it.
    assertThat(Files.size(picture)).isGreaterThan(100_000);
  }

  @Test
  void thePicturesAreDrawnToo(@TempDir Path folder) throws IOException {
    Report.write(folder, Stored.results(), Optional.empty());
    for (String name : List.of("map-or-read.svg", "peers.svg")) {
      Run run = run(folder, folder.resolve(name), "--dump-dom").succeeded();
      assertThat(utf8(run.out())).startsWith("<svg ").contains("A Processor").endsWith("</svg>\n");
      assertThat(run.out()).doesNotContain("parsererror");
    }
  }

  private String open(Path folder, String page) throws IOException {
    Path file = folder.resolve("report.html");
    Files.writeString(file, page);
    return utf8(run(folder, file, "--dump-dom").succeeded().out());
  }

  private Run run(Path folder, Path file, String... more) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(chromium, "--headless", "--no-sandbox", "--disable-gpu"));
    command.addAll(List.of("--disable-quic", "--no-first-run", "--disable-background-networking"));
    command.addAll(List.of("--disable-component-update", "--disable-sync"));
    command.addAll(List.of("--user-data-dir=" + folder.resolve("profile")));
    // The page's own time, which waits for its scripts.
    command.add("--virtual-time-budget=60000");
    command.addAll(List.of(more));
    command.add(file.toUri().toString());
    return Run.of(command.toArray(String[]::new));
  }

  private static String root(String page) {
    int end = page.indexOf('>', page.indexOf("<html"));
    return page.substring(0, end);
  }

  private static int count(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    int count = 0;
    while (found.find()) {
      count++;
    }
    return count;
  }

  private static String utf8(String latin) {
    return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
