package dev.calotype.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code train}: runs every command once on a small library of this JDK. The launcher records the
 * JDK's AOT cache over it.
 */
final class TrainCommand implements Command {
  @Override
  public String summary() {
    return "Run every command once, to record an AOT cache.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.usageMessage().hidden(true).footer("  calotype train");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    run(List.of("--version"));
    run(List.of("--help"));
    run(List.of("check", "--help"));
    run(List.of("check", "--unknown"));
    run(List.of("inspect", "/"));
    Optional<Path> library = library();
    if (library.isEmpty()) {
      return ExitCode.DONE;
    }
    Path folder = Files.createTempDirectory("calotype-train-");
    String image = library.get().toString();
    String name = String.valueOf(library.get().getFileName());
    Path data = folder.resolve(name + ".ji");
    Path code = folder.resolve(name + ".code");
    Path joined = folder.resolve(name);
    Path wrapped = folder.resolve(name + ".o");
    try {
      ExitCode worst = ExitCode.DONE;
      for (List<String> json : List.of(List.<String>of(), List.of("--json"))) {
        worst =
            worst
                .and(run(json, "inspect", "--symbols", image))
                .and(run(json, "find", image, ".text"))
                .and(run(json, "split", image, "-o", folder.toString(), "--force"))
                .and(run(json, "inspect", data.toString(), code.toString()))
                .and(run(json, "check", data.toString(), "--code", code.toString()))
                .and(run(json, "check", "--tier", "header", data.toString(), code.toString()))
                .and(
                    run(
                        json,
                        "join",
                        data.toString(),
                        code.toString(),
                        "-o",
                        joined.toString(),
                        "--force"))
                .and(
                    run(
                        json,
                        "wrap",
                        image,
                        "-o",
                        wrapped.toString(),
                        "--target",
                        "x86_64-unknown-linux-gnu",
                        "--force"))
                .and(run(json, "unwrap", wrapped.toString(), "-o", joined.toString(), "--force"));
        run(json, "check", image, folder.resolve("absent.ji").toString());
      }
      return worst;
    } finally {
      for (Path file : List.of(data, code, joined, wrapped, folder)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static ExitCode run(List<String> more, String... args) {
    return run(Stream.concat(Stream.of(args), more.stream()).toList());
  }

  private static ExitCode run(List<String> args) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    return Main.run(Terminal.of(nowhere, nowhere), args.toArray(String[]::new));
  }

  private static Optional<Path> library() {
    Path folder = Path.of(System.getProperty("java.home"), "lib");
    return Stream.of("libnet.so", "libjava.so", "libzip.so")
        .map(folder::resolve)
        .filter(Files::isReadable)
        .findFirst();
  }
}
