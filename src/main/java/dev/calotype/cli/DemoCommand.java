package dev.calotype.cli;

import dev.calotype.cli.LibraryScan.Library;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code demo}: the main job on a library of this machine, step by step. */
final class DemoCommand implements Command {
  private static final int LISTED = 5;

  /** Both halves, a damaged copy and the joined image are there at once, with some to spare. */
  private static final int ROOM = 5;

  @Override
  public String summary() {
    return "Show the main job on the most data-rich library of this machine.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        OptionSpec.builder("--keep")
            .paramLabel("DIR")
            .type(Path.class)
            .description("Work in this new or empty directory and leave the files there.")
            .build());
    spec.usageMessage().footer("  calotype demo", "  calotype demo --keep demo-files");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Terminal terminal = invocation.terminal();
    PrintWriter out = terminal.out();
    Optional<Path> keep = invocation.path("--keep");
    if (keep.isPresent()) {
      requireEmpty(keep.get());
    }
    long start = System.nanoTime();
    out.println(
        "Looking at the libraries of this JDK and this system for data that code can spare.");
    out.flush();
    List<Library> libraries = LibraryScan.richest(LISTED, terminal);
    if (libraries.isEmpty()) {
      return invocation.failed(
          Failure.of("demo", "found no ELF library that can be split", ExitCode.FOREIGN), "demo");
    }
    print(libraries, out);
    out.println("  (" + Text.seconds(System.nanoTime() - start) + ")");
    Path folder = keep.isPresent() ? keep.get() : temporary();
    return Interruption.guard(() -> {
      try {
        Files.createDirectories(folder);
        ExitCode code = show(invocation, libraries, folder);
        String took = Text.seconds(System.nanoTime() - start);
        out.println();
        out.println(
            code == ExitCode.DONE
                ? terminal.green("Every step had the expected result") + ", in " + took + "."
                : terminal.red("A step had another result than expected."));
        if (keep.isPresent()) {
          out.println("The files are in " + Text.escape(folder.toString()) + ".");
        }
        return code;
      } finally {
        if (keep.isEmpty()) {
          remove(folder);
        }
      }
    });
  }

  /** A folder whose name is short enough to read. */
  private static Path temporary() throws IOException {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      return Files.createDirectory(
          folder.resolve("calotype-demo-" + ProcessHandle.current().pid()));
    } catch (FileAlreadyExistsException e) {
      return Files.createTempDirectory("calotype-demo-");
    }
  }

  private static ExitCode show(Invocation invocation, List<Library> libraries, Path folder)
      throws IOException {
    Optional<Library> chosen = choose(libraries, folder);
    if (chosen.isEmpty()) {
      return invocation.failed(
          Failure.of(folder.toString(), "not enough free space", ExitCode.IO), "demo");
    }
    explain(chosen.get(), libraries.getFirst(), invocation.terminal().out());
    return new DemoSteps(invocation.terminal(), chosen.get().path(), folder).run();
  }

  private static void print(List<Library> libraries, PrintWriter out) {
    out.println();
    Table table = new Table(out, "  ", "Library", ">Size", ">Data", ">Share");
    for (Library library : libraries) {
      table.row(
          library.path().toString(),
          Text.size(library.size()),
          Text.size(library.data()),
          Text.percent(library.data(), library.size()));
    }
    table.print();
  }

  private static void explain(Library chosen, Library richest, PrintWriter out) {
    out.println();
    String name = Text.escape(String.valueOf(chosen.path().getFileName()));
    String why =
        chosen.equals(richest)
            ? "as it has the most data: "
            : "as it has the most data of those for which there is room: ";
    out.println("Taking " + name + ", " + why + Text.size(chosen.data()) + ". It is never loaded.");
  }

  private static Optional<Library> choose(List<Library> libraries, Path folder) throws IOException {
    long room = Files.getFileStore(folder).getUsableSpace() / ROOM;
    return libraries.stream().filter(library -> library.size() <= room).findFirst();
  }

  private static void requireEmpty(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        if (files.findAny().isPresent()) {
          throw new DirectoryNotEmptyException(folder.toString());
        }
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes facts)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
