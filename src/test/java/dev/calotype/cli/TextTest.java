package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.0 KiB",
    "1536, 1.5 KiB",
    "1048575, 1.0 MiB",
    "1048576, 1.0 MiB",
    "129271672, 123.3 MiB",
    "9223372036854775807, 8.0 EiB",
    "-1, 16.0 EiB"
  })
  void sizesAreReadable(long bytes, String expected) {
    assertThat(Text.size(bytes)).isEqualTo(expected);
  }

  @Test
  void numbersArePlain() {
    assertThat(Text.grouped(0)).isEqualTo("0");
    assertThat(Text.grouped(999)).isEqualTo("999");
    assertThat(Text.grouped(1_234_567)).isEqualTo("1,234,567");
    assertThat(Text.grouped(-1)).isEqualTo("18,446,744,073,709,551,615");
    assertThat(Text.percent(1, 8)).isEqualTo("12.5 %");
    assertThat(Text.percent(0, 0)).isEqualTo("0.0 %");
    assertThat(Text.hex(-1)).isEqualTo("0xffffffffffffffff");
    assertThat(Text.seconds(1_234_567_890)).isEqualTo("1.23 s");
    assertThat(Text.seconds(50_000_000)).isEqualTo("0.05 s");
  }

  @Test
  void nothingEscapedMovesTheCursorOrReordersTheLine() {
    assertThat(Text.escape(".text")).isEqualTo(".text");
    assertThat(Text.escape("é 漢 €")).isEqualTo("é 漢 €");
    assertThat(Text.escape("a\nb\tc\rd")).isEqualTo("a\\nb\\tc\\rd");
    assertThat(Text.escape("\u001b[2J\u0000\u0085\u2028\u202e"))
        .isEqualTo("\\u001b[2J\\u0000\\u0085\\u2028\\u202e");
  }

  @Test
  void columnsAreAlignedAndLongTablesPrintInBlocks() {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    Table table = new Table(out, "  ", "Name", ">Size");
    table.row("a", "1").row("long\nname", "1234").print();
    assertThat(text.toString().lines())
        .containsExactly("  Name        Size", "  a              1", "  long\\nname  1234");
    for (int i = 0; i < 10_000; i++) {
      table.row("x", "y");
    }
    table.print();
    assertThat(text.toString()).hasLineCount(10_003);
  }
}
