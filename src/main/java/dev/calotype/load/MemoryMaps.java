package dev.calotype.load;

import dev.calotype.os.MappingQuery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** What {@code /proc/self/maps} says (proc_pid_maps(5)), or would say. */
final class MemoryMaps {
  private static final Path MAPS = Path.of("/proc/self/maps");

  private MemoryMaps() {}

  /**
   * Device and inode of the files that are mapped at addresses, as the kernel prints them; empty
   * where none is.
   */
  static List<String> filesAt(long... addresses) throws IOException {
    Optional<List<String>> answers = MappingQuery.filesAt(addresses);
    return answers.isPresent() ? answers.get() : read(addresses);
  }

  /** The same from the text: a JVM has hundreds of mappings, and the kernel writes out each. */
  static List<String> read(long... addresses) throws IOException {
    String maps = new String(Files.readAllBytes(MAPS), StandardCharsets.ISO_8859_1);
    return LongStream.of(addresses).mapToObj(address -> fileAt(maps, address)).toList();
  }

  private static String fileAt(String maps, long address) {
    int end;
    for (int line = 0; line < maps.length(); line = end + 1) {
      end = maps.indexOf('\n', line);
      end = end < 0 ? maps.length() : end;
      int dash = maps.indexOf('-', line);
      int space = maps.indexOf(' ', dash);
      long from = Long.parseUnsignedLong(maps, line, dash, 16);
      long to = Long.parseUnsignedLong(maps, dash + 1, space, 16);
      if (Long.compareUnsigned(address, from) >= 0 && Long.compareUnsigned(address, to) < 0) {
        // start-end perms offset dev inode path
        String[] fields = maps.substring(line, end).split(" +", 6);
        return fields[3] + " " + fields[4];
      }
    }
    return "";
  }
}
