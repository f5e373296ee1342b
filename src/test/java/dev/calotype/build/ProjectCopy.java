package dev.calotype.build;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A copy of this project without its build's output, and the programs run in it. */
record ProjectCopy(Path root) {
  /** The jar under test. */
  static final Path JAR = Path.of(System.getProperty("calotype.jar", ""));

  private static final Path ORIGINAL = Path.of(System.getProperty("calotype.root", ""));

  /** What a program did. */
  record Outcome(int status, String out, String err) {}

  static ProjectCopy into(Path root) throws IOException {
    return into(root, Set.of("target", ".git", ".idea"));
  }

  private static ProjectCopy into(Path root, Set<String> leftOut) throws IOException {
    Files.walkFileTree(
        ORIGINAL,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Path relative = ORIGINAL.relativize(folder);
            if (leftOut.contains(relative.toString())) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(root.resolve(relative));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path copy = root.resolve(ORIGINAL.relativize(file));
            Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }
        });
    return new ProjectCopy(root.toRealPath());
  }

  /** A copy whose only class prints {@code greeting}, its arguments and its input, for speed. */
  static ProjectCopy greeting(Path root, String greeting) throws IOException {
    ProjectCopy copy =
        into(root, Set.of("target", ".git", ".idea", "src", "bench", "bindings", "examples"));
    Files.createDirectories(copy.main().getParent());
    Files.writeString(
        copy.root().resolve("src/main/java/module-info.java"), "module dev.calotype {}");
    copy.greet(greeting);
    return copy;
  }

  void greet(String greeting) throws IOException {
    Files.writeString(
        main(),
        """
        package dev.calotype.cli;

        final class Main {
          private Main() {}

          public static void main(String[] args) throws java.io.IOException {
            System.out.println("GREETING");
            for (String arg : args) {
              System.out.println("<" + arg + ">");
            }
            System.in.transferTo(System.out);
            System.exit(args.length);
          }
        }
        """
            .replace("GREETING", greeting));
  }

  private Path main() {
    return root.resolve("src/main/java/dev/calotype/cli/Main.java");
  }

  Path jar() {
    return root.resolve("target").resolve(JAR.getFileName());
  }

  /** Runs the launcher with the JDK of these tests. */
  Outcome calotype(String... args) throws IOException, InterruptedException {
    return run(root.resolve("calotype"), jdk(), args);
  }

  /** Builds the jar with {@code goals}, without tests and checks of format. */
  void maven(String... goals) throws IOException, InterruptedException {
    maven(jdk(), goals);
  }

  void maven(Map<String, String> environment, String... goals)
      throws IOException, InterruptedException {
    List<String> args = new ArrayList<>();
    args.addAll(List.of("-B", "-ntp", "-DskipTests", "-Dmaven.test.skip", "-Dformat.skip"));
    args.addAll(List.of(goals));
    Outcome outcome = run(root.resolve("mvnw"), environment, args.toArray(String[]::new));
    if (outcome.status() != 0) {
      throw new IOException("mvnw failed: " + outcome);
    }
  }

  /** Runs a program in this copy; an empty value takes a variable out of the environment. */
  Outcome run(Path program, Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    return finish(start(program, environment, "", args));
  }

  /** A program that was started, and the files it writes to. */
  record Running(Process process, Path out, Path err) {}

  Running start(Path program, Map<String, String> environment, String input, String... args)
      throws IOException {
    Path out = Files.createTempFile(root.getParent(), "out", ".txt");
    Path err = Files.createTempFile(root.getParent(), "err", ".txt");
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(root.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    environment.forEach((name, value) -> {
      if (value.isEmpty()) {
        builder.environment().remove(name);
      } else {
        builder.environment().put(name, value);
      }
    });
    Process process = builder.start();
    try (var in = process.outputWriter()) {
      in.write(input);
    }
    return new Running(process, out, err);
  }

  static Outcome finish(Running running) throws IOException, InterruptedException {
    if (!running.process().waitFor(10, TimeUnit.MINUTES)) {
      running.process().destroyForcibly();
      throw new IOException("still running after 10 minutes");
    }
    return new Outcome(
        running.process().exitValue(),
        Files.readString(running.out()),
        Files.readString(running.err()));
  }

  /** The environment in which all use the JDK and the Maven repository of these tests. */
  static Map<String, String> jdk() {
    return Map.of(
        "JAVA_HOME",
        System.getProperty("java.home"),
        "MAVEN_ARGS",
        "-Dmaven.repo.local=" + System.getProperty("calotype.repository"));
  }

  static String sha256(Path file) throws IOException {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
