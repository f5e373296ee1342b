package dev.calotype.image.elf;

import java.nio.ByteOrder;

/** Numbers and their names, as the gABI and the GNU tools spell them. */
public final class Elf {
  /** {@code e_phnum} when the real number is in section header 0. */
  public static final int PN_XNUM = 0xffff;

  /** {@code e_shstrndx} when the real index is in section header 0. */
  public static final int SHN_XINDEX = 0xffff;

  /** From here on, section indexes mean something else: absolute, common. */
  static final int SHN_LORESERVE = 0xff00;

  /** Symbol bindings. */
  static final int STB_LOCAL = 0;

  static final int STB_WEAK = 2;

  /** Symbol visibilities. */
  static final int STV_DEFAULT = 0;

  static final int STV_PROTECTED = 3;

  /** File types, {@code e_type}. */
  public static final int ET_NONE = 0;

  public static final int ET_REL = 1;
  public static final int ET_EXEC = 2;
  public static final int ET_DYN = 3;
  public static final int ET_CORE = 4;

  /** Program header types, {@code p_type}. */
  public static final long PT_LOAD = 1;

  public static final long PT_DYNAMIC = 2;
  public static final long PT_INTERP = 3;
  public static final long PT_NOTE = 4;
  public static final long PT_PHDR = 6;
  public static final long PT_GNU_EH_FRAME = 0x6474e550L;
  public static final long PT_GNU_STACK = 0x6474e551L;
  public static final long PT_GNU_RELRO = 0x6474e552L;

  /** Section types, {@code sh_type}. */
  public static final long SHT_NULL = 0;

  public static final long SHT_PROGBITS = 1;
  public static final long SHT_SYMTAB = 2;
  public static final long SHT_STRTAB = 3;
  public static final long SHT_RELA = 4;
  public static final long SHT_HASH = 5;
  public static final long SHT_DYNAMIC = 6;
  public static final long SHT_NOTE = 7;
  public static final long SHT_NOBITS = 8;
  public static final long SHT_REL = 9;
  public static final long SHT_DYNSYM = 11;
  public static final long SHT_SYMTAB_SHNDX = 18;
  public static final long SHT_RELR = 19;
  public static final long SHT_CREL = 0x40000014L;
  public static final long SHT_ANDROID_RELR = 0x6fffff00L;

  /** Section flags, {@code sh_flags}. */
  public static final long SHF_WRITE = 1;

  public static final long SHF_ALLOC = 2;
  public static final long SHF_EXECINSTR = 4;
  public static final long SHF_MERGE = 0x10;
  public static final long SHF_LINK_ORDER = 0x80;
  public static final long SHF_GROUP = 0x200;
  public static final long SHF_TLS = 0x400;
  public static final long SHF_COMPRESSED = 0x800;
  public static final long SHF_GNU_RETAIN = 0x200000;
  public static final long SHF_EXCLUDE = 0x80000000L;

  /** Dynamic table tags, {@code d_tag}. */
  public static final long DT_NULL = 0;

  public static final long DT_NEEDED = 1;
  public static final long DT_PLTRELSZ = 2;
  public static final long DT_PLTGOT = 3;
  public static final long DT_HASH = 4;
  public static final long DT_STRTAB = 5;
  public static final long DT_SYMTAB = 6;
  public static final long DT_RELA = 7;
  public static final long DT_RELASZ = 8;
  public static final long DT_STRSZ = 10;
  public static final long DT_SYMENT = 11;
  public static final long DT_INIT = 12;
  public static final long DT_FINI = 13;
  public static final long DT_SONAME = 14;
  public static final long DT_RPATH = 15;
  public static final long DT_REL = 17;
  public static final long DT_RELSZ = 18;
  public static final long DT_PLTREL = 20;
  public static final long DT_JMPREL = 23;
  public static final long DT_INIT_ARRAY = 25;
  public static final long DT_FINI_ARRAY = 26;
  public static final long DT_RUNPATH = 29;
  public static final long DT_PREINIT_ARRAY = 32;
  public static final long DT_RELRSZ = 35;
  public static final long DT_RELR = 36;
  public static final long DT_ANDROID_REL = 0x6000000fL;
  public static final long DT_ANDROID_RELA = 0x60000011L;
  public static final long DT_GNU_HASH = 0x6ffffef5L;
  public static final long DT_VERSYM = 0x6ffffff0L;
  public static final long DT_FLAGS_1 = 0x6ffffffbL;
  public static final long DT_VERDEF = 0x6ffffffcL;
  public static final long DT_VERDEFNUM = 0x6ffffffdL;
  public static final long DT_VERNEED = 0x6ffffffeL;
  public static final long DT_VERNEEDNUM = 0x6fffffffL;

  /** Machines, {@code e_machine}, that this reader has to tell from others. */
  public static final int EM_MIPS = 8;

  static final int EM_S390 = 22;
  static final int EM_ARM = 40;
  static final int EM_X86_64 = 62;
  static final int EM_RISCV = 243;

  /** The type of the GNU build-id note, {@code NT_GNU_BUILD_ID}. */
  public static final long NT_GNU_BUILD_ID = 3;

  private Elf() {}

  /** The triple's name of {@code e_machine} with this class and byte order. */
  static String architecture(ElfHeader header) {
    boolean wide = header.layout() == ElfLayout.ELF64;
    boolean little = header.order() == ByteOrder.LITTLE_ENDIAN;
    return switch (header.machine()) {
      case 2, 18 -> "sparc";
      case 3 -> "i386";
      case 4 -> "m68k";
      case 8 -> (wide ? "mips64" : "mips") + (little ? "el" : "");
      case 20 -> little ? "powerpcle" : "powerpc";
      case 21 -> little ? "powerpc64le" : "powerpc64";
      case 22 -> wide ? "s390x" : "s390";
      case 40 -> little ? "arm" : "armeb";
      case 43 -> "sparcv9";
      case 62 -> "x86_64";
      case 94 -> "xtensa";
      case 164 -> "hexagon";
      case 183 -> little ? "aarch64" : "aarch64_be";
      case 243 -> wide ? "riscv64" : "riscv32";
      case 247 -> little ? "bpfel" : "bpfeb";
      case 258 -> wide ? "loongarch64" : "loongarch32";
      default -> "machine-" + header.machine();
    };
  }

  static String fileType(int type) {
    return switch (type) {
      case ET_NONE -> "NONE (not loadable)";
      case ET_REL -> "REL (relocatable object)";
      case ET_EXEC -> "EXEC (executable)";
      case ET_DYN -> "DYN (shared object)";
      case ET_CORE -> "CORE (core dump)";
      default -> "0x%x".formatted(type);
    };
  }

  static String segmentType(long type) {
    return switch ((int) type) {
      case 0 -> "NULL";
      case 1 -> "LOAD";
      case 2 -> "DYNAMIC";
      case 3 -> "INTERP";
      case 4 -> "NOTE";
      case 5 -> "SHLIB";
      case 6 -> "PHDR";
      case 7 -> "TLS";
      case 0x6474e550 -> "GNU_EH_FRAME";
      case 0x6474e551 -> "GNU_STACK";
      case 0x6474e552 -> "GNU_RELRO";
      case 0x6474e553 -> "GNU_PROPERTY";
      default -> "0x%x".formatted(type);
    };
  }

  /** The number of a segment type by its name here, or -1. */
  public static long segmentTypeNumber(String name) {
    for (long type = 0; type <= 7; type++) {
      if (segmentType(type).equals(name)) {
        return type;
      }
    }
    for (long type = PT_GNU_EH_FRAME; type <= 0x6474e553L; type++) {
      if (segmentType(type).equals(name)) {
        return type;
      }
    }
    return -1;
  }

  static String sectionType(long type, int machine) {
    return switch ((int) type) {
      case 0 -> "NULL";
      case 1 -> "PROGBITS";
      case 2 -> "SYMTAB";
      case 3 -> "STRTAB";
      case 4 -> "RELA";
      case 5 -> "HASH";
      case 6 -> "DYNAMIC";
      case 7 -> "NOTE";
      case 8 -> "NOBITS";
      case 9 -> "REL";
      case 11 -> "DYNSYM";
      case 14 -> "INIT_ARRAY";
      case 15 -> "FINI_ARRAY";
      case 16 -> "PREINIT_ARRAY";
      case 17 -> "GROUP";
      case 18 -> "SYMTAB_SHNDX";
      case 19 -> "RELR";
      case 0x40000014 -> "CREL";
      case 0x60000001 -> "ANDROID_REL";
      case 0x60000002 -> "ANDROID_RELA";
      case 0x6fff4c03 -> "LLVM_ADDRSIG";
      case 0x6fffff00 -> "ANDROID_RELR";
      case 0x6ffffff5 -> "GNU_ATTRIBUTES";
      case 0x6ffffff6 -> "GNU_HASH";
      case 0x6ffffffd -> "VERDEF";
      case 0x6ffffffe -> "VERNEED";
      case 0x6fffffff -> "VERSYM";
      default -> machineSectionType((int) type, machine);
    };
  }

  /** Types from {@code SHT_LOPROC} to {@code SHT_HIPROC}: each machine has its own. */
  private static String machineSectionType(int type, int machine) {
    String name =
        switch (machine) {
          case EM_X86_64 -> type == 0x70000001 ? "X86_64_UNWIND" : "";
          case EM_ARM ->
              type == 0x70000001 ? "ARM_EXIDX" : type == 0x70000003 ? "ARM_ATTRIBUTES" : "";
          case EM_RISCV -> type == 0x70000003 ? "RISCV_ATTRIBUTES" : "";
          case EM_MIPS ->
              switch (type) {
                case 0x70000006 -> "MIPS_REGINFO";
                case 0x7000000d -> "MIPS_OPTIONS";
                case 0x7000001e -> "MIPS_DWARF";
                case 0x7000002a -> "MIPS_ABIFLAGS";
                default -> "";
              };
          default -> "";
        };
    return name.isEmpty() ? "0x%x".formatted(type) : name;
  }

  static String symbolType(int type) {
    return switch (type) {
      case 0 -> "NOTYPE";
      case 1 -> "OBJECT";
      case 2 -> "FUNC";
      case 3 -> "SECTION";
      case 4 -> "FILE";
      case 5 -> "COMMON";
      case 6 -> "TLS";
      case 10 -> "IFUNC";
      default -> Integer.toString(type);
    };
  }

  static String symbolBinding(int binding) {
    return switch (binding) {
      case 0 -> "LOCAL";
      case 1 -> "GLOBAL";
      case 2 -> "WEAK";
      case 10 -> "UNIQUE";
      default -> Integer.toString(binding);
    };
  }
}
