package dev.calotype.cli;

import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options of {@code check} that say what is expected of a data file. */
final class ExpectationOptions {
  private ExpectationOptions() {}

  static void declare(CommandSpec spec) {
    spec.addOption(one("--data-id", "ID", "Expect this content: 64 digits."));
    spec.addOption(one("--module", "NAME", "Expect a file of this module."));
    spec.addOption(one("--compiler", "IDENTITY", "Expect it to be made by this compiler."));
    spec.addOption(one("--target", "ID", "Expect it to be for this target."));
    spec.addOption(
        many("--option", "NAME=VALUE", "Expect this option of the compiler; name all of them."));
    spec.addOption(
        many("--feature", "NAME", "A CPU feature the host offers; name all that it has."));
    spec.addOption(
        one("--page-size", "BYTES", "The size of the host's pages; with it the host is another."));
    spec.addOption(many("--upstream", "NAME=ID", "Expect this data to be referred to; name all."));
    spec.addOption(
        many(
            "--env",
            "NAME[=VALUE]",
            "Expect this variable to have had this value, or the one it has now; name all."));
    spec.addOption(
        many("--root", "NAME=DIR", "Where the inputs under @NAME are; looks at the inputs."));
  }

  /** What the options ask for. */
  static Expectations of(Invocation invocation) {
    Expectations asked = Expectations.none();
    if (invocation.has("--data-id")) {
      asked = asked.withDataId(id(invocation, "--data-id", invocation.value("--data-id", "")));
    }
    if (invocation.has("--module")) {
      asked = asked.withModule(invocation.value("--module", ""));
    }
    if (invocation.has("--compiler")) {
      asked = asked.withCompiler(invocation.value("--compiler", ""));
    }
    if (invocation.has("--target")) {
      asked = asked.withTarget(invocation.value("--target", ""));
    }
    if (invocation.has("--feature")) {
      asked = asked.withFeatures(values(invocation, "--feature"));
    }
    if (invocation.has("--page-size")) {
      asked = asked.withPageSize(pageSize(invocation));
    }
    for (String text : values(invocation, "--option")) {
      asked = asked.withOption(name(invocation, "--option", text), after(text));
    }
    for (String text : values(invocation, "--upstream")) {
      asked =
          asked.withUpstream(
              name(invocation, "--upstream", text), id(invocation, "--upstream", after(text)));
    }
    for (String text : values(invocation, "--env")) {
      boolean given = text.indexOf('=') > 0;
      String name = given ? name(invocation, "--env", text) : text;
      asked =
          asked.withVariable(
              name, given ? Optional.of(after(text)) : Optional.ofNullable(System.getenv(name)));
    }
    for (String text : values(invocation, "--root")) {
      asked = asked.withRoot(name(invocation, "--root", text), Path.of(after(text)));
    }
    return asked;
  }

  /** The size that {@code --page-size} gives. */
  static long pageSize(Invocation invocation) {
    String text = invocation.value("--page-size", "0");
    try {
      long size = Long.parseLong(text);
      if (size >= 0 && Long.bitCount(size) <= 1) {
        return size;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw invocation.wrong("--page-size takes a power of two, not '%s'".formatted(text));
  }

  static OptionSpec one(String name, String label, String description) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .type(String.class)
        .description(description)
        .build();
  }

  static OptionSpec many(String name, String label, String description) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .type(List.class)
        .auxiliaryTypes(String.class)
        .arity("1")
        .description(description)
        .build();
  }

  static List<String> values(Invocation invocation, String option) {
    return invocation.value(option, List.of());
  }

  static String name(Invocation invocation, String option, String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw invocation.wrong("%s takes NAME=VALUE, not '%s'".formatted(option, text));
    }
    return text.substring(0, equals);
  }

  static String after(String text) {
    return text.substring(text.indexOf('=') + 1);
  }

  private static DataId id(Invocation invocation, String option, String hex) {
    try {
      return new DataId(hex);
    } catch (IllegalArgumentException e) {
      throw invocation.wrong(
          "%s: '%s' is no id, which has 64 digits 0-9a-f".formatted(option, hex));
    }
  }
}
