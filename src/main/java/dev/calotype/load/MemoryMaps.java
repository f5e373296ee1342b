package dev.calotype.load;

import dev.calotype.os.MappedFile;
import dev.calotype.os.MappingQuery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What {@code /proc/self/maps} says (proc_pid_maps(5)), or would say. */
final class MemoryMaps {
  private static final Path MAPS = Path.of("/proc/self/maps");

  private MemoryMaps() {}

  /** The file that is mapped at an address. */
  static MappedFile fileAt(long address) throws IOException {
    Optional<MappedFile> answer = MappingQuery.fileAt(address);
    return answer.isPresent() ? answer.get() : read(address);
  }

  /** The same from the text: a JVM has hundreds of mappings, and the kernel writes out each. */
  static MappedFile read(long address) throws IOException {
    String maps = new String(Files.readAllBytes(MAPS), StandardCharsets.ISO_8859_1);
    int end;
    for (int line = 0; line < maps.length(); line = end + 1) {
      end = maps.indexOf('\n', line);
      end = end < 0 ? maps.length() : end;
      int dash = maps.indexOf('-', line);
      int space = maps.indexOf(' ', dash);
      long from = Long.parseUnsignedLong(maps, line, dash, 16);
      long to = Long.parseUnsignedLong(maps, dash + 1, space, 16);
      if (Long.compareUnsigned(address, from) >= 0 && Long.compareUnsigned(address, to) < 0) {
        // start-end perms offset major:minor inode path
        String[] fields = maps.substring(line, end).split("[ :]+", 7);
        return new MappedFile(
            Integer.parseInt(fields[3], 16),
            Integer.parseInt(fields[4], 16),
            Long.parseUnsignedLong(fields[5]));
      }
    }
    return MappedFile.NONE;
  }
}
