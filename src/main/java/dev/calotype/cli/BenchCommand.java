package dev.calotype.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@code bench}: checks what was asked for and leaves the rest to the checkout, as the benches are
 * in no jar.
 */
final class BenchCommand implements Command {
  /** The launcher puts the folder of the checkout here. */
  static final String CHECKOUT = "CALOTYPE_CHECKOUT";

  private static final Path SCRIPT = Path.of("tools", "run-benches");

  @Override
  public String summary() {
    return "Measure on this machine: map or read, and all else, with peers (in a checkout).";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        Commands.flag("--quick", "About five minutes on two cores; the default.").build());
    spec.addOption(Commands.flag("--full", "Everything, within an hour on two cores.").build());
    spec.addOption(
        Commands.text(
            "--only", "PATTERN", "Only benches whose name matches, as in 'image\\.Find'."));
    spec.addOption(
        OptionSpec.builder("-o", "--output")
            .paramLabel("DIR")
            .type(Path.class)
            .description(
                "Where the report goes, by default target/bench/report; files there are replaced.")
            .build());
    spec.addOption(
        OptionSpec.builder("--against")
            .paramLabel("OLD.json")
            .type(Path.class)
            .description("Also say what got slower or faster since these results.")
            .build());
    spec.addOption(Commands.number("--seed", "N", "Repeat the order of the run with this seed."));
    spec.usageMessage()
        .footer(
            "  calotype bench",
            "  calotype bench --full -o report",
            "  calotype bench --only 'map\\.' -o report",
            "  calotype bench -o new --against old/results.json",
            "",
            "Writes report.html, which needs nothing else, results.json and pictures, and prints",
            "the answers. docs/bench-report.md says what they mean.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    if (invocation.has("--quick") && invocation.has("--full")) {
      throw invocation.wrong("--quick and --full exclude each other");
    }
    String only = invocation.value("--only", "");
    try {
      Pattern.compile(only);
    } catch (PatternSyntaxException e) {
      throw invocation.wrong("--only: " + Text.lowerFirst(e.getDescription()));
    }
    int seed = invocation.value("--seed", ThreadLocalRandom.current().nextInt(1_000_000));
    Optional<Path> checkout = checkout();
    if (checkout.isEmpty()) {
      return invocation.failed(
          Failure.of(
              "bench", "the benches are in no jar; run ./calotype in a checkout", ExitCode.FOREIGN),
          "bench");
    }
    Path folder = invocation.path("--output").orElse(checkout.get().resolve("target/bench/report"));
    Files.createDirectories(folder);
    Invocation.requireWritable(folder);
    String against = "";
    if (invocation.path("--against").isPresent()) {
      Path old = invocation.path("--against").get();
      // Found out before an hour has passed.
      Files.newInputStream(old).close();
      if (Files.isDirectory(old)) {
        throw new FileSystemException(old.toString(), null, "is a directory");
      }
      against = old.toAbsolutePath().toString();
    }
    invocation.terminal().out().flush();
    return start(
        checkout.get(),
        List.of(
            checkout.get().resolve(SCRIPT).toString(),
            invocation.has("--full") ? "full" : "quick",
            Integer.toString(seed),
            folder.toAbsolutePath().toString(),
            only,
            against));
  }

  private static Optional<Path> checkout() {
    return Optional.ofNullable(System.getenv(CHECKOUT))
        .map(Path::of)
        .filter(folder -> Files.isExecutable(folder.resolve(SCRIPT)));
  }

  private static ExitCode start(Path checkout, List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(checkout.toFile()).inheritIO();
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    Thread hook = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return code(process.waitFor());
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static ExitCode code(int status) {
    for (ExitCode code : ExitCode.values()) {
      if (code.status() == status) {
        return code;
      }
    }
    return ExitCode.BUG;
  }
}
