package dev.calotype.cli;

import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.Binary;
import dev.calotype.image.Container;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** {@code inspect}: what is in native files, code objects and data files. */
final class InspectCommand implements Command {
  @Override
  public String summary() {
    return "Show what is in native images, archives, code objects and data files.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        Commands.flag("--symbols", "List symbols, exports and imports instead of counting them.")
            .build());
    spec.addOption(
        Commands.flag("--members", "Show each member of an archive or slice of a fat file, too.")
            .build());
    spec.addOption(Commands.json());
    spec.addPositional(
        Commands.files(
            "A native image (ELF, Mach-O, COFF, PE), an archive, a code object or a data file"
                + " (.ji); @LIST for the files that LIST names, one a line."));
    spec.usageMessage()
        .footer(
            "  calotype inspect /usr/lib/jvm/*/lib/libnet.so",
            "  calotype inspect --members libfoo.a",
            "  find . -name '*.dll' > list; calotype inspect --json @list",
            "  calotype inspect --json out/libfoo.so.ji out/libfoo.so.code");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
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
      Binary binary;
      try {
        binary = file.whileWhole(() -> Binary.of(bytes, path.toString()));
      } catch (UnsupportedFormatException e) {
        return inspectDataFile(invocation, path, e);
      }
      Optional<Failure> damage =
          switch (binary) {
            case Image image -> {
              Inspection inspection = look(image, file, path, invocation.has("--symbols"));
              yield file.whileWhole(() -> show(invocation, inspection));
            }
            case Container container ->
                file.whileWhole(() -> show(invocation, container, path.toString()));
          };
      // The object was printed and has the error in it, so only the line is missing.
      damage.ifPresent(invocation::complain);
      return damage.map(Failure::code).orElse(ExitCode.DONE);
    }
  }

  /** Whatever of ours the image is. */
  private static Inspection look(Image image, OpenFile file, Path path, boolean listsSymbols)
      throws IOException {
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
    Optional<Inspection.Carried> carried = Optional.empty();
    try (Validity validity = DataFile.check(path, Expectations.none())) {
      if (validity instanceof Validity.Fresh fresh) {
        DataFile data = fresh.data();
        carried = Optional.of(new Inspection.Carried(data.base(), data.size(), data.id().hex()));
      } else if (validity instanceof Validity.Damaged) {
        damage = damage.or(() -> Optional.of(Verdict.of(validity).failure()));
      }
    }
    return new Inspection(image, path.toString(), note, carried, listsSymbols, damage);
  }

  private static Optional<Failure> show(Invocation invocation, Inspection inspection) {
    if (invocation.has("--json")) {
      JsonLines.print(invocation.terminal().out(), json -> ImageJson.write(inspection, json));
    } else {
      ImageText.print(inspection, invocation.terminal());
    }
    return inspection.damage();
  }

  private static Optional<Failure> show(Invocation invocation, Container container, String file) {
    boolean listsSymbols = invocation.has("--symbols");
    if (!invocation.has("--json")) {
      return ContainerText.print(
          container, file, invocation.has("--members"), listsSymbols, invocation.terminal());
    }
    List<Failure> damage = new ArrayList<>();
    JsonLines.print(
        invocation.terminal().out(),
        json -> ContainerJson.write(container, file, listsSymbols, json).ifPresent(damage::add));
    return damage.stream().findFirst();
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
