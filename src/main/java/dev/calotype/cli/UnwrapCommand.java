package dev.calotype.cli;

import dev.calotype.emit.Unwrap;
import dev.calotype.emit.Unwrapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** {@code unwrap}: the file that was wrapped, byte for byte. */
final class UnwrapCommand implements Command {
  @Override
  public String summary() {
    return "Unwrap a file from its object, an archive or a linked image.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(Commands.output("PAYLOAD", "Where the payload goes."));
    spec.addOption(
        Commands.text("--section", "NAME", "The section: .rmeta or else .rustc by default."));
    spec.addOption(
        Commands.text("--member", "NAME", "The member of an archive, if several have a payload."));
    spec.addOption(Commands.force());
    spec.addOption(Commands.fast());
    spec.addOption(Commands.json());
    spec.addPositional(
        Commands.file(0, "FILE", "An object, an archive or a linked image. It is only read."));
    spec.usageMessage()
        .footer(
            "  calotype unwrap lib.rmeta -o lib.meta",
            "  calotype unwrap libfoo.rlib -o foo.meta --member lib.rmeta",
            "  calotype unwrap libfoo.so -o foo.meta --section .rustc");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Path file = invocation.path(0);
    try {
      return unwrap(invocation, file);
    } catch (IOException | RuntimeException e) {
      return Outputs.failed(invocation, e, file);
    }
  }

  private static ExitCode unwrap(Invocation invocation, Path file) throws IOException {
    Path payload = invocation.value("--output", Path.of(""));
    Unwrap unwrap = Unwrap.standard();
    if (invocation.has("--section")) {
      unwrap = unwrap.withSection(invocation.value("--section", ""));
    }
    if (invocation.has("--member")) {
      unwrap = unwrap.withMember(invocation.value("--member", ""));
    }
    Outputs.requireOther(file, payload);
    Unwrapping found;
    try (Progress progress =
        invocation.terminal().progress("unwrapping " + file.getFileName(), Files.size(file))) {
      found = unwrap.write(file, payload, Outputs.options(invocation), progress);
    }
    if (invocation.has("--json")) {
      WrapJson.printUnwrapped(file, found, payload, invocation.terminal().out());
    } else {
      String member =
          found.members().isEmpty() ? "" : " of " + Text.escape(String.join("/", found.members()));
      invocation
          .terminal()
          .out()
          .println(
              "%s: %s from section %s%s"
                  .formatted(
                      invocation.terminal().bold(Text.escape(payload.toString())),
                      Text.size(found.size()),
                      Text.escape(found.section()),
                      member));
    }
    return ExitCode.DONE;
  }
}
