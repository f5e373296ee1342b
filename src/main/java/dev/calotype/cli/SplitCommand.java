package dev.calotype.cli;

import dev.calotype.Durability;
import dev.calotype.ji.DataId;
import dev.calotype.ji.WriteOptions;
import dev.calotype.split.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code split}: takes the data out of a linked image. */
final class SplitCommand implements Command {
  @Override
  public String summary() {
    return "Split a linked image into a data file and a code object.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(Commands.output("DIR", "Where IMAGE.ji and IMAGE.code go. It must exist."));
    spec.addOption(
        OptionSpec.builder("--section")
            .paramLabel("NAME")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(
                "Move this section, and only those named so. Without it, all read-only data goes"
                    + " that neither code nor loader minds losing.")
            .build());
    spec.addOption(
        OptionSpec.builder("--as")
            .paramLabel("SHAPE")
            .type(String.class)
            .description("How the code finds its data: detached (the default), by joining first.")
            .build());
    spec.addOption(Commands.force());
    spec.addOption(Commands.fast());
    spec.addOption(Commands.json());
    spec.addPositional(
        Commands.file(0, "IMAGE", "A shared library or an executable. It is only read."));
    spec.usageMessage()
        .footer(
            "  calotype split libfoo.so -o out",
            "  calotype split libfoo.so -o out --section .rodata --force");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Path image = invocation.path(0);
    switch (invocation.value("--as", "detached")) {
      case "detached" -> {}
      case "slots", "hole", "needed", "within" -> {
        String shape = invocation.value("--as", "");
        String reason =
            shape.equals("within")
                ? "--as within: a data file goes into an image with calotype embed"
                : "--as " + shape + " is not supported yet";
        Failure failure = Failure.of(image.toString(), reason, ExitCode.FOREIGN);
        return invocation.failed(failure, image.toString());
      }
      default ->
          throw invocation.wrong(
              "unknown shape '%s'; --as takes detached".formatted(invocation.value("--as", "")));
    }
    Path folder = invocation.value("--output", Path.of(""));
    try {
      return split(invocation, image, folder);
    } catch (IOException | RuntimeException e) {
      Failure failure = Failure.of(e, image.toString());
      return invocation.failed(
          failure.saysFull() ? Failure.of(e, folder.toString()) : failure, image.toString());
    }
  }

  private static ExitCode split(Invocation invocation, Path image, Path folder) throws IOException {
    List<String> sections = invocation.value("--section", List.of());
    try (Split split = Split.plan(image, sections)) {
      Invocation.requireWritable(folder);
      Path data = folder.resolve(image.getFileName() + ".ji");
      Path code = folder.resolve(image.getFileName() + ".code");
      WriteOptions options =
          WriteOptions.standard()
              .withReplace(invocation.has("--force"))
              .withDurability(invocation.has("--fast") ? Durability.FAST : Durability.DURABLE)
              .withCompiler("calotype " + Main.version());
      DataId id;
      try (Progress progress =
          invocation.terminal().progress("splitting " + image.getFileName(), split.size())) {
        id = split.write(data, code, options, progress);
      }
      SplitReport report =
          new SplitReport(
              image.toString(),
              split,
              new SplitReport.Half(data.toString(), Files.size(data)),
              new SplitReport.Half(code.toString(), Files.size(code)),
              id);
      if (invocation.has("--json")) {
        SplitJson.print(report, invocation.terminal().out());
      } else {
        report.print(invocation.terminal());
      }
      return ExitCode.DONE;
    }
  }
}
