package dev.calotype.cli;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.split.Join;
import dev.calotype.split.ObjectJoin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import picocli.CommandLine.Model.CommandSpec;

/** {@code join}: the image that was split, byte for byte. */
final class JoinCommand implements Command {
  @Override
  public String summary() {
    return "Join a data file and its code object to the original image, byte for byte.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(Commands.output("FILE", "Where the image goes."));
    spec.addOption(Commands.force());
    spec.addOption(Commands.fast());
    spec.addOption(Commands.json());
    spec.addPositional(Commands.file(0, "DATA", "The data file (.ji)."));
    spec.addPositional(
        Commands.file(
            1,
            "CODE",
            "The code object that was split from the same image; of an object, the one before"
                + " linking."));
    spec.usageMessage()
        .footer(
            "  calotype join out/libfoo.so.ji out/libfoo.so.code -o libfoo.so",
            "  calotype join out/calc.o.ji out/calc.slots.o -o calc.o",
            "",
            "Every byte of both halves is verified on the way. The image gets the permissions of"
                + " any new file.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Path target = invocation.value("--output", Path.of(""));
    try {
      return join(invocation, target);
    } catch (IOException | RuntimeException e) {
      return invocation.failed(e, target.toString());
    }
  }

  private static ExitCode join(Invocation invocation, Path target) throws IOException {
    Path dataPath = invocation.path(0);
    Path codePath = invocation.path(1);
    try (Verdict data = Verdict.checkData(dataPath, Tier.HEADER, _ -> {})) {
      if (!(data.validity() instanceof Validity.Fresh freshData)) {
        Failure failure =
            isCodeObject(dataPath)
                ? Failure.of(
                    dataPath.toString(),
                    "is a code object; the data file comes first",
                    ExitCode.FOREIGN)
                : data.failure();
        return invocation.failed(failure, target.toString());
      }
      Optional<DataId> id = data.dataId();
      if (ObjectJoin.isObjectOrLinked(codePath)) {
        requireOther(target, dataPath, codePath);
        return write(
            invocation,
            freshData,
            target,
            Files.size(codePath),
            (options, progress) -> ObjectJoin.join(freshData, codePath, target, options, progress));
      }
      try (Verdict code = Verdict.checkCode(codePath, Tier.HEADER, id, _ -> {})) {
        if (!(code.validity() instanceof Validity.FreshCode freshCode)) {
          return invocation.failed(code.failure(), target.toString());
        }
        requireOther(target, dataPath, codePath);
        return write(
            invocation,
            freshData,
            target,
            freshCode.code().file().size(),
            (options, progress) -> Join.join(freshData, freshCode, target, options, progress));
      }
    }
  }

  /** Throws unless the target can be made and is none of the halves. */
  private static void requireOther(Path target, Path data, Path code) throws IOException {
    for (Path half : List.of(data, code)) {
      if (Files.exists(target) && Files.isSameFile(target, half)) {
        throw new RefusedException(
            half.toString(), "would be replaced by the image that is made from it");
      }
    }
    Path folder = target.toAbsolutePath().getParent();
    if (folder != null) {
      Invocation.requireWritable(folder);
    }
  }

  private interface Work {
    long join(WriteOptions options, LongConsumer progress) throws IOException;
  }

  private static boolean isCodeObject(Path path) throws IOException {
    try (Verdict verdict = Verdict.check(path, Expectations.none(), _ -> {})) {
      return verdict.isCode() && verdict.code() == ExitCode.DONE;
    }
  }

  private static ExitCode write(
      Invocation invocation, Validity.Fresh data, Path target, long codeSize, Work work)
      throws IOException {
    WriteOptions options =
        WriteOptions.standard()
            .withReplace(invocation.has("--force"))
            .withDurability(invocation.has("--fast") ? Durability.FAST : Durability.DURABLE);
    long total = data.data().size() + codeSize;
    long size;
    try (Progress progress =
        invocation.terminal().progress("joining " + target.getFileName(), total)) {
      size = work.join(options, progress);
    }
    if (invocation.has("--json")) {
      SplitJson.printJoined(
          target.toString(), size, data.data().id().hex(), invocation.terminal().out());
    } else {
      invocation
          .terminal()
          .out()
          .println(
              "%s: %s, joined of data %s, verified"
                  .formatted(
                      invocation.terminal().bold(Text.escape(target.toString())),
                      Text.size(size),
                      data.data().id().shortHex()));
    }
    return ExitCode.DONE;
  }
}
