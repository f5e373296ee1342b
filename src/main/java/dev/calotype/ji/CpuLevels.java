package dev.calotype.ji;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Levels of CPU features, each of which includes those before it: of the x86-64 psABI
 * ("Micro-Architecture Levels"), and of the Arm architecture as far as Linux tells what makes them
 * up (arm64/elf_hwcaps). Features are named as in {@code /proc/cpuinfo}. See docs/code-sets.md.
 */
final class CpuLevels {
  private static final Map<String, List<String>> X86 = new LinkedHashMap<>();
  private static final Map<String, List<String>> ARM = new LinkedHashMap<>();

  static {
    X86.put(
        "x86-64-v2",
        List.of("sse2", "cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"));
    X86.put(
        "x86-64-v3",
        List.of("avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"));
    X86.put("x86-64-v4", List.of("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"));
    ARM.put("armv8.1-a", List.of("asimd", "crc32", "atomics", "asimdrdm"));
    ARM.put("armv8.2-a", List.of("dcpop"));
    ARM.put("armv8.3-a", List.of("jscvt", "fcma", "lrcpc"));
    ARM.put("armv8.4-a", List.of("asimddp", "flagm", "ilrcpc", "uscat", "dit"));
    ARM.put("armv8.5-a", List.of("dcpodp", "frint", "flagm2", "sb", "bti"));
    ARM.put("armv9-a", List.of("sve2"));
  }

  private CpuLevels() {}

  /** The features and the levels that they make up. */
  static Set<String> with(Set<String> features) {
    Set<String> all = new TreeSet<>(features);
    for (Map<String, List<String>> levels : List.of(X86, ARM)) {
      for (Map.Entry<String, List<String>> level : levels.entrySet()) {
        if (!all.containsAll(level.getValue())) {
          break;
        }
        all.add(level.getKey());
      }
    }
    return all;
  }

  /** The features, the levels among them, and all that those stand for. */
  static Set<String> implied(Set<String> features) {
    Set<String> all = new TreeSet<>(features);
    for (Map<String, List<String>> levels : List.of(X86, ARM)) {
      Set<String> below = new TreeSet<>();
      for (Map.Entry<String, List<String>> level : levels.entrySet()) {
        below.add(level.getKey());
        below.addAll(level.getValue());
        if (features.contains(level.getKey())) {
          all.addAll(below);
        }
      }
    }
    return all;
  }
}
