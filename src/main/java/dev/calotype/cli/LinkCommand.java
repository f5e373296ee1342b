package dev.calotype.cli;

import dev.calotype.ji.DataFile;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Hole;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Validity;
import dev.calotype.split.Link;
import dev.calotype.split.Linked;
import dev.calotype.split.LinkerFailedException;
import dev.calotype.split.Linkers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** {@code link}: from objects to a sealed code object. */
final class LinkCommand implements Command {
  private static final int MOST_LINES = 100;

  @Override
  public String summary() {
    return "Link objects to a code object of a data file, with a linker of this machine.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(Commands.output("CODE", "Where the code object goes: m.so, m.dll, m.dylib."));
    spec.addOption(
        OptionSpec.builder("--data")
            .paramLabel("DATA")
            .required(true)
            .type(Path.class)
            .description(
                "The data file (.ji) that the code belongs to; for the shape needed, the data's"
                    + " shared object (NAME-ID.so).")
            .build());
    spec.addOption(
        ExpectationOptions.one(
            "--shape",
            "SHAPE",
            "How the code finds its data: "
                + NoteCommand.shapes()
                + ". Without it, as the objects' note says, or slots."));
    spec.addOption(
        ExpectationOptions.one(
            "--linker", "NAME", "Link with this one, a name on the PATH or a path."));
    spec.addOption(
        ExpectationOptions.many("--arg", "WORD", "One more argument for the linker, as it is."));
    spec.addOption(
        ExpectationOptions.one(
            "--page-size",
            "BYTES",
            "The largest pages the code is laid out for; 65536 in ELF if left out."));
    NoteCommand.declareOrigin(spec);
    spec.addOption(Commands.force());
    spec.addOption(Commands.fast());
    spec.addOption(Commands.json());
    spec.addPositional(
        Commands.files("An object, or whatever else the linker takes: archives, libraries."));
    spec.usageMessage()
        .footer(
            "  calotype link m.slots.o --data m.o.ji -o m.so    (of calotype split m.o --as slots)",
            "  calotype link m.o --data m.ji -o m.so",
            "  calotype link m.o --data m.ji -o m.so --shape hole --linker ld.lld",
            "  calotype link m.o --data m.ji -o m.so --arg -lm --feature x86-64-v3",
            "",
            "Objects that split made have a note, so --option, --feature and --compiler go with"
                + " split.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Path data = invocation.value("--data", Path.of(""));
    Path target = invocation.value("--output", Path.of(""));
    try (Validity validity = DataFile.check(data, Expectations.none())) {
      if (!(validity instanceof Validity.Fresh fresh)) {
        return invocation.failed(Verdict.of(validity).failure(), data.toString());
      }
      Link link = plan(invocation, fresh);
      for (Path input : invocation.files()) {
        Outputs.requireOther(input, target);
      }
      Outputs.requireOther(data, target);
      return Interruption.guard(() -> link(invocation, link, target));
    } catch (LinkerFailedException e) {
      quote(invocation, e.output());
      return invocation.failed(e, target.toString());
    } catch (ParameterException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      return Outputs.failed(invocation, e, target);
    }
  }

  private static Link plan(Invocation invocation, Validity.Fresh data) throws IOException {
    Origin origin = NoteCommand.origin(invocation);
    Link link =
        Link.of(data, invocation.files())
            .withOrigin(origin)
            .withArguments(ExpectationOptions.values(invocation, "--arg"));
    if (invocation.has("--shape")) {
      link = link.withShape(NoteCommand.shape(invocation));
    }
    if (invocation.has("--page-size")) {
      link = link.withPageSize(ExpectationOptions.pageSize(invocation));
    }
    if (invocation.has("--linker")) {
      link = link.withLinker(Linkers.onPath().named(invocation.value("--linker", "")));
    }
    return link;
  }

  private static ExitCode link(Invocation invocation, Link link, Path target) throws IOException {
    Linked linked = link.write(target, Outputs.options(invocation));
    quote(invocation, linked.messages());
    if (invocation.has("--json")) {
      print(linked, invocation);
      return ExitCode.DONE;
    }
    invocation
        .terminal()
        .out()
        .println(
            "%s  %s  (%s, data %s, by %s)"
                .formatted(
                    invocation.terminal().green("linked"),
                    Text.escape(linked.file().toString()),
                    linked.note().shape().id(),
                    linked.note().dataId().shortHex(),
                    Text.escape(linked.linker().program().toString())));
    for (Hole hole : linked.note().holes()) {
      invocation
          .terminal()
          .out()
          .println(
              "        hole for %s at %s, %s"
                  .formatted(
                      Text.escape(hole.section()),
                      Text.hex(hole.address()),
                      Text.exactSize(hole.size())));
    }
    return ExitCode.DONE;
  }

  private static void print(Linked linked, Invocation invocation) {
    JsonLines.print(
        invocation.terminal().out(),
        json -> {
          json.writeStringField("file", linked.file().toString());
          json.writeNumberField("size", linked.note().fileSize());
          json.writeStringField("shape", linked.note().shape().id());
          json.writeStringField("dataId", linked.note().dataId().hex());
          json.writeStringField("digest", linked.note().digest());
          json.writeStringField("linker", linked.linker().program().toString());
          json.writeArrayFieldStart("command");
          for (String word : linked.command()) {
            json.writeString(word);
          }
          json.writeEndArray();
          json.writeArrayFieldStart("holes");
          for (Hole hole : linked.note().holes()) {
            json.writeStartObject();
            json.writeStringField("section", hole.section());
            json.writeNumberField("address", hole.address());
            json.writeNumberField("size", hole.size());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  /** Shows what a linker had to say, apart from a single line that is said anyway. */
  private static void quote(Invocation invocation, String output) {
    invocation.terminal().out().flush();
    try (Stream<String> lines = output.lines()) {
      List<String> first = lines.limit(MOST_LINES + 1L).toList();
      first.stream()
          .limit(MOST_LINES)
          .forEach(line -> invocation.terminal().err().println("  " + Text.escape(line)));
      if (first.size() > MOST_LINES) {
        invocation.terminal().err().println("  … and more");
      }
    }
    invocation.terminal().err().flush();
  }
}
