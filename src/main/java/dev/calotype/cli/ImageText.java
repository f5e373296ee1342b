package dev.calotype.cli;

import dev.calotype.image.Image;
import dev.calotype.image.Note;
import dev.calotype.image.Section;
import dev.calotype.image.Segment;
import dev.calotype.image.Target;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Consumer;

/** An image as tables for people. */
final class ImageText {
  private static final String INDENT = "  ";

  private final Inspection inspection;
  private final Image image;
  private final PrintWriter out;

  private ImageText(Inspection inspection, PrintWriter out) {
    this.inspection = inspection;
    this.image = inspection.image();
    this.out = out;
  }

  /** Prints an image under its file's name. */
  static void print(Inspection inspection, Terminal terminal) {
    terminal.heading(inspection.file());
    new ImageText(inspection, terminal.out()).print();
  }

  private void print() {
    Target target = image.target();
    Table facts = new Table(out, INDENT, "", "");
    facts.row(
        "format",
        "%s, %d-bit, %s-endian".formatted(target.format().title(), target.bits(), target.endian()));
    facts.row("architecture", target.architecture());
    facts.row("type", image.type());
    facts.row("size", Text.exactSize(image.bytes().byteSize()));
    inspection.note().ifPresent(note -> NoteReport.text(note, facts));
    inspection
        .carried()
        .ifPresent(carried ->
            facts.row(
                "data file",
                "%s at %s, data %s"
                    .formatted(
                        Text.size(carried.size()), Text.hex(carried.offset()), carried.id())));
    facts.print();
    part(to ->
        image
            .buildId()
            .ifPresent(id ->
                new Table(to, INDENT, "", "").atLeast("architecture").row("build id", id).print()));
    part(to -> {
      List<String> needed = image.needed();
      if (!needed.isEmpty()) {
        new Table(to, INDENT, "", "")
            .atLeast("architecture")
            .row("needs", String.join(", ", needed))
            .print();
      }
    });
    part(to -> FormatText.facts(image, to, INDENT));
    part(this::segments);
    part(this::sections);
    part(to -> FormatText.tables(image, to, INDENT));
    part(this::notes);
    LinkageText linkage = new LinkageText(image, inspection.listsSymbols(), INDENT);
    part(linkage::relocations);
    part(to -> linkage.symbols(to, "Symbols", image.symbols()));
    part(to -> linkage.symbols(to, "Dynamic symbols", image.dynamicSymbols()));
    part(linkage::exports);
    part(linkage::imports);
  }

  private void part(Consumer<PrintWriter> content) {
    inspection.part(
        nobody -> {
          PrintWriter writer = new PrintWriter(nobody);
          content.accept(writer);
          writer.flush();
        },
        () -> content.accept(out));
  }

  private void segments(PrintWriter to) {
    List<Segment> segments = image.segments();
    heading(to, "Segments", segments.size());
    if (!segments.isEmpty()) {
      Table table =
          new Table(
              to, INDENT, ">#", "Name", "Access", ">Address", ">Offset", ">In file", ">In memory");
      for (Segment segment : segments) {
        table.row(
            Integer.toString(segment.index()),
            segment.name(),
            segment.protection(),
            Text.hex(segment.address()),
            Text.hex(segment.offset()),
            Text.size(segment.fileSize()),
            Text.size(segment.size()));
      }
      table.print();
    }
  }

  private void sections(PrintWriter to) {
    List<Section> sections = image.sections();
    heading(to, "Sections", sections.size());
    if (!sections.isEmpty()) {
      Table table =
          new Table(to, INDENT, ">#", "Name", "Type", "Access", ">Address", ">Offset", ">Size");
      for (Section section : sections) {
        table.row(
            Integer.toString(section.index()),
            section.qualifiedName(),
            section.type(),
            access(section),
            Text.hex(section.address()),
            Text.hex(section.offset()),
            Text.size(section.size()));
      }
      table.print();
    }
  }

  private static String access(Section section) {
    return section.isLoaded()
        ? "r" + (section.isWritable() ? "w" : "-") + (section.isExecutable() ? "x" : "-")
        : "---";
  }

  private void notes(PrintWriter to) {
    List<Note> notes = image.notes();
    heading(to, "Notes", notes.size());
    if (!notes.isEmpty()) {
      Table table = new Table(to, INDENT, "Owner", ">Type", ">Offset", ">Size");
      for (Note note : notes) {
        table.row(
            note.owner(),
            Text.hex(note.type()),
            Text.hex(note.offset()),
            Text.size(note.descriptor().byteSize()));
      }
      table.print();
    }
  }

  /** Starts a table with how many there are. */
  static void heading(PrintWriter to, String title, long count) {
    to.println();
    to.println(title + ": " + (count == 0 ? "none" : Text.grouped(count)));
  }
}
