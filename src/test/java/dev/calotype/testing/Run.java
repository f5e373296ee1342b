package dev.calotype.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/**
 * A finished child process.
 *
 * @param exit its exit code; 128 + N if signal N killed it
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
public record Run(int exit, String out, String err) {
  /** Runs a command to its end. */
  public static Run of(String... command) {
    return of(Map.of(), List.of(command));
  }

  /** Runs a command to its end, in a folder. */
  public static Run in(Path folder, List<String> command) {
    return of(Map.of(), folder, command);
  }

  /** Runs a command to its end, with these variables added to its environment. */
  public static Run of(Map<String, String> environment, List<String> command) {
    return of(environment, Path.of(""), command);
  }

  private static Run of(Map<String, String> environment, Path folder, List<String> command) {
    try {
      Path out = Files.createTempFile("out", "");
      Path err = Files.createTempFile("err", "");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.directory(folder.toAbsolutePath().toFile());
        builder.environment().put("LC_ALL", "C");
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
          process.destroyForcibly();
          throw new AssertionError("still running after five minutes: " + command);
        }
        return new Run(
            process.exitValue(),
            Files.readString(out, StandardCharsets.ISO_8859_1),
            Files.readString(err, StandardCharsets.ISO_8859_1));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The class path of the program in a process of its own. */
  public static String programClassPath() {
    return String.join(
        File.pathSeparator, "target/classes", jar(CommandLine.class), jar(JsonFactory.class));
  }

  /** The jar that a class came from. */
  public static String jar(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs the {@code main} of a test class in a JVM of its own, without native access. */
  public static Run java(List<String> options, Class<?> main, String... arguments) {
    return of(Map.of(), javaCommand(options, main, arguments));
  }

  /** The command that {@link #java} runs. */
  public static List<String> javaCommand(List<String> options, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "--illegal-native-access=deny"));
    command.addAll(options);
    command.addAll(List.of("-cp", "target/classes:target/test-classes", main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** This run, which has to have ended with 0. */
  public Run succeeded() {
    assertThat(exit).as("exit code; stderr: %s", err).isZero();
    return this;
  }
}
