package dev.calotype.testing;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** The native tools on this machine. */
public final class Tools {
  private static final Pattern PATHS = Pattern.compile(File.pathSeparator, Pattern.LITERAL);

  private Tools() {}

  /**
   * The path of a tool. Where it is missing, the test is not run and says why; in CI, where
   * everything was installed, that is a failure.
   */
  public static String require(String name) {
    Optional<String> tool = find(name);
    if (tool.isEmpty()) {
      String why = "not run: %s is not installed (see tools/install-native-tools)".formatted(name);
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(why);
      }
      System.err.println(why);
      return abort(why);
    }
    return tool.get();
  }

  /** The path of a tool, if it is there. */
  public static Optional<String> find(String name) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    for (String folder : PATHS.splitAsStream(path).toList()) {
      Path file = Path.of(folder, name);
      if (Files.isExecutable(file)) {
        return Optional.of(file.toString());
      }
    }
    return Optional.empty();
  }

  /** Whether the long counts were asked for, with the Maven profile {@code soak}. */
  public static boolean soak() {
    return Boolean.getBoolean("calotype.soak");
  }

  /** {@code usual}, or {@code soak} where the long counts were asked for. */
  public static int count(int usual, int soak) {
    return soak() ? soak : usual;
  }
}
