package dev.calotype.examples.sepia;

import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The command line. */
public final class Sepia {
  private static final int USAGE = 64;
  private static final int SOURCE = 65;
  private static final int TROUBLE = 74;

  private static final String HELP =
      """
      usage: sepia run   [OPTION]… FILE [ARGUMENT]…
             sepia build [OPTION]… FILE

        -O0 … -O3      how much to optimise (-O2)
        --cpu LEVEL    make code for that level of the CPU: x86-64-v3, for example
        --explain      print what was done for each module, and why
        --time         print how long it took from start to end
        --store DIR    where compiled modules are kept ($SEPIA_STORE, ~/.cache/sepia)
        --cc NAME      the C compiler ($SEPIA_CC, cc)
      """;

  private Sepia() {}

  /** Runs a command. */
  public static void main(String[] args) {
    int exit = run(args);
    System.out.flush();
    if (exit != 0) {
      System.exit(exit);
    }
  }

  /**
   * Builds a program with a compiler of the caller's.
   *
   * @param file the module that it starts with
   * @return a line for each module, and one for all
   * @throws IOException if the program has errors, or cannot be compiled or kept
   */
  public static List<String> build(Path file, Settings settings, Compiler compiler)
      throws IOException {
    Project project = new Project(file);
    Files.createDirectories(settings.programs());
    Memory memory = Memory.open(settings.memory(project));
    try (Shelf shelf = new Shelf(settings.store());
        Build build = new Build(project, settings, shelf, memory, compiler)) {
      build.run(false);
      return build.report().text();
    } catch (SourceException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static int run(String[] args) {
    try {
      Arguments arguments = Arguments.parse(args);
      return run(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() == null ? HELP : "sepia: " + e.getMessage() + "\n" + HELP);
      return USAGE;
    } catch (SourceException e) {
      System.err.println(e.getMessage());
      return SOURCE;
    } catch (UncheckedIOException e) {
      System.err.println("sepia: " + e.getCause().getMessage());
      return TROUBLE;
    } catch (IOException | RefusedException e) {
      System.err.println("sepia: " + e.getMessage());
      return TROUBLE;
    }
  }

  private static int run(Arguments arguments) throws IOException {
    long start = System.nanoTime();
    if (arguments.isRun()) {
      Runner.prepare();
    }
    Settings settings = arguments.settings();
    Project project = new Project(arguments.file());
    Files.createDirectories(settings.programs());
    Memory memory = Memory.open(settings.memory(project));
    Compiler compiler = new SystemCompiler(settings.compiler(), memory);
    try (Shelf shelf = new Shelf(settings.store());
        Build build = new Build(project, settings, shelf, memory, compiler)) {
      build.run(arguments.isRun());
      if (arguments.isRun()) {
        return call(project, build, arguments, start);
      }
      explain(build, settings);
      return 0;
    }
  }

  private static void explain(Build build, Settings settings) {
    if (settings.explain()) {
      build.report().text().forEach(System.err::println);
    }
  }

  private static int call(Project project, Build build, Arguments arguments, long start)
      throws IOException {
    try (Runner runner = runner(project, build, arguments.settings().variant().level())) {
      explain(build, arguments.settings());
      int result = runner.run(arguments.rest());
      if (arguments.settings().time()) {
        System.err.println(
            "%.1f ms from start to end".formatted((System.nanoTime() - start) / 1e6));
      }
      return result;
    }
  }

  private static Runner runner(Project project, Build build, int level) throws IOException {
    Shelf.Entry program = program(project, build.program());
    try {
      return Runner.of(program, project.main(), level);
    } catch (MalformedImageException e) {
      Shelf.Entry again = program(project, build.programAgain(e.getMessage()));
      return Runner.of(again, project.main(), level);
    }
  }

  private static Shelf.Entry program(Project project, Optional<Shelf.Entry> program)
      throws IOException {
    return program.orElseThrow(
        () -> new IOException(project.main() + " exports no 'fn main(): int'"));
  }
}
