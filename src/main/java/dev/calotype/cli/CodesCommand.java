package dev.calotype.cli;

import dev.calotype.ji.CodeChoice;
import dev.calotype.ji.CodeNote;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.CodeSet;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Host;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** {@code codes}: the code objects beside a data file. */
final class CodesCommand implements Command {
  @Override
  public String summary() {
    return "List, add, remove and pick the code objects beside a data file.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        ExpectationOptions.one(
            "--tag", "TAG", "With add: what the name says of the code; else made from its note."));
    spec.addOption(
        ExpectationOptions.many(
            "--option", "NAME=VALUE", "With pick: prefer code made with this option."));
    spec.addOption(
        ExpectationOptions.one("--target", "ID", "Pick for this target, not for this machine."));
    spec.addOption(
        ExpectationOptions.many(
            "--feature", "NAME", "With --target: a CPU feature offered; name all."));
    spec.addOption(
        ExpectationOptions.one("--page-size", "BYTES", "With --target: the size of pages; any."));
    spec.addOption(Commands.force());
    spec.addOption(Commands.fast());
    spec.addOption(Commands.json());
    spec.addPositional(
        PositionalParamSpec.builder()
            .required(true)
            .paramLabel("list|add|remove|pick")
            .arity("1")
            .index("0")
            .type(String.class)
            .description("What to do. The data file itself is never touched.")
            .build());
    spec.addPositional(Commands.file(1, "DATA", "The data file (.ji)."));
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("CODE|TAG")
            .arity("0..*")
            .index("2..*")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("With add: sealed code objects of it. With remove: tags.")
            .build());
    spec.usageMessage()
        .footer(
            "  calotype codes add m.ji build/m-O3.so --tag O3",
            "  calotype codes list m.ji",
            "  calotype codes pick m.ji --option O=3",
            "  calotype codes pick m.ji --target aarch64-elf --feature armv8.1-a",
            "  calotype codes remove m.ji O3");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    String action = invocation.text(0);
    Path data = invocation.path(1);
    List<String> rest =
        invocation.arguments().hasMatchedPositional(2)
            ? invocation.arguments().matchedPositional(2).getValue()
            : List.of();
    boolean needsMore = action.equals("add") || action.equals("remove");
    if (needsMore == rest.isEmpty()) {
      throw invocation.wrong(
          needsMore ? action + " needs something to " + action : action + " takes DATA alone");
    }
    if (invocation.has("--tag") && rest.size() != 1) {
      throw invocation.wrong("--tag goes with one CODE");
    }
    try (Validity validity = DataFile.check(data, Expectations.none())) {
      if (!(validity instanceof Validity.Fresh fresh)) {
        return invocation.failed(Verdict.of(validity).failure(), data.toString());
      }
      CodeSet set = CodeSet.of(fresh);
      return switch (action) {
        case "list" -> list(invocation, set);
        case "add" -> add(invocation, set, rest);
        case "remove" -> remove(invocation, set, rest);
        case "pick" -> pick(invocation, set, data);
        default ->
            throw invocation.wrong("'%s' is none of list, add, remove and pick".formatted(action));
      };
    } catch (ParameterException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      return invocation.failed(e, data.toString());
    }
  }

  private static ExitCode list(Invocation invocation, CodeSet set) throws IOException {
    Table table =
        new Table(
            invocation.terminal().out(),
            "",
            "Tag",
            ">Size",
            "Shape",
            "Target",
            "Features",
            "Options",
            "On this machine");
    List<Validity> answers = set.check(Expectations.none().withHost(Host.current()));
    for (Validity answer : answers) {
      try (answer) {
        Optional<CodeNote> note = CodeObject.readNote(answer.file());
        if (invocation.has("--json")) {
          CodesJson.print(invocation, set, answer, note);
          continue;
        }
        table.row(
            set.tag(answer.file()),
            Text.size(Files.size(answer.file())),
            note.map(found -> found.shape().id()).orElse("?"),
            note.map(CodeNote::target).orElse("?"),
            note.map(CodesCommand::features).orElse("?"),
            note.map(CodesCommand::options).orElse("?"),
            reason(answer));
      }
    }
    if (!invocation.has("--json")) {
      table.print();
    }
    return ExitCode.DONE;
  }

  private static ExitCode add(Invocation invocation, CodeSet set, List<String> codes) {
    ExitCode worst = ExitCode.DONE;
    for (String code : codes) {
      WriteOptions options =
          WriteOptions.standard()
              .withReplace(invocation.has("--force"))
              .withDurability(Outputs.options(invocation).durability());
      try (Progress progress =
          invocation.terminal().progress("checking " + code, Path.of(code).toFile().length())) {
        Path added = set.add(Path.of(code), invocation.value("--tag", ""), options, progress);
        say(invocation, "added", set, added);
      } catch (IOException | RuntimeException e) {
        worst = worst.and(invocation.failed(e, code));
      }
    }
    return worst;
  }

  private static ExitCode remove(Invocation invocation, CodeSet set, List<String> tags)
      throws IOException {
    ExitCode worst = ExitCode.DONE;
    for (String tag : tags) {
      List<Path> removed = set.remove(tag);
      for (Path file : removed) {
        say(invocation, "removed", set, file);
      }
      if (removed.isEmpty()) {
        worst =
            worst.and(
                invocation.failed(
                    Failure.of(tag, "there is no code of this tag", ExitCode.STALE), tag));
      }
    }
    return worst;
  }

  private static ExitCode pick(Invocation invocation, CodeSet set, Path data) throws IOException {
    Map<String, String> wanted = new TreeMap<>();
    for (String text : ExpectationOptions.values(invocation, "--option")) {
      wanted.put(
          ExpectationOptions.name(invocation, "--option", text), ExpectationOptions.after(text));
    }
    Expectations expectations = Expectations.none().withHost(Host.current());
    if (invocation.has("--target")) {
      expectations =
          Expectations.none()
              .withTarget(invocation.value("--target", ""))
              .withFeatures(ExpectationOptions.values(invocation, "--feature"));
      if (invocation.has("--page-size")) {
        expectations = expectations.withPageSize(ExpectationOptions.pageSize(invocation));
      }
    } else if (invocation.has("--feature") || invocation.has("--page-size")) {
      throw invocation.wrong("--feature and --page-size go with --target");
    }
    try (CodeChoice choice = set.pick(expectations, wanted)) {
      if (invocation.has("--json")) {
        CodesJson.print(invocation, data, choice);
      } else {
        choice
            .best()
            .ifPresent(
                best -> invocation.terminal().out().println(Text.escape(best.file().toString())));
        Table table = new Table(invocation.terminal().out(), "  ", "", "", "");
        for (Path other : choice.others()) {
          table.row("fits", other.toString(), "");
        }
        for (Validity rejected : choice.rejected()) {
          table.row("rejected", rejected.file().toString(), reason(rejected));
        }
        table.print();
      }
      if (choice.best().isEmpty()) {
        invocation.complain(
            Failure.of(data.toString(), "none of its code objects fits", ExitCode.STALE));
        return ExitCode.STALE;
      }
      return ExitCode.DONE;
    }
  }

  private static void say(Invocation invocation, String what, CodeSet set, Path file) {
    if (invocation.has("--json")) {
      JsonLines.print(
          invocation.terminal().out(),
          json -> {
            json.writeStringField("file", file.toString());
            json.writeStringField("tag", set.tag(file));
            json.writeStringField("done", what);
          });
    } else {
      invocation
          .terminal()
          .out()
          .println(
              "%s  %s".formatted(invocation.terminal().green(what), Text.escape(file.toString())));
    }
  }

  /** Why code does not fit, in one clause. */
  private static String reason(Validity answer) {
    return switch (answer) {
      case Validity.Stale stale -> {
        List<String> causes = new ArrayList<>();
        stale
            .causes()
            .forEach(cause ->
                causes.add(
                    cause.subject().isEmpty() ? cause.id() : cause.id() + " " + cause.subject()));
        yield String.join(", ", causes);
      }
      case Validity.Damaged bad -> "damaged: " + bad.structure();
      case Validity.Foreign foreign -> "it is " + foreign.found();
      case Validity.Absent _ -> "it is gone";
      default -> "fits";
    };
  }

  private static String features(CodeNote note) {
    return note instanceof LinkedNote linked ? String.join(" ", linked.origin().features()) : "";
  }

  private static String options(CodeNote note) {
    if (!(note instanceof LinkedNote linked)) {
      return "";
    }
    List<String> options = new ArrayList<>();
    linked.origin().options().forEach((name, option) -> options.add(name + "=" + option.value()));
    return String.join(" ", options);
  }
}
