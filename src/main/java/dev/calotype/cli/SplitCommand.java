package dev.calotype.cli;

import dev.calotype.Durability;
import dev.calotype.FileChangedException;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.split.ObjectSelection;
import dev.calotype.split.ObjectSplit;
import dev.calotype.split.SharedData;
import dev.calotype.split.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code split}: takes the data out of a linked image or of an object. */
final class SplitCommand implements Command {
  @Override
  public String summary() {
    return "Split an image or an object into a data file and a code object.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        Commands.output(
            "DIR",
            "Where the files go: IMAGE.ji, and IMAGE.code or, of an object, NAME.SHAPE.o and, if"
                + " needed, NAME-ID.so. It must exist."));
    spec.addOption(
        OptionSpec.builder("--section")
            .paramLabel("NAME")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(
                "Move this section, and only those named so. Without it, all read-only data that"
                    + " the rest can do without.")
            .build());
    spec.addOption(
        OptionSpec.builder("--symbol")
            .paramLabel("NAME")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("Of an object: move this symbol; it has to have a section to itself.")
            .build());
    spec.addOption(
        OptionSpec.builder("--as")
            .paramLabel("SHAPE")
            .type(String.class)
            .description(
                "How the code finds its data. detached (the default), of a linked image: by joining"
                    + " first. Of an object, which is linked afterwards: slots, through pointers"
                    + " that are filled at load; hole, data mapped into the code's place for it;"
                    + " needed, data as a shared object, which is written too.")
            .build());
    NoteCommand.declareOrigin(spec);
    spec.addOption(Commands.force());
    spec.addOption(Commands.fast());
    spec.addOption(Commands.json());
    spec.addPositional(
        Commands.file(
            0, "IMAGE", "A shared library, an executable or an object. It is only read."));
    spec.usageMessage()
        .footer(
            "  calotype split libfoo.so -o out",
            "  calotype split libfoo.so -o out --section .rodata --force",
            "  calotype split calc.o -o out --as slots    (compiled with -fPIC -fdata-sections)",
            "  calotype split calc.o -o out --as hole --symbol table",
            "  calotype split calc-O3.o -o out --as slots --option O=3",
            "",
            "What each shape needs of an object, and how it is changed: docs/splitting.md.",
            "Then: calotype link out/calc.slots.o --data out/calc.o.ji -o out/calc.so");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Path image = invocation.path(0);
    Optional<Shape> shape = Optional.empty();
    switch (invocation.value("--as", "detached")) {
      case "detached" -> {
        if (!invocation.value("--symbol", List.of()).isEmpty()) {
          throw invocation.wrong("--symbol is for objects: with --as slots, hole or needed");
        }
        if (invocation.has("--option")
            || invocation.has("--feature")
            || invocation.has("--compiler")) {
          throw invocation.wrong(
              "--option, --feature and --compiler are for objects: with --as slots, hole or"
                  + " needed");
        }
      }
      case "slots" -> shape = Optional.of(Shape.SLOTS);
      case "hole" -> shape = Optional.of(Shape.HOLE);
      case "needed" -> shape = Optional.of(Shape.NEEDED);
      case "within" -> {
        Failure failure =
            Failure.of(
                image.toString(),
                "--as within: a data file goes into an image with calotype embed",
                ExitCode.FOREIGN);
        return invocation.failed(failure, image.toString());
      }
      default ->
          throw invocation.wrong(
              "unknown shape '%s'; --as takes detached, slots, hole or needed"
                  .formatted(invocation.value("--as", "")));
    }
    Path folder = invocation.value("--output", Path.of(""));
    try {
      return shape.isPresent()
          ? splitObject(invocation, image, folder, shape.get())
          : split(invocation, image, folder);
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
      DataId id;
      try (Progress progress = progress(invocation, image, split.size())) {
        id = split.write(data, code, options(invocation), progress);
      }
      return report(
          invocation, image, SplitReport.Plan.of(split), data, code, Optional.empty(), id);
    }
  }

  private static ExitCode splitObject(Invocation invocation, Path object, Path folder, Shape shape)
      throws IOException {
    ObjectSelection selection =
        new ObjectSelection(
            invocation.value("--section", List.of()), invocation.value("--symbol", List.of()));
    try (ObjectSplit split = ObjectSplit.plan(object, shape, selection)) {
      Invocation.requireWritable(folder);
      String name = object.getFileName().toString();
      int dot = name.lastIndexOf('.');
      String base = dot <= 0 ? name : name.substring(0, dot);
      String extension = dot <= 0 ? ".o" : name.substring(dot);
      Path data = folder.resolve(name + ".ji");
      Path code = folder.resolve(base + "." + shape.id() + extension);
      DataId id;
      try (Progress progress = progress(invocation, object, split.size())) {
        id = split.write(data, code, options(invocation), made(invocation), progress);
      }
      Optional<Path> shared = Optional.empty();
      if (shape == Shape.NEEDED) {
        shared = Optional.of(writeShared(split, data, folder, base, invocation.has("--force")));
      }
      return report(invocation, object, SplitReport.Plan.of(split), data, code, shared, id);
    }
  }

  /** One that is there already and is the same stays, as the data file does. */
  private static Path writeShared(
      ObjectSplit split, Path data, Path folder, String name, boolean replace) throws IOException {
    try (Validity validity = DataFile.check(data, Expectations.none())) {
      if (!(validity instanceof Validity.Fresh fresh)) {
        throw new FileChangedException(data.toString(), "it was replaced");
      }
      SharedData shared = split.shared(fresh.data()).withName(name);
      Path file = folder.resolve(shared.soname());
      if (replace || !shared.isWritten(file)) {
        shared.write(file, replace);
      }
      return file;
    }
  }

  private static Origin made(Invocation invocation) {
    Origin origin = NoteCommand.origin(invocation);
    return origin.compiler().isEmpty() ? origin.withCompiler("calotype " + Main.version()) : origin;
  }

  private static Progress progress(Invocation invocation, Path image, long size) {
    return invocation.terminal().progress("splitting " + image.getFileName(), size);
  }

  private static WriteOptions options(Invocation invocation) {
    return WriteOptions.standard()
        .withReplace(invocation.has("--force"))
        .withDurability(invocation.has("--fast") ? Durability.FAST : Durability.DURABLE)
        .withCompiler("calotype " + Main.version());
  }

  private static ExitCode report(
      Invocation invocation,
      Path image,
      SplitReport.Plan plan,
      Path data,
      Path code,
      Optional<Path> shared,
      DataId id)
      throws IOException {
    Optional<SplitReport.Half> container = Optional.empty();
    if (shared.isPresent()) {
      container =
          Optional.of(new SplitReport.Half(shared.get().toString(), Files.size(shared.get())));
    }
    SplitReport report =
        new SplitReport(
            image.toString(),
            plan,
            new SplitReport.Half(data.toString(), Files.size(data)),
            new SplitReport.Half(code.toString(), Files.size(code)),
            container,
            id);
    if (invocation.has("--json")) {
      SplitJson.print(report, invocation.terminal().out());
    } else {
      report.print(invocation.terminal());
    }
    return ExitCode.DONE;
  }
}
