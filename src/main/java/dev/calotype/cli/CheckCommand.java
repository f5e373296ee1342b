package dev.calotype.cli;

import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code check}: whether data files and code objects may be used. */
final class CheckCommand implements Command {
  @Override
  public String summary() {
    return "Say whether data files and code objects may be used, and if not, why.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        OptionSpec.builder("--code")
            .paramLabel("FILE")
            .type(Path.class)
            .description("Check this code object too, and that it belongs to the data file.")
            .build());
    spec.addOption(
        OptionSpec.builder("--tier")
            .paramLabel("TIER")
            .type(String.class)
            .description(
                "How far to look: name (the id in the file's name), header (a few small reads,"
                    + " whatever the size), inputs (what the file was made from) or full (every"
                    + " byte, the default).")
            .build());
    ExpectationOptions.declare(spec);
    spec.addOption(Commands.json());
    spec.addPositional(Commands.files("A data file (.ji) or a code object (.code)."));
    spec.usageMessage()
        .footer(
            "  calotype check out/libfoo.so.ji --code out/libfoo.so.code",
            "  calotype check --tier header --json out/*.ji out/*.code",
            "  calotype check --tier inputs --root src=. --option opt-level=2 module.ji");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    List<Path> files = invocation.files();
    Optional<Path> code = invocation.path("--code");
    if (code.isPresent() && files.size() != 1) {
      throw invocation.wrong("--code goes with exactly one FILE, a data file");
    }
    Expectations asked = ExpectationOptions.of(invocation).withTier(tier(invocation));
    ExitCode worst = ExitCode.DONE;
    Optional<DataId> data = Optional.empty();
    for (Path file : files) {
      Request request = new Request(file, code.isPresent() ? Kind.DATA : Kind.ANY, data);
      Answer answer = answer(invocation, request, asked);
      worst = worst.and(answer.code);
      data = answer.data;
      if (code.isEmpty() && !answer.isCode && CodeObject.readNote(file).isPresent()) {
        // Code that carries its data: what was checked is the data in it.
        Request within = new Request(file, Kind.CODE, answer.data);
        worst = worst.and(answer(invocation, within, asked).code);
      }
      if (invocation.terminal().isGone()) {
        return worst;
      }
    }
    if (code.isPresent()) {
      Request request = new Request(code.get(), Kind.CODE, data);
      worst = worst.and(answer(invocation, request, asked).code);
    }
    return worst;
  }

  private static Tier tier(Invocation invocation) {
    String name = invocation.value("--tier", "full");
    for (Tier tier : Tier.values()) {
      if (tier.id().equals(name)) {
        return tier;
      }
    }
    throw invocation.wrong(
        "unknown tier '%s'; --tier takes name, header, inputs or full".formatted(name));
  }

  private enum Kind {
    ANY,
    DATA,
    CODE
  }

  /** A file, what it has to be, and the data that it has to belong to. */
  private record Request(Path file, Kind kind, Optional<DataId> data) {}

  /** What was found out about a file. */
  private record Answer(ExitCode code, Optional<DataId> data, boolean isCode) {}

  private static Answer answer(Invocation invocation, Request request, Expectations asked) {
    Path file = request.file;
    try (Verdict verdict = verdict(invocation, request, asked)) {
      if (invocation.has("--json")) {
        VerdictReport.json(verdict, file.toString(), invocation.terminal().out());
      } else {
        VerdictReport.text(verdict, file.toString(), invocation.terminal());
      }
      return new Answer(verdict.code(), verdict.dataId(), verdict.isCode());
    } catch (IOException | RuntimeException e) {
      return new Answer(invocation.failed(e, file.toString()), Optional.empty(), true);
    }
  }

  private static Verdict verdict(Invocation invocation, Request request, Expectations asked)
      throws IOException {
    Path file = request.file;
    long size = Files.isRegularFile(file) ? Files.size(file) : 0;
    try (Progress progress =
        invocation.terminal().progress("checking " + file.getFileName(), size)) {
      return switch (request.kind) {
        case ANY -> Verdict.check(file, asked, progress);
        case DATA -> Verdict.checkData(file, asked, progress);
        case CODE -> Verdict.checkCode(file, asked, request.data, progress);
      };
    }
  }
}
