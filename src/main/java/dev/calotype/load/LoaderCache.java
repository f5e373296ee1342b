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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

  private LoaderCache() {}

  /** The files of each name, in the loader's order; none if there is no such table. */
  static Map<String, List<String>> read(Path cache) {
    try {
      byte[] bytes = Files.readAllBytes(cache);
      // The order of the machine's own bytes: only this machine reads it.
      ByteView view =
          new ByteView(MemorySegment.ofArray(bytes), cache.toString())
              .withOrder(ByteOrder.nativeOrder());
      return read(view);
    } catch (IOException | MalformedImageException e) {
      return Map.of(); // The loader does without it too.
    }
  }

  private static Map<String, List<String>> read(ByteView view) {
    long start = 0;
    if (startsWith(view, 0, OLD_MAGIC)) {
      long old = OLD_HEADER_SIZE + view.u32(12, STRUCTURE) * OLD_ENTRY_SIZE;
      start = (old + 7) & -8;
    }
    if (!startsWith(view, start, MAGIC)) {
      return Map.of();
    }
    long count = view.u32(start + 20, STRUCTURE);
    view.require(start + HEADER_SIZE, count * ENTRY_SIZE, STRUCTURE);
    Map<String, List<String>> files = new HashMap<>();
    for (long i = 0; i < count; i++) {
      long entry = start + HEADER_SIZE + i * ENTRY_SIZE;
      String name = text(view, start + view.u32(entry + 4, STRUCTURE));
      String file = text(view, start + view.u32(entry + 8, STRUCTURE));
      files.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(file);
    }
    return files;
  }

  private static boolean startsWith(ByteView view, long at, String magic) {
    byte[] expected = magic.getBytes(StandardCharsets.US_ASCII);
    return view.contains(at, expected.length)
        && view.slice(at, expected.length, STRUCTURE).mismatch(MemorySegment.ofArray(expected)) < 0;
  }

  private static String text(ByteView view, long at) {
    return view.string(at, view.size(), STRUCTURE);
  }
}
