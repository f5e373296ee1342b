import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;

/**
 * Measures how the command line starts, as whole processes, for the table in README.md: {@code java
 * tools/StartUp.java}. Each round runs every command once, and its times are divided by that
 * round's bare JVM, so that a machine whose speed drifts does no harm.
 */
final class StartUp {
  private static final int ROUNDS = 31; // The first is not counted.
  private static final int CUT = 3;

  private StartUp() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("start-up");
    Path home = Path.of(System.getProperty("java.home"));
    Path source = folder.resolve("Hello.java");
    Files.writeString(
        source,
        "public class Hello { public static void main(String[] a) { System.out.println(1); } }");
    ToolProvider.getSystemJavaCompiler().run(null, null, null, source.toString());
    String data = folder.resolve("libjava.so.ji").toString();
    String code = folder.resolve("libjava.so.code").toString();
    String library = home.resolve("lib/libjava.so").toString();
    time(List.of("./calotype", "split", library, "-o", folder.toString()), "");

    List<String> version = List.of("./calotype", "--version");
    List<String> full = List.of("./calotype", "check", data, "--code", code);
    Map<String, List<String>> commands = new LinkedHashMap<>();
    String java = home.resolve("bin/java").toString();
    commands.put("bare java", List.of(java, "-XX:+UseSerialGC", "-cp", folder.toString(), "Hello"));
    commands.put("--version", version);
    commands.put("check --tier header", List.of("./calotype", "check", "--tier", "header", data));
    commands.put("check, both halves", full);
    commands.put("--version, no cache", version);
    commands.put("check, both halves, no cache", full);

    Map<String, double[]> times = new LinkedHashMap<>();
    commands.keySet().forEach(name -> times.put(name, new double[ROUNDS]));
    for (int round = 0; round < ROUNDS; round++) {
      for (Map.Entry<String, List<String>> command : commands.entrySet()) {
        String more = command.getKey().endsWith("no cache") ? "-XX:AOTMode=off" : "";
        times.get(command.getKey())[round] = time(command.getValue(), more);
      }
    }
    for (String name : times.keySet()) {
      double[] ratios = new double[ROUNDS - 1];
      for (int round = 1; round < ROUNDS; round++) {
        ratios[round - 1] = times.get(name)[round] / times.get("bare java")[round];
      }
      double[] counted = Arrays.copyOfRange(times.get(name), 1, ROUNDS);
      Arrays.sort(ratios);
      Arrays.sort(counted);
      System.out.println(
          "%-30s %6.1f ms  ratio %.2f (%.2f to %.2f)"
              .formatted(
                  name,
                  median(counted),
                  median(ratios),
                  ratios[CUT],
                  ratios[ratios.length - 1 - CUT]));
    }
    List<Path> files = new ArrayList<>();
    try (var all = Files.list(folder)) {
      all.forEach(files::add);
    }
    files.add(folder);
    for (Path file : files) {
      Files.delete(file);
    }
  }

  private static double time(List<String> command, String options)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("CALOTYPE_JAVA_OPTS", options);
    long start = System.nanoTime();
    int status = builder.start().waitFor();
    double time = (System.nanoTime() - start) / 1e6;
    if (status != 0) {
      throw new IOException("exit code %d of %s".formatted(status, command));
    }
    return time;
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
