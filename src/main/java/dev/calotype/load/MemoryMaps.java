package dev.calotype.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What {@code /proc/self/maps} says (proc_pid_maps(5)). */
final class MemoryMaps {
  private static final Path MAPS = Path.of("/proc/self/maps");

  private MemoryMaps() {}

  /** Device and inode of the file that is mapped at an address, as the kernel prints them. */
  static Optional<String> fileAt(long address) throws IOException {
    try (BufferedReader maps = Files.newBufferedReader(MAPS, StandardCharsets.ISO_8859_1)) {
      for (String line = maps.readLine(); line != null; line = maps.readLine()) {
        int dash = line.indexOf('-');
        int space = line.indexOf(' ');
        long start = Long.parseUnsignedLong(line, 0, dash, 16);
        long end = Long.parseUnsignedLong(line, dash + 1, space, 16);
        if (Long.compareUnsigned(address, start) >= 0 && Long.compareUnsigned(address, end) < 0) {
          // start-end perms offset dev inode path
          String[] fields = line.split(" +", 6);
          return Optional.of(fields[3] + " " + fields[4]);
        }
      }
      return Optional.empty();
    }
  }
}
