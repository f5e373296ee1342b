package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Readobj;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** COFF and PE files as rows of text, from Calotype and from llvm-readobj. */
final class CoffOracle {
  private static final Pattern IN_BRACKETS = Pattern.compile(".*\\((-?[0-9A-Fx]+)\\)$");

  private CoffOracle() {}

  /** Compares what objects and images have in common. */
  static void compareTables(Image image, Readobj readobj) {
    boolean isImage = image instanceof PeImage;
    assertThat(sections(image)).isEqualTo(sections(readobj, isImage));
    assertThat(symbols(image)).isEqualTo(symbols(readobj));
    assertThat(image.symbols().count()).isEqualTo(blocks(readobj, "Symbols").size());
    assertThat(image.notes()).isEmpty();
    assertThat(image.dynamicSymbols()).isEmpty();
  }

  private static List<String> sections(Image image) {
    List<String> rows = new ArrayList<>();
    for (Section section : image.sections()) {
      rows.add(
          "%s %x %x %x %x %x"
              .formatted(
                  section.name(),
                  section.address(),
                  section.offset(),
                  section.size(),
                  section.fileSize(),
                  section.flags()));
      assertThat(section.bytes().byteSize()).isEqualTo(section.fileSize());
      assertThat(image.section(section.name()).orElseThrow().name()).isEqualTo(section.name());
    }
    return rows;
  }

  private static List<String> sections(Readobj readobj, boolean isImage) {
    List<String> rows = new ArrayList<>();
    for (Readobj section : blocks(readobj, "Sections")) {
      long offset = section.number("PointerToRawData");
      rows.add(
          "%s %x %x %x %x %x"
              .formatted(
                  section.word("Name"),
                  section.number("VirtualAddress"),
                  offset,
                  section.number(isImage ? "VirtualSize" : "RawDataSize"),
                  offset == 0 ? 0 : section.number("RawDataSize"),
                  section.number("Characteristics")));
    }
    return rows;
  }

  private static List<String> symbols(Image image) {
    List<String> rows = new ArrayList<>();
    for (Symbol symbol : image.symbols()) {
      rows.add(
          "%s %x %d %d %s %s"
              .formatted(
                  symbol.name(),
                  symbol.value(),
                  symbol.size(),
                  symbol.section().orElse(-1) + 1,
                  symbol.type(),
                  symbol.binding()));
      assertThat(symbol.nameBytes().byteSize()).isEqualTo(symbol.name().length());
      assertThat(image.symbols().get(symbol.index()).name()).isEqualTo(symbol.name());
    }
    return rows;
  }

  private static List<String> symbols(Readobj readobj) {
    List<Readobj> sections = blocks(readobj, "Sections");
    List<String> rows = new ArrayList<>();
    for (Readobj symbol : blocks(readobj, "Symbols")) {
      int section = (int) inBrackets(symbol.text("Section"));
      long value = symbol.number("Value");
      String binding = capitals(symbol.word("StorageClass"));
      boolean isCommon = section == 0 && binding.equals("EXTERNAL");
      rows.add(
          "%s %x %d %d %s %s"
              .formatted(
                  symbol.text("Name"),
                  section > 0
                      ? value + sections.get(section - 1).number("VirtualAddress")
                      : section == 0 ? 0 : value,
                  isCommon ? value : 0,
                  Math.max(section, 0),
                  capitals(symbol.word("ComplexType")),
                  binding));
    }
    return rows;
  }

  /** An object's relocations: the section's number, then the row as llvm-readobj prints it. */
  static List<String> relocations(Image image) {
    List<String> rows = new ArrayList<>();
    for (RelocationTable table : image.relocations()) {
      long count = 0;
      for (Relocation relocation : table) {
        Symbol symbol = relocation.symbol().orElseThrow();
        rows.add(
            "%d 0x%X %s %s (%d)"
                .formatted(
                    table.section().orElseThrow() + 1,
                    relocation.offset(),
                    relocation.type(),
                    symbol.name(),
                    symbol.index()));
        count++;
      }
      assertThat(table.count()).isEqualTo(count);
    }
    return rows;
  }

  /** The same from llvm-readobj. */
  static List<String> relocations(Readobj readobj) {
    List<String> rows = new ArrayList<>();
    for (Readobj section : readobj.child("Relocations").orElseThrow().children()) {
      Matcher number = Pattern.compile("Section \\((\\d+)\\) .*").matcher(section.name());
      assertThat(number.matches()).as(section.name()).isTrue();
      for (Readobj row : section.children()) {
        rows.add(number.group(1) + " " + row.name());
      }
    }
    return rows;
  }

  /** What is in a block at the top: elsewhere, lines have the same names. */
  private static List<Readobj> blocks(Readobj readobj, String name) {
    return readobj.child(name).orElseThrow().children();
  }

  private static long inBrackets(String text) {
    Matcher matcher = IN_BRACKETS.matcher(text);
    assertThat(matcher.matches()).as(text).isTrue();
    return Long.decode(matcher.group(1));
  }

  private static String capitals(String text) {
    return text.replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
  }
}
