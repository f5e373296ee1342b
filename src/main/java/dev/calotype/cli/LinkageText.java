package dev.calotype.cli;

import dev.calotype.image.Export;
import dev.calotype.image.Image;
import dev.calotype.image.Import;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.Symbol;
import dev.calotype.image.SymbolTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.OptionalLong;

/** How an image is tied to others, counted or listed, as tables for people. */
record LinkageText(Image image, boolean lists, String indent) {

  void relocations(PrintWriter to) {
    List<RelocationTable> tables = image.relocations();
    long count = 0;
    for (RelocationTable table : tables) {
      count += table.count();
    }
    ImageText.heading(to, "Relocations", count);
    if (count > 0) {
      Table rows = new Table(to, indent, "Table", "Changes", ">Count");
      for (RelocationTable table : tables) {
        rows.row(
            table.name(),
            table.section().isPresent()
                ? image.sections().get(table.section().getAsInt()).qualifiedName()
                : "the image",
            Text.grouped(table.count()));
      }
      rows.print();
    }
  }

  void symbols(PrintWriter to, String title, SymbolTable symbols) {
    ImageText.heading(to, title, symbols.count());
    if (lists && symbols.count() > 0) {
      Table table =
          new Table(to, indent, ">#", ">Address", ">Size", "Type", "Binding", "Defined", "Name");
      for (Symbol symbol : symbols) {
        table.row(
            Long.toString(symbol.index()),
            Text.hex(symbol.value()),
            Text.grouped(symbol.size()),
            symbol.type(),
            symbol.binding(),
            symbol.isDefined() ? "here" : "-",
            symbol.name());
      }
      table.print();
    }
  }

  void exports(PrintWriter to) {
    long count = LinkageJson.count(image.exports());
    ImageText.heading(to, "Exports", count);
    if (lists && count > 0) {
      Table table = new Table(to, indent, ">Ordinal", ">Address", "Name", "Forwarded to");
      for (Export export : image.exports()) {
        table.row(
            number(export.ordinal()),
            Text.hex(export.address()),
            export.name(),
            export.forwardedTo().orElse(""));
      }
      table.print();
    }
  }

  void imports(PrintWriter to) {
    long count = LinkageJson.count(image.imports());
    ImageText.heading(to, "Imports", count);
    if (lists && count > 0) {
      Table table = new Table(to, indent, ">Ordinal", "Name", "Library", "");
      for (Import wanted : image.imports()) {
        table.row(
            number(wanted.ordinal()),
            wanted.name(),
            wanted.library().orElse("-"),
            wanted.isWeak() ? "weak" : "");
      }
      table.print();
    }
  }

  private static String number(OptionalLong number) {
    return number.isPresent() ? Long.toString(number.getAsLong()) : "-";
  }
}
