package dev.calotype.cli;

import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.Image;
import dev.calotype.ji.CodeNote;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Validity;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** {@code inspect}: what is in native images, code objects and data files. */
final class InspectCommand implements Command {
  @Override
  public String summary() {
    return "Show what is in native images, code objects and data files.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        Commands.flag("--symbols", "List the symbols instead of counting them.").build());
    spec.addOption(Commands.json());
    spec.addPositional(Commands.files("A native image, a code object or a data file (.ji)."));
    spec.usageMessage()
        .footer(
            "  calotype inspect /usr/lib/jvm/*/lib/libnet.so",
            "  calotype inspect --json out/libfoo.so.ji out/libfoo.so.code");
  }

  @Override
  public ExitCode run(Invocation invocation) {
    ExitCode worst = ExitCode.DONE;
    for (Path path : invocation.files()) {
      try {
        worst = worst.and(inspect(invocation, path));
      } catch (IOException | RuntimeException e) {
        worst = worst.and(invocation.failed(e, path.toString()));
      }
      if (invocation.terminal().isGone()) {
        break;
      }
    }
    return worst;
  }

  private static ExitCode inspect(Invocation invocation, Path path) throws IOException {
    try (OpenFile file = OpenFile.open(path);
        Arena arena = Arena.ofConfined()) {
      var bytes = file.map(arena);
      Image image;
      try {
        image = file.whileWhole(() -> Image.of(bytes, path.toString()));
      } catch (UnsupportedFormatException e) {
        return inspectDataFile(invocation, path, e);
      }
      Optional<CodeNote> note = Optional.empty();
      Optional<Failure> damage = Optional.empty();
      if (CodeObject.isCodeObject(file)) {
        try (Validity validity = CodeObject.check(path, Expectations.none())) {
          if (validity instanceof Validity.FreshCode fresh) {
            note = Optional.of(fresh.code().note());
          } else {
            damage = Optional.of(new Verdict(validity, true).failure());
          }
        }
      }
      Inspection inspection =
          new Inspection(image, path.toString(), note, invocation.has("--symbols"), damage);
      file.whileWhole(() -> {
        if (invocation.has("--json")) {
          ImageJson.print(inspection, invocation.terminal().out());
        } else {
          ImageText.print(inspection, invocation.terminal());
        }
        return inspection;
      });
      // The object was printed and has the error in it, so only the line is missing.
      inspection.damage().ifPresent(invocation::complain);
      return inspection.damage().map(Failure::code).orElse(ExitCode.DONE);
    }
  }

  private static ExitCode inspectDataFile(
      Invocation invocation, Path path, UnsupportedFormatException noImage) throws IOException {
    try (Validity validity = DataFile.check(path, Expectations.none())) {
      if (validity instanceof Validity.Fresh fresh) {
        if (invocation.has("--json")) {
          DataFileReport.json(fresh.data(), path.toString(), invocation.terminal().out());
        } else {
          DataFileReport.text(fresh.data(), path.toString(), invocation.terminal());
        }
        return ExitCode.DONE;
      }
      // What is neither is better described by what reads more formats.
      if (validity instanceof Validity.Foreign foreign && !Verdict.isOtherVersion(foreign)) {
        throw noImage;
      }
      return invocation.failed(Verdict.of(validity).failure(), path.toString());
    }
  }
}
