package dev.calotype.cli;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.Binary;
import dev.calotype.image.Container;
import dev.calotype.image.Format;
import dev.calotype.image.Image;
import dev.calotype.image.Member;
import java.util.List;
import java.util.Optional;

/** A container and what is in it, as tables for people. */
final class ContainerText {
  private static final String INDENT = "  ";

  private final Terminal terminal;
  private final boolean showsMembers;
  private final boolean listsSymbols;
  private Optional<Failure> damage = Optional.empty();

  private ContainerText(Terminal terminal, boolean showsMembers, boolean listsSymbols) {
    this.terminal = terminal;
    this.showsMembers = showsMembers;
    this.listsSymbols = listsSymbols;
  }

  /**
   * Prints a container.
   *
   * @param showsMembers whether to show each member as if it were a file of its own, too
   * @return the first damage found in it or its members
   */
  static Optional<Failure> print(
      Container container,
      String file,
      boolean showsMembers,
      boolean listsSymbols,
      Terminal terminal) {
    ContainerText text = new ContainerText(terminal, showsMembers, listsSymbols);
    text.container(container, file);
    return text.damage;
  }

  private void container(Container container, String file) {
    terminal.heading(file);
    Table facts = new Table(terminal.out(), INDENT, "", "");
    facts.row("format", container.type());
    facts.row("size", Text.exactSize(container.bytes().byteSize()));
    try {
      facts.row("symbol index", Text.grouped(LinkageJson.count(container.symbolIndex())));
    } catch (MalformedImageException e) {
      found(Optional.of(Failure.of(e, file)));
    }
    facts.print();
    List<Member> members = List.of();
    try {
      members = container.members();
    } catch (MalformedImageException e) {
      found(Optional.of(Failure.of(e, file)));
    }
    String title = container.format() == Format.FAT ? "Slices" : "Members";
    ImageText.heading(terminal.out(), title, members.size());
    if (!members.isEmpty()) {
      Table table = new Table(terminal.out(), INDENT, ">#", "Name", ">Offset", ">Size", "What");
      for (Member member : members) {
        table.row(
            Integer.toString(member.index()),
            member.name(),
            Text.hex(member.offset()),
            Text.size(member.size()),
            what(member));
      }
      table.print();
    }
    if (showsMembers) {
      members.forEach(this::member);
    }
  }

  private String what(Member member) {
    if (member.isExternal()) {
      return "in a file of its own";
    }
    try {
      return switch (member.binary()) {
        case Image image ->
            "%s %s %s"
                .formatted(image.format().title(), image.target().architecture(), image.type());
        case Container inner -> inner.type();
      };
    } catch (UnsupportedFormatException e) {
      return e.found();
    } catch (MalformedImageException e) {
      Failure failure = Failure.of(e, e.file());
      found(Optional.of(failure));
      return failure.reason();
    }
  }

  private void member(Member member) {
    Binary binary;
    try {
      binary = member.binary();
    } catch (UnsupportedFormatException | MalformedImageException e) {
      // The table of members has said so.
      return;
    }
    switch (binary) {
      case Image image -> {
        Inspection inspection =
            new Inspection(
                image,
                image.file(),
                Optional.empty(),
                Optional.empty(),
                listsSymbols,
                Optional.empty());
        ImageText.print(inspection, terminal);
        found(inspection.damage());
      }
      case Container inner -> container(inner, inner.file());
    }
  }

  private void found(Optional<Failure> more) {
    damage = damage.or(() -> more);
  }
}
