package dev.calotype.load;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.ByteView;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The table that ldconfig makes of the libraries in the system's folders, {@code /etc/ld.so.cache}:
 * glibc's format 1.1, by itself or after a table of the older format.
 */
final class LoaderCache {
  private static final String STRUCTURE = "loader cache";
  private static final String MAGIC = "glibc-ld.so.cache1.1";
  private static final String OLD_MAGIC = "ld.so-1.7.0\0";
  private static final int HEADER_SIZE = 48;
  private static final int ENTRY_SIZE = 24;
  private static final int OLD_HEADER_SIZE = 16;
  private static final int OLD_ENTRY_SIZE = 12;

  private final ByteView view;
  private final long start;
  private final long count;

  private LoaderCache(ByteView view, long start, long count) {
    this.view = view;
    this.start = start;
    this.count = count;
  }

  /** Reads the table. */
  static Optional<LoaderCache> read(Path cache) {
    try {
      byte[] bytes = Files.readAllBytes(cache);
      // The order of the machine's own bytes: only this machine reads it.
      return of(
          new ByteView(MemorySegment.ofArray(bytes), cache.toString())
              .withOrder(ByteOrder.nativeOrder()));
    } catch (IOException | MalformedImageException e) {
      return Optional.empty(); // The loader does without it too.
    }
  }

  private static Optional<LoaderCache> of(ByteView view) {
    long start = 0;
    if (startsWith(view, 0, OLD_MAGIC)) {
      long old = OLD_HEADER_SIZE + view.u32(12, STRUCTURE) * OLD_ENTRY_SIZE;
      start = (old + 7) & -8;
    }
    if (!startsWith(view, start, MAGIC)) {
      return Optional.empty();
    }
    long count = view.u32(start + 20, STRUCTURE);
    view.require(start + HEADER_SIZE, count * ENTRY_SIZE, STRUCTURE);
    return Optional.of(new LoaderCache(view, start, count));
  }

  /** The files of a name, in the loader's order. */
  List<Path> files(String name) {
    List<Path> files = new ArrayList<>();
    try {
      MemorySegment wanted = MemorySegment.ofArray(name.getBytes(StandardCharsets.UTF_8));
      for (long i = 0; i < count; i++) {
        long entry = start + HEADER_SIZE + i * ENTRY_SIZE;
        long text = start + view.u32(entry + 4, STRUCTURE);
        // The NUL too: a name must not be the start of another.
        if (view.contains(text, wanted.byteSize() + 1)
            && view.u8(text + wanted.byteSize(), STRUCTURE) == 0
            && view.slice(text, wanted.byteSize(), STRUCTURE).mismatch(wanted) < 0) {
          long file = start + view.u32(entry + 8, STRUCTURE);
          files.add(Path.of(view.string(file, view.size(), STRUCTURE)));
        }
      }
    } catch (MalformedImageException e) {
      // No more of it can be read.
    }
    return files;
  }

  private static boolean startsWith(ByteView view, long at, String magic) {
    byte[] expected = magic.getBytes(StandardCharsets.US_ASCII);
    return view.contains(at, expected.length)
        && view.slice(at, expected.length, STRUCTURE).mismatch(MemorySegment.ofArray(expected)) < 0;
  }
}
