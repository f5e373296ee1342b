package dev.calotype.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worked example of docs/graph-format.md. */
class GraphFormatTest {
  private static final Pattern LINE =
      Pattern.compile(
          "^ {4}([0-9a-f]{4})  ((?:[0-9a-f]{2} {1,2}){15}[0-9a-f]{2})", Pattern.MULTILINE);

  @TempDir Path folder;

  @Test
  void theExampleOnThePageIsWhatIsWritten() throws IOException {
    Path path = folder.resolve("example.graph");
    SessionOptions fast = SessionOptions.standard().withDurability(Durability.FAST);
    try (Session session = Session.open(path, fast)) {
      session.node(4, 0x1111, 0xa1, 0, 1, new long[0], 0);
      session.node(4, 0x1111, 0xa2, 0, 2, new long[] {0}, 1);
      session.node(9, 0x1111, 0xa2, 0, 1, new long[] {0, 1}, 2);
      session.complete();
    }
    byte[] bytes = Files.readAllBytes(path);
    byte[] shown = new byte[bytes.length];
    Path root = Path.of(System.getProperty("calotype.root", ""));
    Matcher lines = LINE.matcher(Files.readString(root.resolve("docs/graph-format.md")));
    int count = 0;
    while (lines.find()) {
      byte[] line = HexFormat.of().parseHex(lines.group(2).replace(" ", ""));
      System.arraycopy(line, 0, shown, Integer.parseInt(lines.group(1), 16), line.length);
      count++;
    }
    assertThat(count).isEqualTo(29);
    // What the page leaves out is zeros, but for the empty slots.
    for (int at = 0x150; at < 0x380; at++) {
      shown[at] = (byte) 0xff;
    }
    assertThat(HexFormat.of().formatHex(shown)).isEqualTo(HexFormat.of().formatHex(bytes));
  }
}
