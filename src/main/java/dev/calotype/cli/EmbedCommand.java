package dev.calotype.cli;

import dev.calotype.emit.ObjectTarget;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.split.Embed;
import dev.calotype.split.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code embed}: a data file in a shared object, its own or one with code. */
final class EmbedCommand implements Command {
  private static final Pattern EXPORT = Pattern.compile("([^=]+)=([^:]+)(?::(\\d+)\\+(\\d+))?");

  @Override
  public String summary() {
    return "Put a data file into a shared object: its own, or one with code.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        Commands.output(
            "FILE", "Where the shared object goes; with --target a folder will do, too."));
    spec.addOption(
        OptionSpec.builder("--in")
            .paramLabel("IMAGE")
            .type(Path.class)
            .description("Within this finished ELF shared object, as a segment of its own.")
            .build());
    spec.addOption(
        Commands.text(
            "--target",
            "TRIPLE",
            "In a shared object of its own for this target, that code needs and that exports the"
                + " data: x86_64-unknown-linux-gnu …"));
    spec.addOption(
        OptionSpec.builder("--export")
            .paramLabel("SYMBOL=SECTION[:OFFSET+SIZE]")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(
                "With --target: export a section, or a part of it, under this name. Without it,"
                    + " each section that is not packed, under its own.")
            .build());
    spec.addOption(
        Commands.text(
            "--name", "NAME", "With --target: what its SONAME starts with; the id follows."));
    spec.addOption(Commands.force());
    spec.addOption(Commands.json());
    spec.addPositional(Commands.file(0, "DATA", "The data file (.ji). It is only read."));
    spec.usageMessage()
        .footer(
            "  calotype embed m.ji --in libm.so -o out/libm.so",
            "  calotype embed m.ji --target x86_64-unknown-linux-gnu -o out",
            "  calotype embed m.ji --target aarch64-unknown-linux-gnu --export"
                + " table=.rodata:64+4096 -o libm-data.so",
            "",
            "The result is a data file still: check, inspect and join take it as one.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Path data = invocation.path(0);
    if (invocation.has("--in") == invocation.has("--target")) {
      throw invocation.wrong("give either --in IMAGE or --target TRIPLE");
    }
    if (invocation.has("--in") && (invocation.has("--export") || invocation.has("--name"))) {
      throw invocation.wrong("--export and --name go with --target");
    }
    List<String> exports = invocation.value("--export", List.of());
    for (String export : exports) {
      if (!EXPORT.matcher(export).matches()) {
        throw invocation.wrong("--export takes SYMBOL=SECTION[:OFFSET+SIZE], not " + export);
      }
    }
    try (Verdict verdict = Verdict.checkData(data, Tier.FULL, _ -> {})) {
      if (!(verdict.validity() instanceof Validity.Fresh fresh)) {
        return invocation.failed(verdict.failure(), data.toString());
      }
      return invocation.has("--in")
          ? within(invocation, fresh.data(), data)
          : needed(invocation, fresh.data(), data);
    } catch (IOException | RuntimeException e) {
      return Outputs.failed(invocation, e, data);
    }
  }

  private static ExitCode within(Invocation invocation, DataFile data, Path input)
      throws IOException {
    Path image = invocation.path("--in").orElseThrow();
    Path output = invocation.value("--output", Path.of(""));
    Outputs.requireOther(image, output);
    Outputs.requireOther(input, output);
    LinkedNote note;
    try (Progress progress =
        invocation.terminal().progress("embedding", data.size() + Files.size(image))) {
      Origin origin = Origin.none().withCompiler("calotype " + Main.version());
      note = Embed.within(image, data, output, origin, invocation.has("--force"), progress);
    }
    report(invocation, output, note.shape(), data, Optional.empty());
    return ExitCode.DONE;
  }

  private static ExitCode needed(Invocation invocation, DataFile data, Path input)
      throws IOException {
    SharedData shared = SharedData.of(data, ObjectTarget.of(invocation.value("--target", "")));
    if (invocation.has("--name")) {
      shared = shared.withName(invocation.value("--name", ""));
    }
    List<String> exports = invocation.value("--export", List.of());
    for (String export : exports) {
      Matcher parts = EXPORT.matcher(export);
      if (parts.matches()) {
        shared = export(shared, data, parts);
      }
    }
    shared = exports.isEmpty() ? shared.withAllSections() : shared;
    Path output = invocation.value("--output", Path.of(""));
    output = Files.isDirectory(output) ? output.resolve(shared.soname()) : output;
    Outputs.requireOther(input, output);
    try (Progress progress = invocation.terminal().progress("embedding", data.size())) {
      shared.write(output, invocation.has("--force"), progress);
    }
    report(invocation, output, Shape.NEEDED, data, Optional.of(shared));
    return ExitCode.DONE;
  }

  private static SharedData export(SharedData shared, DataFile data, Matcher parts)
      throws IOException {
    String section = parts.group(2);
    if (parts.group(3) != null) {
      return shared.withExport(
          parts.group(1), section, number(parts.group(3)), number(parts.group(4)));
    }
    long size = data.section(section).map(it -> it.size()).orElse(0L);
    return shared.withExport(parts.group(1), section, 0, size);
  }

  /** A number that is too long is too large for any section. */
  private static long number(String digits) {
    return digits.length() > 18 ? Long.MAX_VALUE : Long.parseLong(digits);
  }

  private static void report(
      Invocation invocation, Path output, Shape shape, DataFile data, Optional<SharedData> shared)
      throws IOException {
    long size = Files.size(output);
    if (invocation.has("--json")) {
      JsonLines.print(
          invocation.terminal().out(),
          json -> {
            json.writeStringField("file", output.toString());
            json.writeNumberField("size", size);
            json.writeStringField("shape", shape.id());
            json.writeStringField("dataId", data.id().hex());
            if (shared.isPresent()) {
              json.writeStringField("soname", shared.get().soname());
              json.writeArrayFieldStart("exports");
              for (String symbol : shared.get().exports()) {
                json.writeString(symbol);
              }
              json.writeEndArray();
            }
          });
      return;
    }
    String more =
        shared
            .map(it -> ", needed as %s, %d exported".formatted(it.soname(), it.exports().size()))
            .orElse("");
    invocation
        .terminal()
        .out()
        .println(
            "%s: %s, %s, data %s%s"
                .formatted(
                    invocation.terminal().bold(Text.escape(output.toString())),
                    Text.size(size),
                    shape.id(),
                    data.id().shortHex(),
                    Text.escape(more)));
  }
}
