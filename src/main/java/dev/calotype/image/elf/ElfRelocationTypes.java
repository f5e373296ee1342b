package dev.calotype.image.elf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Names of relocation types, each machine's own: the resource relocation-types.txt. */
final class ElfRelocationTypes {
  private static final String RESOURCE = "relocation-types.txt";

  private ElfRelocationTypes() {}

  /** Read when the first name is asked for. */
  private static final class Names {
    static final Map<Integer, Map<Integer, String>> BY_MACHINE = read();
  }

  /**
   * The name of a type, {@code R_X86_64_PC32} for example, or {@code type-N}. MIPS64 does three at
   * once, each with the result of the one before it.
   */
  static String name(int machine, ElfLayout layout, int type) {
    if (machine != Elf.EM_MIPS || layout == ElfLayout.ELF32) {
      return name(machine, type);
    }
    return "%s/%s/%s"
        .formatted(
            name(machine, type & 0xff),
            name(machine, type >>> 8 & 0xff),
            name(machine, type >>> 16 & 0xff));
  }

  private static String name(int machine, int type) {
    String name = Names.BY_MACHINE.getOrDefault(machine, Map.of()).get(type);
    return name == null ? "type-" + Integer.toUnsignedString(type) : name;
  }

  /** The type that a packed relative relocation stands for. */
  static int relative(int machine) {
    return switch (machine) {
      case 3, Elf.EM_X86_64 -> 8;
      case 20, 21 -> 22;
      case 22 -> 12;
      case Elf.EM_ARM -> 23;
      case 183 -> 1027;
      case Elf.EM_RISCV, 258 -> 3;
      default -> 0;
    };
  }

  private static Map<Integer, Map<Integer, String>> read() {
    Map<Integer, Map<Integer, String>> machines = new HashMap<>();
    InputStream resource =
        Objects.requireNonNull(ElfRelocationTypes.class.getResourceAsStream(RESOURCE), RESOURCE);
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(resource, StandardCharsets.US_ASCII))) {
      String prefix = "";
      Map<Integer, String> names = Map.of();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int space = line.indexOf(' ');
        if (line.startsWith("machine ")) {
          int second = line.indexOf(' ', space + 1);
          prefix = line.substring(second + 1);
          names = new HashMap<>();
          machines.put(Integer.valueOf(line.substring(space + 1, second)), names);
        } else if (space > 0 && line.charAt(0) != '#') {
          String name = line.substring(space + 1);
          names.put(
              Integer.valueOf(line.substring(0, space)),
              name.startsWith("=") ? name.substring(1) : prefix + name);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return machines;
  }
}
