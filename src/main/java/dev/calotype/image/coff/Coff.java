package dev.calotype.image.coff;

/** Numbers and their names, as the PE/COFF specification spells them. */
public final class Coff {
  /** The size of a section header. */
  public static final int SECTION_HEADER_SIZE = 40;

  /** Machines that this reader has to tell from others. */
  static final int MACHINE_I386 = 0x14c;

  static final int MACHINE_ARMNT = 0x1c4;
  static final int MACHINE_AMD64 = 0x8664;
  static final int MACHINE_ARM64 = 0xaa64;
  static final int MACHINE_ARM64EC = 0xa641;
  static final int MACHINE_ARM64X = 0xa64e;

  /** {@code IMAGE_FILE_DLL}, a bit of the file's {@code Characteristics}. */
  static final int FILE_DLL = 0x2000;

  /** Bits of a section's {@code Characteristics}. */
  static final long SCN_TYPE_NO_PAD = 0x8;

  static final long SCN_CNT_CODE = 0x20;
  static final long SCN_CNT_INITIALIZED_DATA = 0x40;
  static final long SCN_CNT_UNINITIALIZED_DATA = 0x80;
  static final long SCN_LNK_OTHER = 0x100;
  static final long SCN_LNK_INFO = 0x200;
  static final long SCN_LNK_REMOVE = 0x800;
  static final long SCN_LNK_NRELOC_OVFL = 0x0100_0000;
  static final long SCN_MEM_EXECUTE = 0x2000_0000;
  static final long SCN_MEM_READ = 0x4000_0000;
  static final long SCN_MEM_WRITE = 0x8000_0000L;

  /** Storage classes of symbols that other files may refer to. */
  static final int SYM_CLASS_EXTERNAL = 2;

  static final int SYM_CLASS_WEAK_EXTERNAL = 105;

  private Coff() {}

  /** The triple's name of a {@code Machine}, or {@code machine-N}. */
  static String architecture(int machine) {
    return switch (machine) {
      case MACHINE_I386 -> "i386";
      case 0x160 -> "mips";
      case 0x162, 0x166, 0x168, 0x169, 0x266, 0x366, 0x466 -> "mipsel";
      case 0x184, 0x284 -> "alpha";
      case 0x1a2, 0x1a3, 0x1a6, 0x1a8 -> "sh";
      case 0x1c0, 0x1c2, MACHINE_ARMNT -> "arm";
      case 0x1d3 -> "am33";
      case 0x1f0, 0x1f1 -> "powerpcle";
      case 0x200 -> "ia64";
      case 0xebc -> "ebc";
      case 0x5032 -> "riscv32";
      case 0x5064 -> "riscv64";
      case 0x5128 -> "riscv128";
      case 0x6232 -> "loongarch32";
      case 0x6264 -> "loongarch64";
      case MACHINE_AMD64 -> "x86_64";
      case 0x9041 -> "m32r";
      case MACHINE_ARM64EC -> "arm64ec";
      case MACHINE_ARM64X -> "arm64x";
      case MACHINE_ARM64 -> "aarch64";
      default -> "machine-" + machine;
    };
  }

  /** Whether the specification knows the {@code Machine}. */
  static boolean isMachine(int machine) {
    return switch (machine) {
      case MACHINE_I386, MACHINE_ARMNT, MACHINE_AMD64, MACHINE_ARM64, MACHINE_ARM64EC -> true;
      case MACHINE_ARM64X, 0x5032, 0x5064, 0x5128, 0x6232, 0x6264, 0x200, 0xebc -> true;
      case 0x160, 0x162, 0x166, 0x168, 0x169, 0x266, 0x366, 0x466, 0x184, 0x284 -> true;
      case 0x1a2, 0x1a3, 0x1a6, 0x1a8, 0x1c0, 0x1c2, 0x1d3, 0x1f0, 0x1f1, 0x9041 -> true;
      default -> false;
    };
  }

  /** The width of an address of a {@code Machine}, for objects; images tell it themselves. */
  static int bits(int machine) {
    return switch (machine) {
      case 0x200, 0x284, 0xebc, 0x5064, 0x5128, 0x6264 -> 64;
      case MACHINE_AMD64, MACHINE_ARM64, MACHINE_ARM64EC, MACHINE_ARM64X -> 64;
      default -> 32;
    };
  }

  /** What a section holds, by its {@code Characteristics}: it has no type of its own. */
  static String sectionType(long characteristics) {
    if ((characteristics & SCN_CNT_CODE) != 0) {
      return "CODE";
    }
    if ((characteristics & SCN_CNT_INITIALIZED_DATA) != 0) {
      return "INITIALIZED_DATA";
    }
    if ((characteristics & SCN_CNT_UNINITIALIZED_DATA) != 0) {
      return "UNINITIALIZED_DATA";
    }
    if ((characteristics & SCN_LNK_INFO) != 0) {
      return "INFO";
    }
    return (characteristics & SCN_LNK_OTHER) != 0 ? "OTHER" : "NONE";
  }

  /** The name of the complex part of a symbol's {@code Type}. */
  static String symbolType(int type) {
    return switch (type >> 4 & 3) {
      case 1 -> "POINTER";
      case 2 -> "FUNCTION";
      case 3 -> "ARRAY";
      default -> "NULL";
    };
  }

  static String storageClass(int storageClass) {
    return switch (storageClass) {
      case 0 -> "NULL";
      case 1 -> "AUTOMATIC";
      case SYM_CLASS_EXTERNAL -> "EXTERNAL";
      case 3 -> "STATIC";
      case 4 -> "REGISTER";
      case 5 -> "EXTERNAL_DEF";
      case 6 -> "LABEL";
      case 7 -> "UNDEFINED_LABEL";
      case 8 -> "MEMBER_OF_STRUCT";
      case 9 -> "ARGUMENT";
      case 10 -> "STRUCT_TAG";
      case 11 -> "MEMBER_OF_UNION";
      case 12 -> "UNION_TAG";
      case 13 -> "TYPE_DEFINITION";
      case 14 -> "UNDEFINED_STATIC";
      case 15 -> "ENUM_TAG";
      case 16 -> "MEMBER_OF_ENUM";
      case 17 -> "REGISTER_PARAM";
      case 18 -> "BIT_FIELD";
      case 100 -> "BLOCK";
      case 101 -> "FUNCTION";
      case 102 -> "END_OF_STRUCT";
      case 103 -> "FILE";
      case 104 -> "SECTION";
      case SYM_CLASS_WEAK_EXTERNAL -> "WEAK_EXTERNAL";
      case 107 -> "CLR_TOKEN";
      case 255 -> "END_OF_FUNCTION";
      default -> Integer.toString(storageClass);
    };
  }
}
