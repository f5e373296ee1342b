package dev.calotype.cli;

import dev.calotype.ji.CodeChoice;
import dev.calotype.ji.CodeSet;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Host;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.load.Loader;
import dev.calotype.load.Loading;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** {@code load}: calls one function of code, for a look. */
final class LoadCommand implements Command {
  @Override
  public String summary() {
    return "Load code with its data and call a function of it, for a look.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        OptionSpec.builder("--code")
            .paramLabel("FILE")
            .arity("1")
            .type(List.class)
            .auxiliaryTypes(Path.class)
            .description(
                "The code to load; of several, the best for this machine. Without it, the best"
                    + " beside the data file, as calotype codes lists it.")
            .build());
    spec.addOption(
        ExpectationOptions.many(
            "--option", "NAME=VALUE", "Prefer code that was made with this option."));
    spec.addOption(
        ExpectationOptions.one(
            "--call", "NAME:TYPE", "What to call: total:(JJ)J, or NAME if the code declares it."));
    spec.addOption(
        Commands.flag("--private", "Run copies in sealed memory that nobody can change.").build());
    spec.addOption(Commands.json());
    spec.addPositional(
        Commands.file(
            0,
            "DATA",
            "The data file (.ji); for code of the shape needed, the data's shared object."));
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("ARG")
            .arity("0..*")
            .index("1..*")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(
                "What the function is called with: numbers, or text where its type says P.")
            .build());
    spec.usageMessage()
        .footer(
            "  calotype load m.ji --code m.so --call total 1000",
            "  calotype load m.ji --option O=3 --call 'length:(P)J' text",
            "  calotype load m.ji --call 'scale:(J)J' -- -5",
            "",
            "Every byte of both is verified first. Imports are bound to the C library.",
            "Types: B S I J are integers of 8 to 64 bits, F D floating point, P an address,",
            "V nothing. Code that is wrong can end this process, as it can any other.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Path data = invocation.path(0);
    if (!invocation.has("--call")) {
      throw invocation.wrong("--call NAME:TYPE is missing");
    }
    try (Validity validity = DataFile.check(data, Expectations.none().withTier(Tier.FULL))) {
      if (!(validity instanceof Validity.Fresh fresh)) {
        return invocation.failed(Verdict.of(validity).failure(), data.toString());
      }
      try (CodeChoice choice = choose(invocation, fresh)) {
        return load(invocation, fresh, choice);
      }
    } catch (ParameterException e) {
      throw e;
    } catch (IllegalCallerException | UnsupportedOperationException e) {
      return invocation.failed(
          Failure.of(data.toString(), String.valueOf(e.getMessage()), ExitCode.FOREIGN),
          data.toString());
    } catch (IOException | RuntimeException e) {
      return invocation.failed(e, data.toString());
    }
  }

  private static CodeChoice choose(Invocation invocation, Validity.Fresh data) throws IOException {
    Map<String, String> wanted = new TreeMap<>();
    for (String text : ExpectationOptions.values(invocation, "--option")) {
      wanted.put(
          ExpectationOptions.name(invocation, "--option", text), ExpectationOptions.after(text));
    }
    Expectations asked = Expectations.none().withDataId(data.data().id()).withHost(Host.current());
    List<Path> codes = invocation.value("--code", List.<Path>of());
    return codes.isEmpty()
        ? CodeSet.of(data).pick(asked, wanted)
        : CodeSet.pick(codes, asked, wanted);
  }

  private static ExitCode load(Invocation invocation, Validity.Fresh data, CodeChoice choice)
      throws IOException {
    Optional<Validity.FreshCode> best = choice.best();
    if (best.isEmpty()) {
      Failure failure =
          choice.rejected().isEmpty()
              ? Failure.of(data.file().toString(), "there is no code beside it", ExitCode.STALE)
              : new Verdict(choice.rejected().getFirst(), true).failure();
      return invocation.failed(failure, data.file().toString());
    }
    Validity.FreshCode code = best.get();
    Loader loader = Loader.of(data).withCLibrary();
    if (invocation.has("--private")) {
      loader = loader.withPrivateCopy();
    }
    try (Arena arena = Arena.ofConfined()) {
      return switch (loader.load(code, arena)) {
        case Loading.Loaded it -> call(invocation, code, it, arena);
        case Loading.Refused no ->
            invocation.failed(
                Failure.of(
                    code.file().toString(),
                    no.causes().stream()
                        .map(cause ->
                            "%s %s: expected %s, found '%s'"
                                .formatted(
                                    cause.id(), cause.subject(), cause.expected(), cause.actual()))
                        .collect(Collectors.joining("; ")),
                    ExitCode.STALE),
                code.file().toString());
      };
    }
  }

  private static ExitCode call(
      Invocation invocation, Validity.FreshCode code, Loading.Loaded loaded, Arena arena) {
    String call = invocation.value("--call", "");
    int colon = call.indexOf(':');
    String name = colon < 0 ? call : call.substring(0, colon);
    MethodHandle function;
    try {
      function =
          colon < 0
              ? loaded.code().function(name)
              : loaded.code().function(name, call.substring(colon + 1));
    } catch (IllegalArgumentException e) {
      boolean isUndeclared =
          colon < 0 && loaded.code().functions().stream().noneMatch(it -> it.name().equals(name));
      String more = isUndeclared ? "; give its type, as in --call '%s:()J'".formatted(name) : "";
      return invocation.failed(
          Failure.of(code.file().toString(), e.getMessage() + more, ExitCode.STALE),
          code.file().toString());
    }
    List<Object> arguments = arguments(invocation, function, arena);
    Object result;
    try {
      result = function.invokeWithArguments(arguments);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    String text =
        result instanceof MemorySegment address
            ? "0x%x".formatted(address.address())
            : result == null ? "" : result.toString();
    if (invocation.has("--json")) {
      JsonLines.print(
          invocation.terminal().out(),
          json -> {
            json.writeStringField("file", code.file().toString());
            json.writeStringField("function", name);
            json.writeStringField("result", text);
          });
    } else {
      invocation.terminal().out().println(text);
    }
    return ExitCode.DONE;
  }

  private static List<Object> arguments(Invocation invocation, MethodHandle function, Arena arena) {
    List<String> texts =
        invocation.arguments().hasMatchedPositional(1)
            ? invocation.arguments().matchedPositional(1).getValue()
            : List.of();
    List<Class<?>> types = function.type().parameterList();
    if (texts.size() != types.size()) {
      throw invocation.wrong("it takes %d arguments, not %d".formatted(types.size(), texts.size()));
    }
    List<Object> arguments = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      try {
        arguments.add(argument(texts.get(i), types.get(i), arena));
      } catch (NumberFormatException e) {
        throw invocation.wrong("'%s' is no %s".formatted(texts.get(i), types.get(i)));
      }
    }
    return arguments;
  }

  private static Object argument(String text, Class<?> type, Arena arena) {
    if (type == MemorySegment.class) {
      return arena.allocateFrom(text);
    }
    if (type == float.class) {
      return Float.valueOf(text);
    }
    if (type == double.class) {
      return Double.valueOf(text);
    }
    long number = Long.decode(text);
    if (type == long.class) {
      return number;
    }
    int bits = type == byte.class ? Byte.SIZE : type == short.class ? Short.SIZE : Integer.SIZE;
    long most = 1L << (bits - 1);
    if (number < -most || number >= most) {
      throw new NumberFormatException(text);
    }
    return switch (bits) {
      case Byte.SIZE -> (Object) (byte) number;
      case Short.SIZE -> (Object) (short) number;
      default -> (Object) (int) number;
    };
  }
}
