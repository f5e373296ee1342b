package dev.calotype.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a machine is called in a report. Linux says most of it; elsewhere lines are missing. */
final class Machine {
  /** The facts without which times can't be compared. */
  static final List<String> IDENTITY = List.of("processor", "cores", "memory", "kernel", "JDK");

  private static final Pattern CPU =
      Pattern.compile("^model name\\s*:\\s*(.+)$", Pattern.MULTILINE);
  private static final Pattern MEMORY =
      Pattern.compile("^MemTotal:\\s*(\\d+) kB", Pattern.MULTILINE);
  private static final Pattern PAGE =
      Pattern.compile("^KernelPageSize:\\s*(\\d+) kB", Pattern.MULTILINE);
  private static final Pattern CHOSEN = Pattern.compile("\\[(\\w+)\\]");

  private Machine() {}

  /**
   * This machine.
   *
   * @param folder where the files that are measured are
   */
  static Map<String, String> here(Path folder) {
    Map<String, String> facts = new LinkedHashMap<>();
    find("/proc/cpuinfo", CPU).ifPresent(cpu -> facts.put("processor", cpu.strip()));
    facts.putIfAbsent("processor", System.getProperty("os.arch"));
    facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    find("/proc/meminfo", MEMORY).ifPresent(kib -> facts.put("memory", kibibytes(kib)));
    facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("JDK", System.getProperty("java.vm.name") + " " + Runtime.version());
    find("/proc/self/smaps", PAGE).ifPresent(kib -> facts.put("page size", kibibytes(kib)));
    find("/sys/kernel/mm/transparent_hugepage/enabled", CHOSEN)
        .ifPresent(mode -> facts.put("huge pages", mode));
    find("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", Pattern.compile("(\\w+)"))
        .ifPresent(governor -> facts.put("frequency governor", governor));
    fileSystem(folder).ifPresent(type -> facts.put("file system", type));
    find("/proc/loadavg", Pattern.compile("^(\\S+)"))
        .ifPresent(load -> facts.put("load before", load));
    return facts;
  }

  private static String kibibytes(String number) {
    return Show.bytes(Long.parseLong(number) * 1024.0);
  }

  private static Optional<String> find(String file, Pattern pattern) {
    try {
      Matcher found = pattern.matcher(Files.readString(Path.of(file), StandardCharsets.ISO_8859_1));
      return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> fileSystem(Path folder) {
    try {
      FileStore store = Files.getFileStore(folder);
      return Optional.of(store.type());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
