package dev.calotype.cli;

import dev.calotype.UnsupportedFormatException;
import dev.calotype.cli.Finder.Match;
import dev.calotype.image.Binary;
import dev.calotype.image.Container;
import dev.calotype.image.Image;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataSection;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Validity;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code find}: where a section, segment, load command, symbol or member is. */
final class FindCommand implements Command {
  @Override
  public String summary() {
    return "Find a section, segment, load command, symbol or member by name.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(Commands.json());
    spec.addPositional(
        Commands.file(0, "FILE", "A native image, a code object or a data file (.ji)."));
    spec.addPositional(
        PositionalParamSpec.builder()
            .required(true)
            .paramLabel("NAME")
            .index("1")
            .arity("1")
            .type(String.class)
            .description(
                "As inspect shows it: .text, __TEXT,__const, LOAD, LC_UUID, JNI_OnLoad, or a"
                    + " member of an archive.")
            .build());
    spec.usageMessage()
        .footer(
            "  calotype find libfoo.so .rodata",
            "  calotype find libfoo.so foo_init --json",
            "",
            "Exits with 1 if there is nothing of that name.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Path path = invocation.path(0);
    String name = invocation.text(1);
    Found found;
    try {
      found = find(path, name);
    } catch (IOException | RuntimeException e) {
      return invocation.failed(e, path.toString());
    }
    List<Match> matches = found.matches;
    PrintWriter out = invocation.terminal().out();
    if (invocation.has("--json")) {
      FindJson.print(path.toString(), name, matches, out);
    } else if (!matches.isEmpty()) {
      Table table = new Table(out, "", "Kind", "Type", ">Address", ">Offset", ">Size");
      for (Match match : matches) {
        table.row(
            match.kind(),
            match.type(),
            text(match.address()),
            text(match.offset()),
            Text.grouped(match.size()));
      }
      table.print();
    }
    if (matches.isEmpty()) {
      invocation.terminal().error("%s: %s".formatted(path, found.missing()));
      return ExitCode.STALE;
    }
    return ExitCode.DONE;
  }

  private static String text(long place) {
    return place == Match.NOWHERE ? "-" : Text.hex(place);
  }

  /** What was found, and what to say if that is nothing. */
  private record Found(List<Match> matches, String missing) {}

  private static Found find(Path path, String name) throws IOException {
    try (OpenFile file = OpenFile.open(path);
        Arena arena = Arena.ofConfined()) {
      var bytes = file.map(arena);
      return file.whileWhole(() -> {
        Binary binary = Binary.of(bytes, path.toString());
        if (binary instanceof Container container) {
          return new Found(Finder.inContainer(container, name), "no member is called " + name);
        }
        Finder finder = new Finder((Image) binary, name);
        List<Match> matches = finder.find();
        return new Found(
            matches,
            matches.isEmpty() && finder.isImported()
                ? name + " is not here, only imported"
                : "no section, segment or symbol is called " + name);
      });
    } catch (UnsupportedFormatException e) {
      return findInDataFile(path, name, e);
    }
  }

  private static Found findInDataFile(Path path, String name, UnsupportedFormatException noImage)
      throws IOException {
    try (Validity validity = DataFile.check(path, Expectations.none())) {
      if (!(validity instanceof Validity.Fresh fresh)) {
        throw noImage;
      }
      List<Match> matches = new ArrayList<>();
      for (DataSection section : fresh.data().sections()) {
        if (section.name().equals(name)) {
          matches.add(
              new Match("section", "data", Match.NOWHERE, section.offset(), section.size()));
        }
      }
      return new Found(matches, "no section is called " + name);
    }
  }
}
