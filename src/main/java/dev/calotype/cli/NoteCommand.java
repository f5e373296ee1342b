package dev.calotype.cli;

import dev.calotype.emit.ObjectTarget;
import dev.calotype.emit.Payload;
import dev.calotype.emit.Wrap;
import dev.calotype.ji.CodeNote;
import dev.calotype.ji.Comparison;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Validity;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code note}: the object to link code with that says which data it belongs to. */
final class NoteCommand implements Command {
  private static final List<Shape> SHAPES =
      Arrays.stream(Shape.values()).filter(shape -> shape != Shape.DETACHED).toList();

  @Override
  public String summary() {
    return "Make the object that ties linked code to its data file.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(Commands.output("OBJECT", "Where the object goes; link the code with it."));
    spec.addOption(
        OptionSpec.builder("--target")
            .paramLabel("TRIPLE")
            .required(true)
            .type(String.class)
            .description("What it is linked for: x86_64-unknown-linux-gnu, aarch64-apple-darwin …")
            .build());
    spec.addOption(
        ExpectationOptions.one(
            "--shape", "SHAPE", "How the code finds its data: " + shapes() + " (slots)."));
    spec.addOption(
        ExpectationOptions.one(
            "--page-size",
            "BYTES",
            "The largest pages the code is laid out for; any if left out."));
    declareOrigin(spec);
    spec.addOption(Commands.force());
    spec.addOption(Commands.fast());
    spec.addPositional(Commands.file(0, "DATA", "The data file (.ji) that the code belongs to."));
    spec.usageMessage()
        .footer(
            "  calotype note m.ji -o note.o --target x86_64-unknown-linux-gnu --feature avx2",
            "  cc -shared -o m.so m.o note.o && calotype seal m.so --data m.ji",
            "  calotype check m.ji --code m.so");
  }

  /** Declares the options that say how code was made. */
  static void declareOrigin(CommandSpec spec) {
    spec.addOption(ExpectationOptions.one("--compiler", "IDENTITY", "Who made the code."));
    spec.addOption(
        ExpectationOptions.many("--option", "NAME=VALUE", "An option it was made with."));
    spec.addOption(
        ExpectationOptions.many(
            "--feature", "NAME", "A CPU feature the code needs: avx2, or x86-64-v3 for a level."));
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Path data = invocation.path(0);
    Shape shape = shape(invocation);
    long pageSize = ExpectationOptions.pageSize(invocation);
    Origin origin = origin(invocation);
    try {
      return write(invocation, data, id -> LinkedNote.unsealed(shape, pageSize, id, origin));
    } catch (IOException | RuntimeException e) {
      return Outputs.failed(invocation, e, data);
    }
  }

  private static ExitCode write(
      Invocation invocation, Path data, Function<DataId, LinkedNote> notes) throws IOException {
    Path object = invocation.value("--output", Path.of(""));
    ObjectTarget target = ObjectTarget.of(invocation.value("--target", ""));
    Outputs.requireOther(data, object);
    DataId id;
    try (Validity validity = DataFile.check(data, Expectations.none())) {
      if (!(validity instanceof Validity.Fresh fresh)) {
        return invocation.failed(Verdict.of(validity).failure(), data.toString());
      }
      id = fresh.data().id();
    }
    // A linked COFF object is a PE image.
    String linked = target.target().id().replace("-coff", "-pe");
    LinkedNote note = notes.apply(id).withTarget(linked);
    byte[] bytes = note.encode(target.target().byteOrder());
    Wrap.note(target, CodeNote.section(target.target().format()))
        .write(
            Payload.of(MemorySegment.ofArray(bytes), data.toString()),
            object,
            Outputs.options(invocation));
    invocation
        .terminal()
        .out()
        .println(
            "%s: note for %s, %s, data %s, unsealed"
                .formatted(
                    invocation.terminal().bold(Text.escape(object.toString())),
                    target.triple(),
                    note.shape().id(),
                    id.shortHex()));
    return ExitCode.DONE;
  }

  /** What the options record of the making of code. */
  static Origin origin(Invocation invocation) {
    Origin origin = Origin.none().withCompiler(invocation.value("--compiler", ""));
    for (String feature : ExpectationOptions.values(invocation, "--feature")) {
      origin = origin.withFeature(feature);
    }
    for (String text : ExpectationOptions.values(invocation, "--option")) {
      origin =
          origin.withOption(
              ExpectationOptions.name(invocation, "--option", text),
              ExpectationOptions.after(text),
              Comparison.EXACT);
    }
    return origin;
  }

  /** The shape that {@code --shape} names. */
  static Shape shape(Invocation invocation) {
    String name = invocation.value("--shape", Shape.SLOTS.id());
    return SHAPES.stream()
        .filter(shape -> shape.id().equals(name))
        .findFirst()
        .orElseThrow(() ->
            invocation.wrong("unknown shape '%s'; --shape takes %s".formatted(name, shapes())));
  }

  /** The shapes of linked code. */
  static String shapes() {
    return SHAPES.stream()
        .map(shape -> shape.id().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }
}
