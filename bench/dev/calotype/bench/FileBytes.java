package dev.calotype.bench;

import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToLongFunction;

/**
 * The bytes of a file for some work, mapped or read into an array: anew each time, or once. A JVM
 * is asked for one of both until it has been measured, or the compiler would prepare for both.
 */
public final class FileBytes {
  private final Path file;
  private final When when;

  /** What is kept from the first use on, if anything is. */
  private MemorySegment kept = MemorySegment.NULL;

  /** Opens nothing yet. */
  public FileBytes(Path file, When when) {
    this.file = file;
    this.when = when;
  }

  /** Work on the bytes mapped, in an arena of this thread, and a look whether they were whole. */
  public long mapped(ToLongFunction<MemorySegment> work) throws IOException {
    if (when == When.STEADY) {
      if (!kept.isMapped()) {
        try (OpenFile open = OpenFile.open(file)) {
          kept = open.map(Arena.global());
        }
      }
      return work.applyAsLong(kept);
    }
    try (OpenFile open = OpenFile.open(file);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = open.map(arena);
      return open.whileWhole(() -> work.applyAsLong(bytes));
    }
  }

  /** Work on the bytes in an array. */
  public long read(ToLongFunction<MemorySegment> work) throws IOException {
    if (when == When.STEADY) {
      if (kept.heapBase().isEmpty()) {
        kept = MemorySegment.ofArray(Files.readAllBytes(file));
      }
      return work.applyAsLong(kept);
    }
    return work.applyAsLong(MemorySegment.ofArray(Files.readAllBytes(file)));
  }
}
