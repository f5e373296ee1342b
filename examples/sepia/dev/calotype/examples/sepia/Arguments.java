package dev.calotype.examples.sepia;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The words of a command line.
 *
 * @param isRun whether the program is to run after it was built
 * @param settings what was asked for
 * @param file the module that the program starts with
 * @param rest the program's own arguments
 */
record Arguments(boolean isRun, Settings settings, Path file, List<String> rest) {
  /**
   * Takes them apart.
   *
   * @throws IllegalArgumentException if they are wrong
   */
  static Arguments parse(String[] args) {
    String command = args.length > 0 ? args[0] : "";
    if (!command.equals("run") && !command.equals("build")) {
      throw new IllegalArgumentException(
          command.isEmpty() ? "what to do?" : "no command '%s'".formatted(command));
    }
    int level = 2;
    String cpu = "";
    boolean explain = false;
    boolean time = false;
    String cache = variable("SEPIA_STORE").orElse("");
    String compiler = variable("SEPIA_CC").orElse("cc");
    int at = 1;
    for (; at < args.length && args[at].startsWith("-"); at++) {
      switch (args[at]) {
        case "-O0", "-O1", "-O2", "-O3" -> level = args[at].charAt(2) - '0';
        case "--cpu" -> cpu = next(args, ++at);
        case "--explain" -> explain = true;
        case "--time" -> time = true;
        case "--store" -> cache = next(args, ++at);
        case "--cc" -> compiler = next(args, ++at);
        default -> throw new IllegalArgumentException("no option '%s'".formatted(args[at]));
      }
    }
    if (at == args.length) {
      throw new IllegalArgumentException("which file?");
    }
    List<String> rest = Arrays.asList(args).subList(at + 1, args.length);
    if (command.equals("build") && !rest.isEmpty()) {
      throw new IllegalArgumentException("one program at a time");
    }
    Path folder = cache.isEmpty() ? userCache() : Path.of(cache);
    Settings settings = new Settings(new Variant(level, cpu), folder, compiler, explain, time);
    return new Arguments(command.equals("run"), settings, Path.of(args[at]), rest);
  }

  private static String next(String[] args, int at) {
    if (at == args.length) {
      throw new IllegalArgumentException("%s wants a value".formatted(args[at - 1]));
    }
    return args[at];
  }

  private static Path userCache() {
    String folder =
        variable("XDG_CACHE_HOME").orElse(System.getProperty("user.home", "") + "/.cache");
    return Path.of(folder, "sepia");
  }

  private static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
  }
}
