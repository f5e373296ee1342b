package dev.calotype.ji;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The machine that code is to run on, as far as a code object can fail to fit it. Found out without
 * native calls, from what Linux says of itself under {@code /proc}; elsewhere there are no
 * features, and so no code that needs one fits.
 *
 * @param target the id of the target it runs: {@code x86_64-elf}
 * @param features the CPU features it offers, as {@code /proc/cpuinfo} names them, and the levels
 *     that they make up: {@code x86-64-v2} to {@code x86-64-v4}, {@code armv8.1-a} to {@code
 *     armv9-a} (docs/code-sets.md)
 * @param pageSize the size of its pages in bytes
 */
public record Host(String target, Set<String> features, long pageSize) {
  private static final Pattern SPACES = Pattern.compile("\\s+");

  /** {@code AT_PAGESZ} of the auxiliary vector. */
  private static final long PAGE_SIZE_ENTRY = 6;

  /** Copies the features. */
  public Host {
    features = Set.copyOf(features);
  }

  /** The machine this runs on. */
  public static Host current() {
    String architecture = architecture(System.getProperty("os.arch", ""));
    return new Host(
        architecture + "-" + format(System.getProperty("os.name", "")),
        CpuLevels.with(features(Path.of("/proc/cpuinfo"))),
        pageSize(Path.of("/proc/self/auxv"), architecture));
  }

  /** The name used in target triples for one of Java's. */
  static String architecture(String name) {
    return switch (name) {
      case "amd64" -> "x86_64";
      case "x86" -> "i386";
      case "ppc64le" -> "powerpc64le";
      default -> name;
    };
  }

  private static String format(String system) {
    String name = system.toLowerCase(Locale.ROOT);
    return name.startsWith("windows") ? "pe" : name.startsWith("mac") ? "macho" : "elf";
  }

  /** The first processor's list: Linux gives all of them the same. */
  static Set<String> features(Path cpuinfo) {
    try {
      for (String line : Files.readAllLines(cpuinfo, StandardCharsets.ISO_8859_1)) {
        int colon = line.indexOf(':');
        String key = colon < 0 ? "" : line.substring(0, colon).strip();
        if (key.equals("flags") || key.equals("Features")) {
          return new TreeSet<>(SPACES.splitAsStream(line.substring(colon + 1).strip()).toList());
        }
      }
    } catch (IOException e) {
      // Not Linux, or not allowed: nothing is known.
    }
    return Set.of();
  }

  /** From the auxiliary vector: pairs of words in the machine's order. */
  static long pageSize(Path auxv, String architecture) {
    try {
      ByteBuffer words = ByteBuffer.wrap(Files.readAllBytes(auxv)).order(ByteOrder.nativeOrder());
      while (words.remaining() >= 16) {
        long entry = words.getLong();
        long value = words.getLong();
        if (entry == PAGE_SIZE_ENTRY) {
          return value;
        }
      }
    } catch (IOException e) {
      // Not Linux.
    }
    return architecture.equals("aarch64") ? 16_384 : 4_096;
  }
}
