package dev.calotype.load;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM that asks about libraries first, and then has its dynamic loader load each. */
final class FitOracle {
  private FitOracle() {}

  /** Takes a file with one library a line. Prints for each an answer, a tab, and the loader's. */
  public static void main(String[] args) throws IOException {
    LibraryHost host = LibraryHost.current();
    List<Path> files = Files.readAllLines(Path.of(args[0])).stream().map(Path::of).toList();
    List<LibraryFit> answers = new ArrayList<>();
    for (Path file : files) {
      answers.add(LibraryFit.of(file, host));
    }
    for (LibraryFit answer : answers) {
      String ours =
          switch (answer) {
            case LibraryFit.Fits _ -> "fits";
            case LibraryFit.DoesNotFit no -> no.sentence();
          };
      System.out.println(ours + "\t" + load(answer.file()));
    }
  }

  @SuppressWarnings("restricted")
  private static String load(Path file) {
    try (Arena arena = Arena.ofConfined()) {
      // dlopen alone: System.load would also call JNI_OnLoad, which asks for its own classes.
      SymbolLookup.libraryLookup(file, arena);
      return "loaded";
    } catch (IllegalArgumentException refused) {
      try {
        System.load(file.toString());
        return "refused by libraryLookup alone";
      } catch (UnsatisfiedLinkError e) {
        return String.valueOf(e.getMessage());
      }
    }
  }
}
