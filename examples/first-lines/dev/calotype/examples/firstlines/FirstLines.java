package dev.calotype.examples.firstlines;

import dev.calotype.image.Image;
import dev.calotype.image.Section;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.split.Join;
import dev.calotype.split.Split;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads a shared library, splits it, checks both halves, and joins them again. */
final class FirstLines {
  private FirstLines() {}

  /** Takes a shared library and an empty folder. */
  public static void main(String[] args) throws IOException {
    Path library = Path.of(args[0]);
    Path data = Path.of(args[1], "library.ji");
    Path code = Path.of(args[1], "library.code");
    Path again = Path.of(args[1], "library.so");

    // Map the image: nothing is copied or decoded, and it all goes with the arena.
    try (Arena arena = Arena.ofConfined()) {
      Image image = Image.map(library, arena);
      MemorySegment text = image.section(".text").map(Section::bytes).orElseThrow();
      IO.println("code: %d bytes for %s".formatted(text.byteSize(), image.target().id()));
    }

    // Before there is a data file, a check says so: it answers, and throws for no content.
    check(data);

    // Take the data out of the image. The plan is made first; nothing is written before it holds.
    try (Split split = Split.plan(library, List.of())) {
      split.write(data, code, WriteOptions.standard());
    }
    check(data);

    // Join what belongs together. The answers of the checks own the very files they are about.
    try (Validity left = DataFile.check(data, Expectations.none());
        Validity right = CodeObject.check(code, Expectations.none())) {
      if (left instanceof Validity.Fresh fresh && right instanceof Validity.FreshCode freshCode) {
        Join.join(fresh, freshCode, again, WriteOptions.standard(), _ -> {});
      }
    }
    IO.println("joined: " + (Files.mismatch(library, again) < 0 ? "the same" : "different"));
  }

  /** The compiler knows every answer there is: leave out a case and this does not compile. */
  private static void check(Path data) throws IOException {
    try (Validity validity = DataFile.check(data, Expectations.none())) {
      IO.println(
          switch (validity) {
            case Validity.Fresh fresh ->
                "fresh: %d sections".formatted(fresh.data().sections().size());
            case Validity.FreshCode _ -> "fresh, but code";
            case Validity.Stale stale -> "stale: " + stale.causes();
            case Validity.Damaged damaged ->
                "damaged: %s at byte %d".formatted(damaged.structure(), damaged.offset());
            case Validity.Foreign foreign -> "foreign: " + foreign.found();
            case Validity.Absent absent -> "absent: " + absent.file().getFileName();
          });
    }
  }
}
