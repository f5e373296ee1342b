import dev.calotype.Durability;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import javax.tools.ToolProvider;

/**
 * Measures what a check saves: {@code java -cp target/classes tools/FirstCheck.java LIBRARY}.
 * Prints the first {@code dlopen}, {@code dlsym} and {@code dlclose} of a library in a fresh
 * process, the first header check in a fresh JVM, a check in a JVM that has done many, and whether
 * writing and fully checking 1 GiB fits into a heap of 8 MiB. Times are of these calls alone, not
 * of starting the process, and all pages are cached.
 */
final class FirstCheck {
  private static final int ROUNDS = 15;
  private static final int MEBIBYTES = 1024;
  private static final String LOADER =
      """
      #include <dlfcn.h>
      #include <stdio.h>
      #include <time.h>
      int main(int count, char **arguments) {
        struct timespec start, end;
        clock_gettime(CLOCK_MONOTONIC, &start);
        void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
        if (!library) return 1;
        volatile void *symbol = dlsym(library, arguments[2]);
        dlclose(library);
        clock_gettime(CLOCK_MONOTONIC, &end);
        printf("%ld", (end.tv_sec - start.tv_sec) * 1000000000L + end.tv_nsec - start.tv_nsec);
        return symbol == 0;
      }
      """;

  private FirstCheck() {}

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "first" -> System.out.print(check(Path.of(arguments[1]), 1));
      case "steady" -> {
        check(Path.of(arguments[1]), 200_000);
        System.out.print(check(Path.of(arguments[1]), 100_000) / 100_000);
      }
      case "write" -> write(Path.of(arguments[1]), MEBIBYTES);
      case "full" -> full(Path.of(arguments[1]));
      default -> measure(arguments[0], arguments.length > 1 ? arguments[1] : "LLVMContextCreate");
    }
  }

  private static void measure(String library, String symbol) throws Exception {
    Path folder = Files.createTempDirectory("first-check");
    Path data = folder.resolve("data.ji");
    write(data, 1);
    Path source = folder.resolve("loader.c");
    Path loader = folder.resolve("loader");
    Files.writeString(source, LOADER);
    run(List.of("gcc", "-O2", "-o", loader.toString(), source.toString(), "-ldl"));
    String classes = System.getProperty("java.class.path");
    String[] compile = {"-cp", classes, "-d", folder.toString(), "tools/FirstCheck.java"};
    ToolProvider.getSystemJavaCompiler().run(null, null, null, compile);
    List<String> java =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-cp",
            folder + System.getProperty("path.separator") + classes);
    List<String> first = List.of("FirstCheck", "first", data.toString());
    double[] loads = new double[ROUNDS];
    double[] checks = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      loads[i] = number(run(List.of(loader.toString(), library, symbol)));
      checks[i] = number(run(join(java, first)));
    }
    double steady = number(run(join(java, List.of("FirstCheck", "steady", data.toString()))));
    double load = median(loads);
    print("first dlopen, dlsym, dlclose in a fresh process", load);
    print("first check in a fresh JVM", median(checks));
    print("check in a warm JVM", steady);
    System.out.println("the first dlopen takes %.0f warm checks".formatted(load / steady));
    Path large = folder.resolve("large.ji");
    for (String work : List.of("write", "full")) {
      run(join(java, List.of("-Xmx8m", "FirstCheck", work, large.toString())));
      System.out.println("%s 1 GiB: done in a heap of 8 MiB".formatted(work));
    }
    for (Path file : List.of(large, data, source, loader, folder.resolve("FirstCheck.class"))) {
      Files.delete(file);
    }
    Files.delete(folder);
  }

  /** Checks so many times; returns the nanoseconds it took. */
  private static long check(Path file, int count) throws IOException {
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      try (Validity validity = DataFile.check(file, Expectations.none())) {
        require(validity);
      }
    }
    return System.nanoTime() - start;
  }

  private static void write(Path file, int mebibytes) throws IOException {
    byte[] part = new byte[1 << 20];
    new SplittableRandom(1).nextBytes(part);
    WriteOptions options = WriteOptions.standard().withDurability(Durability.DURABLE);
    try (DataFileWriter writer = DataFileWriter.create(file, options)) {
      try (OutputStream section = writer.section("a", 64, false)) {
        for (int i = 0; i < mebibytes; i++) {
          section.write(part);
        }
      }
      writer.publish();
    }
  }

  private static void full(Path file) throws IOException {
    try (Validity validity = DataFile.check(file, Expectations.none().withTier(Tier.FULL))) {
      require(validity);
    }
  }

  private static void require(Validity validity) {
    if (!(validity instanceof Validity.Fresh)) {
      throw new IllegalStateException("not fresh: " + validity);
    }
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("failed: " + command);
    }
    return out;
  }

  private static List<String> join(List<String> one, List<String> other) {
    List<String> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }

  private static double number(String text) {
    return Double.parseDouble(text);
  }

  private static double median(double[] numbers) {
    Arrays.sort(numbers);
    return numbers[numbers.length / 2];
  }

  private static void print(String what, double nanoseconds) {
    System.out.println("%-48s %10.1f µs".formatted(what, nanoseconds / 1000));
  }
}
