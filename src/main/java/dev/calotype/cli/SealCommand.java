package dev.calotype.cli;

import dev.calotype.ji.CodeNote;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Seal;
import dev.calotype.ji.Validity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** {@code seal}: fills the digest into the note of finished code. */
final class SealCommand implements Command {
  @Override
  public String summary() {
    return "Seal linked code, so that a change of any byte of it is found.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        ExpectationOptions.one(
            "--data", "FILE", "Seal only if the code belongs to this data file (.ji)."));
    spec.addOption(Commands.fast());
    spec.addOption(Commands.json());
    spec.addPositional(
        Commands.files("A linked library or program with a note; a sealed one takes its place."));
    spec.usageMessage()
        .footer(
            "  calotype seal m.so --data m.ji",
            "  calotype seal --json out/*.so",
            "",
            "Sign PE and Mach-O files after sealing; an ad hoc signature is made to fit again.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Optional<DataId> data = Optional.empty();
    if (invocation.has("--data")) {
      Path path = Path.of(invocation.value("--data", ""));
      try (Validity validity = DataFile.check(path, Expectations.none())) {
        if (!(validity instanceof Validity.Fresh fresh)) {
          return invocation.failed(Verdict.of(validity).failure(), path.toString());
        }
        data = Optional.of(fresh.data().id());
      }
    }
    ExitCode worst = ExitCode.DONE;
    List<Path> files = invocation.files();
    for (Path file : files) {
      try {
        worst = worst.and(seal(invocation, file, data));
      } catch (IOException | RuntimeException e) {
        worst = worst.and(invocation.failed(e, file.toString()));
      }
    }
    return worst;
  }

  private static ExitCode seal(Invocation invocation, Path file, Optional<DataId> data)
      throws IOException {
    Optional<CodeNote> found = CodeObject.readNote(file);
    if (data.isPresent() && found.isPresent() && !found.get().dataId().equals(data.get())) {
      return invocation.failed(
          Failure.of(
              file.toString(),
              "belongs to other data (%s, not %s); nothing was sealed"
                  .formatted(found.get().dataId().shortHex(), data.get().shortHex()),
              ExitCode.STALE),
          file.toString());
    }
    LinkedNote note = Seal.seal(file, file, Outputs.options(invocation).durability(), true);
    if (invocation.has("--json")) {
      JsonLines.print(
          invocation.terminal().out(),
          json -> {
            json.writeStringField("file", file.toString());
            json.writeNumberField("size", note.fileSize());
            json.writeStringField("shape", note.shape().id());
            json.writeStringField("dataId", note.dataId().hex());
            json.writeStringField("digest", note.digest());
          });
    } else {
      invocation
          .terminal()
          .out()
          .println(
              "%s  %s  (%s, data %s)"
                  .formatted(
                      invocation.terminal().green("sealed"),
                      Text.escape(file.toString()),
                      note.shape().id(),
                      note.dataId().shortHex()));
    }
    return ExitCode.DONE;
  }
}
