package dev.calotype.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataTableTest {
  @TempDir Path folder;

  @Test
  void everyCellIsReadBackAndTheOthersAreZero() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 200; round++) {
      int columns = random.nextInt(1, TableBuilder.MOST_COLUMNS + 1);
      int rows = random.nextInt(500);
      long[][] cells = new long[rows][columns];
      TableBuilder builder = new TableBuilder(columns);
      for (int i = rows * columns / 2; i > 0; i--) {
        int row = random.nextInt(rows);
        int column = random.nextInt(columns);
        if (cells[row][column] == 0) {
          cells[row][column] = random.nextLong() >>> (column * 11 % 64);
          builder.set(row, column, cells[row][column]);
        }
      }
      MetadataTable table = reader(encoded(builder)).table(columns);
      assertThat(table.rows()).isEqualTo(builder.rows()).isLessThanOrEqualTo(rows);
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          assertThat(table.get(row, column)).isEqualTo(cells[row][column]);
        }
      }
      assertThat(table.get(rows)).isZero();
      assertThat(table.get(Long.MAX_VALUE)).isZero();
      assertThat(table.get(-1)).isZero();
    }
  }

  @Test
  void zeroBytesThatAllCellsOfAColumnEndWithAreTrimmedAndSoAreZeroRows() throws IOException {
    TableBuilder table = new TableBuilder(4);
    table.set(0, 0, 0x12).set(1, 0, 0x3456).set(0, 2, 1L << 63).set(1, 3, 0xff_ffff).set(9, 3, 0);
    assertThat(HexFormat.of().formatHex(encoded(table)))
        .isEqualTo(
            "02"
                + "04"
                + "02000803"
                + "1200"
                + "0000000000000080"
                + "000000"
                + "5634"
                + "0000000000000000"
                + "ffffff");
    assertThat(HexFormat.of().formatHex(encoded(new TableBuilder(1)))).isEqualTo("000100");
  }

  @Test
  void rowsMayBeSetInAnyOrderAndFarApart() throws IOException {
    TableBuilder builder = new TableBuilder(1);
    builder.set(3_000_000, 7).set(5, 1).set(2_000_000, 9);
    MetadataTable table = reader(encoded(builder)).table(1);
    assertThat(table.rows()).isEqualTo(3_000_001);
    assertThat(table.get(5)).isEqualTo(1);
    assertThat(table.get(2_000_000)).isEqualTo(9);
    assertThat(table.get(3_000_000)).isEqualTo(7);
    assertThat(table.get(2_999_999)).isZero();
  }

  @Test
  void cellsAndColumnsThatCanNotBeAreTheCallersMistake() throws IOException {
    assertThatThrownBy(() -> new TableBuilder(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TableBuilder(17)).isInstanceOf(IllegalArgumentException.class);
    TableBuilder builder = new TableBuilder(2).set(0, 1, 5);
    assertThatThrownBy(() -> builder.set(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> builder.set(0, 2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> builder.set(0, 1, 6)).isInstanceOf(IllegalStateException.class);
    MetadataTable table = reader(encoded(builder)).table(2);
    assertThatThrownBy(() -> table.get(0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void tablesThatLieAreMalformed() {
    assertMalformed("000200", "2 columns, expected 1");
    assertMalformed("000109", "9 bytes, expected at most 8");
    assertMalformed("ffffffff0f0100", "4294967295 rows of no bytes, expected no rows");
    assertMalformed("ffffffff0f0108", "34359738360 bytes wanted");
    assertMalformed("02010112", "2 bytes wanted");
    assertMalformed("0001", "1 bytes wanted");
    assertMalformed("8000", "2 bytes, expected as few as will do");
  }

  private static void assertMalformed(String hex, String message) {
    MetadataReader in = reader(HexFormat.of().parseHex(hex));
    assertThatThrownBy(() -> in.table(1))
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining(message);
    assertThat(in.position()).isZero();
  }

  private byte[] encoded(TableBuilder table) throws IOException {
    try (Arena arena = Arena.ofConfined();
        MetadataWriter out = MetadataWriter.create(folder.resolve("file"), false)) {
      out.table(table);
      try (Metadata metadata = out.finish(arena)) {
        return metadata.bytes().toArray(ValueLayout.JAVA_BYTE);
      }
    }
  }

  private static MetadataReader reader(byte[] bytes) {
    return MetadataReader.of(MemorySegment.ofArray(bytes), "table");
  }
}
