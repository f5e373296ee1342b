package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.FileChangedException;
import dev.calotype.map.OpenFile;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Libraries.Toolchain;
import dev.calotype.testing.Run;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mapped image that loses its end while compiled code reads it. */
class TruncationTest {
  @TempDir Path folder;

  @Test
  void hotReadsOfAShrinkingImageEndInAnExceptionThatNamesTheFile() {
    List<String> arguments = new ArrayList<>(List.of(folder.toString()));
    arguments.add(Toolchain.GNU.link(folder).toString());
    for (String target : List.of("s390x-linux-gnu", "arm64-apple-macos11", "x86_64-windows-msvc")) {
      arguments.add(Libraries.object(folder, target, "-g").toString());
    }
    Run run =
        Run.java(List.of(), ShrinkWhileReading.class, arguments.toArray(String[]::new)).succeeded();
    assertThat(run.out().lines().toList())
        .hasSize(4)
        .allMatch(line -> line.endsWith("noticed 15 of 15"));
  }

  /** Its own JVM: a wrong step would kill it. */
  static final class ShrinkWhileReading {
    private static final int ROUNDS = 5;

    private ShrinkWhileReading() {}

    public static void main(String[] arguments) throws IOException {
      for (int i = 1; i < arguments.length; i++) {
        byte[] whole = Files.readAllBytes(Path.of(arguments[i]));
        int noticed = 0;
        for (int round = 0; round < ROUNDS; round++) {
          Path path = Path.of(arguments[0], "shrinking" + i + round);
          noticed += shrink(path, whole, ShrinkWhileReading::names);
          noticed += shrink(path, whole, ShrinkWhileReading::relocations);
          noticed += shrink(path, whole, ShrinkWhileReading::walk);
        }
        System.out.println("%s: noticed %d of %d".formatted(arguments[i], noticed, 3 * ROUNDS));
      }
    }

    private interface Reading {
      long of(MemorySegment bytes, String file);
    }

    private static int shrink(Path path, byte[] whole, Reading reading) throws IOException {
      // Behind the last page that is kept there must be something to read.
      Files.write(path, whole);
      try (Arena arena = Arena.ofConfined();
          OpenFile file = OpenFile.open(path)) {
        MemorySegment bytes = file.map(arena);
        Supplier<Long> work = () -> reading.of(bytes, path.toString());
        long answer = file.whileWhole(work);
        for (int i = 0; i < 3000; i++) {
          if (file.whileWhole(work) != answer) {
            throw new AssertionError("another answer from the same bytes");
          }
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
          channel.truncate(0);
        }
        try {
          throw new AssertionError("an answer: " + file.whileWhole(work));
        } catch (FileChangedException e) {
          return e.file().equals(path.toString()) ? 1 : 0;
        }
      }
    }

    private static long names(MemorySegment bytes, String file) {
      long sum = 0;
      for (Symbol symbol : Image.of(bytes, file).symbols()) {
        sum += symbol.nameLength() + symbol.value();
      }
      return sum;
    }

    private static long relocations(MemorySegment bytes, String file) {
      long sum = 0;
      Image image = Image.of(bytes, file);
      for (Section section : image.sections()) {
        sum += section.name().length() + section.size();
      }
      for (RelocationTable table : image.relocations()) {
        for (Relocation relocation : table) {
          sum += relocation.offset() + relocation.typeNumber();
        }
      }
      return sum;
    }

    private static long walk(MemorySegment bytes, String file) {
      Part part = Part.section(file.contains("3") ? "__text" : ".text");
      return part.findIn(bytes, file) ? part.offset() + part.size() : -1;
    }
  }
}
