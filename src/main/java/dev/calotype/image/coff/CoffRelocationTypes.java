package dev.calotype.image.coff;

import java.util.List;

/** Names of relocation types (PE/COFF, "Type Indicators" and "Base Relocation Types"). */
final class CoffRelocationTypes {
  private static final String UNUSED = "";

  private static final List<String> AMD64 =
      List.of(
          "ABSOLUTE",
          "ADDR64",
          "ADDR32",
          "ADDR32NB",
          "REL32",
          "REL32_1",
          "REL32_2",
          "REL32_3",
          "REL32_4",
          "REL32_5",
          "SECTION",
          "SECREL",
          "SECREL7",
          "TOKEN",
          "SREL32",
          "PAIR",
          "SSPAN32");

  private static final List<String> I386 =
      List.of(
          "ABSOLUTE",
          "DIR16",
          "REL16",
          UNUSED,
          UNUSED,
          UNUSED,
          "DIR32",
          "DIR32NB",
          UNUSED,
          "SEG12",
          "SECTION",
          "SECREL",
          "TOKEN",
          "SECREL7",
          UNUSED,
          UNUSED,
          UNUSED,
          UNUSED,
          UNUSED,
          UNUSED,
          "REL32");

  private static final List<String> ARM =
      List.of(
          "ABSOLUTE",
          "ADDR32",
          "ADDR32NB",
          "BRANCH24",
          "BRANCH11",
          "TOKEN",
          UNUSED,
          UNUSED,
          "BLX24",
          "BLX11",
          "REL32",
          UNUSED,
          UNUSED,
          UNUSED,
          "SECTION",
          "SECREL",
          "MOV32A",
          "MOV32T",
          "BRANCH20T",
          UNUSED,
          "BRANCH24T",
          "BLX23T",
          "PAIR");

  private static final List<String> ARM64 =
      List.of(
          "ABSOLUTE",
          "ADDR32",
          "ADDR32NB",
          "BRANCH26",
          "PAGEBASE_REL21",
          "REL21",
          "PAGEOFFSET_12A",
          "PAGEOFFSET_12L",
          "SECREL",
          "SECREL_LOW12A",
          "SECREL_HIGH12A",
          "SECREL_LOW12L",
          "TOKEN",
          "SECTION",
          "ADDR64",
          "BRANCH19",
          "BRANCH14",
          "REL32");

  private CoffRelocationTypes() {}

  /** The name of an object's type, {@code IMAGE_REL_AMD64_REL32} for example, or {@code type-N}. */
  static String name(int machine, int type) {
    return switch (machine) {
      case Coff.MACHINE_AMD64 -> name("IMAGE_REL_AMD64_", AMD64, type);
      case Coff.MACHINE_I386 -> name("IMAGE_REL_I386_", I386, type);
      case Coff.MACHINE_ARMNT -> name("IMAGE_REL_ARM_", ARM, type);
      case Coff.MACHINE_ARM64, Coff.MACHINE_ARM64EC, Coff.MACHINE_ARM64X ->
          name("IMAGE_REL_ARM64_", ARM64, type);
      default -> "type-" + type;
    };
  }

  private static String name(String prefix, List<String> names, int type) {
    String name = type < names.size() ? names.get(type) : UNUSED;
    return name.equals(UNUSED) ? "type-" + type : prefix + name;
  }

  /** Whether it is the second half of a pair. */
  static boolean isPair(int machine, int type) {
    return switch (machine) {
      case Coff.MACHINE_AMD64 -> type == 0xf;
      case Coff.MACHINE_ARMNT -> type == 0x16;
      case 0x162, 0x166, 0x168, 0x169, 0x266, 0x366, 0x466 -> type == 0x25;
      case 0x1f0, 0x1f1 -> type == 0x12;
      case 0x9041 -> type == 0xb;
      default -> false;
    };
  }

  /** The name of a base relocation's type; some numbers are each machine's own. */
  static String baseName(int machine, int type) {
    String name =
        switch (type) {
          case 0 -> "ABSOLUTE";
          case 1 -> "HIGH";
          case 2 -> "LOW";
          case 3 -> "HIGHLOW";
          case 4 -> "HIGHADJ";
          case 10 -> "DIR64";
          default -> machineBaseName(Coff.architecture(machine), type);
        };
    return name.equals(UNUSED) ? "type-" + type : "IMAGE_REL_BASED_" + name;
  }

  private static String machineBaseName(String architecture, int type) {
    return switch (architecture) {
      case "arm" -> type == 5 ? "ARM_MOV32" : type == 7 ? "THUMB_MOV32" : UNUSED;
      case "mips", "mipsel" -> type == 5 ? "MIPS_JMPADDR" : type == 9 ? "MIPS_JMPADDR16" : UNUSED;
      case "riscv32", "riscv64", "riscv128" ->
          switch (type) {
            case 5 -> "RISCV_HIGH20";
            case 7 -> "RISCV_LOW12I";
            case 8 -> "RISCV_LOW12S";
            default -> UNUSED;
          };
      case "loongarch32" -> type == 8 ? "LOONGARCH32_MARK_LA" : UNUSED;
      case "loongarch64" -> type == 8 ? "LOONGARCH64_MARK_LA" : UNUSED;
      default -> UNUSED;
    };
  }
}
