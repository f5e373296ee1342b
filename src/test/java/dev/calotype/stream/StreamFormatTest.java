package dev.calotype.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worked example in docs/stream-format.md. */
class StreamFormatTest {
  private static final Pattern LINE =
      Pattern.compile("^ {4}([0-9a-f]{4}) {2}((?:[0-9a-f]{2} {1,2})+) ", Pattern.MULTILINE);

  @TempDir Path folder;

  @Test
  void theWorkedExampleIsWhatIsWritten() throws IOException {
    try (Arena arena = Arena.ofConfined();
        MetadataWriter out = MetadataWriter.create(folder.resolve("example"), false)) {
      out.bytes("PLATE\0\0\1".getBytes(StandardCharsets.US_ASCII)).fixed64(0);
      TableBuilder texts = new TableBuilder(1);
      texts.set(0, out.position());
      out.string("negative");
      texts.set(2, out.position());
      out.string("épreuve").unsigned32(1_000_000).signed32(-300).unsigned128(-1, -1);
      long table = out.table(texts);
      out.patch64(8, out.position());
      out.unsigned64(table);
      try (Metadata metadata = out.finish(arena)) {
        assertThat(metadata.bytes().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(fromThePage());
        readBack(metadata.reader());
      }
    }
  }

  private static void readBack(MetadataReader in) {
    long root = in.at(8).fixed64();
    MetadataTable texts = in.at(in.at(root).unsigned64()).table(1);
    assertThat(in.position()).isEqualTo(root);
    assertThat(texts.rows()).isEqualTo(3);
    assertThat(in.at(texts.get(0)).string()).isEqualTo("negative");
    assertThat(texts.get(1)).isZero();
    assertThat(in.at(texts.get(2)).string()).isEqualTo("épreuve");
    assertThat(in.unsigned32()).isEqualTo(1_000_000);
    assertThat(in.signed32()).isEqualTo(-300);
    assertThat(in.unsigned128()).isEqualTo(-1);
    assertThat(in.high()).isEqualTo(-1);
  }

  private static byte[] fromThePage() throws IOException {
    Path page = Path.of(System.getProperty("calotype.root", ""), "docs/stream-format.md");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (MatchResult line : LINE.matcher(Files.readString(page)).results().toList()) {
      assertThat(Integer.parseInt(line.group(1), 16)).isEqualTo(bytes.size());
      bytes.writeBytes(HexFormat.of().parseHex(line.group(2).replace(" ", "")));
    }
    return bytes.toByteArray();
  }
}
