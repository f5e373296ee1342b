package dev.calotype.cli;

import dev.calotype.emit.ObjectTarget;
import dev.calotype.emit.Payload;
import dev.calotype.emit.Wrap;
import dev.calotype.emit.Wrapped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code wrap}: a linkable object around any file. */
final class WrapCommand implements Command {
  private static final Pattern NO_LETTER = Pattern.compile("[^A-Za-z0-9_]");

  @Override
  public String summary() {
    return "Wrap any file into a linkable object, dropped or kept by linkers.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(Commands.output("OBJECT", "Where the object goes."));
    spec.addOption(
        OptionSpec.builder("--target")
            .paramLabel("TRIPLE")
            .required(true)
            .type(String.class)
            .description("What it is linked for: x86_64-unknown-linux-gnu, aarch64-apple-darwin …")
            .build());
    spec.addOption(
        Commands.flag(
                "--kept",
                "Linkers keep the payload, under a symbol. Without it archives carry the object"
                    + " and linkers drop the payload.")
            .build());
    spec.addOption(
        Commands.text("--section", "NAME", "The section: .rmeta by default, .rustc with --kept."));
    spec.addOption(
        Commands.text(
            "--symbol", "NAME", "The symbol of a kept payload: payload_FILE by default."));
    spec.addOption(Commands.force());
    spec.addOption(Commands.fast());
    spec.addOption(Commands.json());
    spec.addPositional(Commands.file(0, "PAYLOAD", "Any file. It is only read."));
    spec.usageMessage()
        .footer(
            "  calotype wrap lib.meta -o lib.rmeta --target x86_64-unknown-linux-gnu",
            "  calotype wrap table.bin -o table.obj --target x86_64-pc-windows-msvc --kept",
            "  calotype wrap model -o model.o --target aarch64-apple-darwin --kept --symbol model");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Path payload = invocation.path(0);
    if (invocation.has("--symbol") && !invocation.has("--kept")) {
      throw invocation.wrong("--symbol names a kept payload, so it needs --kept");
    }
    try {
      return wrap(invocation, payload);
    } catch (IOException | RuntimeException e) {
      return Outputs.failed(invocation, e, payload);
    }
  }

  private static ExitCode wrap(Invocation invocation, Path payload) throws IOException {
    Path object = invocation.value("--output", Path.of(""));
    ObjectTarget target = ObjectTarget.of(invocation.value("--target", ""));
    Wrap wrap =
        invocation.has("--kept")
            ? Wrap.kept(target, invocation.value("--symbol", symbol(payload)))
            : Wrap.carried(target);
    if (invocation.has("--section")) {
      wrap = wrap.withSection(invocation.value("--section", ""));
    }
    Outputs.requireOther(payload, object);
    long size = Files.size(payload);
    Wrapped wrapped;
    try (Progress progress =
        invocation.terminal().progress("wrapping " + payload.getFileName(), size)) {
      wrapped = wrap.write(Payload.of(payload), object, Outputs.options(invocation), progress);
    }
    if (invocation.has("--json")) {
      WrapJson.print(object, wrap, payload, wrapped, invocation.terminal().out());
    } else {
      String symbol = wrap.symbol().map(name -> ", symbol " + Text.escape(name)).orElse("");
      invocation
          .terminal()
          .out()
          .println(
              "%s: %s, %s, %s in section %s%s"
                  .formatted(
                      invocation.terminal().bold(Text.escape(object.toString())),
                      target.triple(),
                      wrap.shape().id(),
                      Text.size(wrapped.payloadSize()),
                      Text.escape(wrap.section()),
                      symbol));
    }
    return ExitCode.DONE;
  }

  /** A name that C can say. */
  private static String symbol(Path payload) {
    return "payload_" + NO_LETTER.matcher(String.valueOf(payload.getFileName())).replaceAll("_");
  }
}
