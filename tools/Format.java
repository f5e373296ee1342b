import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks ({@code --check}) or rewrites ({@code --fix}) the format of every Java file in folders.
 */
final class Format {
  private Format() {}

  public static void main(String[] args) throws Exception {
    boolean fix =
        switch (args[0]) {
          case "--fix" -> true;
          case "--check" -> false;
          default -> throw new IllegalArgumentException("want --check or --fix, not " + args[0]);
        };
    List<String> command = new ArrayList<>();
    command.addAll(fix ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
    int options = command.size();
    for (String folder : List.of(args).subList(1, args.length)) {
      command.addAll(javaFiles(Path.of(folder)));
    }
    if (command.size() == options) {
      return;
    }

    // The formatter names the badly formatted files on standard output.
    PrintWriter names = new PrintWriter(System.out, true);
    PrintWriter errors = new PrintWriter(System.err, true);
    int status = new Main(names, errors, System.in).format(command.toArray(String[]::new));
    if (status != 0) {
      System.err.println("format: see the files above; ./mvnw -q process-sources -Dformat=fix");
      System.exit(status);
    }
  }

  private static List<String> javaFiles(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .filter(path -> path.toString().endsWith(".java"))
          .map(Path::toString)
          .sorted()
          .toList();
    }
  }
}
