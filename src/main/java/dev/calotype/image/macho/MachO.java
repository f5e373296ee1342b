package dev.calotype.image.macho;

import java.util.List;

/** Numbers and their names, as Apple's headers spell them. */
public final class MachO {
  /** The magic of 32-bit files; the file's byte order is the one in which it reads so. */
  public static final int MH_MAGIC = 0xfeedface;

  /** The magic of 64-bit files. */
  public static final int MH_MAGIC_64 = 0xfeedfacf;

  /** The magic of fat files, always big-endian; Java class files have the same. */
  public static final int FAT_MAGIC = 0xcafebabe;

  /** The magic of fat files with 64-bit offsets. */
  public static final int FAT_MAGIC_64 = 0xcafebabf;

  /** File types, {@code filetype}. */
  static final long MH_OBJECT = 1;

  static final long MH_KEXT_BUNDLE = 11;

  /** File flags, {@code flags}. */
  static final long MH_SPLIT_SEGS = 0x20;

  static final long MH_TWOLEVEL = 0x80;

  /** Segment flags, {@code flags}: read-only once relocations are done. */
  static final long SG_READ_ONLY = 0x10;

  /** Set in the numbers of commands without which an image must not be loaded. */
  private static final long LC_REQ_DYLD = 0x80000000L;

  /** Load commands, {@code cmd}. */
  static final long LC_SEGMENT = 0x1;

  static final long LC_SYMTAB = 0x2;
  static final long LC_DYSYMTAB = 0xb;
  static final long LC_LOAD_DYLIB = 0xc;
  static final long LC_ID_DYLIB = 0xd;
  static final long LC_LOAD_WEAK_DYLIB = 0x18 | LC_REQ_DYLD;
  static final long LC_SEGMENT_64 = 0x19;
  static final long LC_UUID = 0x1b;
  static final long LC_RPATH = 0x1c | LC_REQ_DYLD;
  static final long LC_CODE_SIGNATURE = 0x1d;
  static final long LC_SEGMENT_SPLIT_INFO = 0x1e;
  static final long LC_REEXPORT_DYLIB = 0x1f | LC_REQ_DYLD;
  static final long LC_LAZY_LOAD_DYLIB = 0x20;
  static final long LC_DYLD_INFO = 0x22;
  static final long LC_DYLD_INFO_ONLY = 0x22 | LC_REQ_DYLD;
  static final long LC_LOAD_UPWARD_DYLIB = 0x23 | LC_REQ_DYLD;
  static final long LC_VERSION_MIN_MACOSX = 0x24;
  static final long LC_VERSION_MIN_IPHONEOS = 0x25;
  static final long LC_FUNCTION_STARTS = 0x26;
  static final long LC_DATA_IN_CODE = 0x29;
  static final long LC_DYLIB_CODE_SIGN_DRS = 0x2b;
  static final long LC_LINKER_OPTIMIZATION_HINT = 0x2e;
  static final long LC_VERSION_MIN_TVOS = 0x2f;
  static final long LC_VERSION_MIN_WATCHOS = 0x30;
  static final long LC_NOTE = 0x31;
  static final long LC_BUILD_VERSION = 0x32;
  static final long LC_DYLD_EXPORTS_TRIE = 0x33 | LC_REQ_DYLD;
  static final long LC_DYLD_CHAINED_FIXUPS = 0x34 | LC_REQ_DYLD;
  static final long LC_ATOM_INFO = 0x36;

  /** Section types, the low byte of {@code flags}. */
  public static final int SECTION_TYPE = 0xff;

  private static final int S_ZEROFILL = 0x1;
  private static final int S_GB_ZEROFILL = 0xc;
  private static final int S_THREAD_LOCAL_ZEROFILL = 0x12;

  /** Section attributes, the other bytes of {@code flags}. */
  static final long S_ATTR_PURE_INSTRUCTIONS = 0x80000000L;

  static final long S_ATTR_DEBUG = 0x02000000L;
  static final long S_ATTR_SOME_INSTRUCTIONS = 0x400L;

  /** Processors, {@code cputype}, that this reader has to tell from others. */
  static final int CPU_TYPE_I386 = 7;

  static final int CPU_TYPE_ARM = 12;
  static final int CPU_TYPE_POWERPC = 18;
  static final int CPU_TYPE_X86_64 = 0x01000007;
  static final int CPU_TYPE_ARM64 = 0x0100000c;
  static final int CPU_TYPE_ARM64_32 = 0x0200000c;
  static final int CPU_TYPE_POWERPC64 = 0x01000012;

  /** By number, without {@code LC_}. */
  private static final List<String> COMMANDS =
      words(
          "0 SEGMENT SYMTAB SYMSEG THREAD UNIXTHREAD LOADFVMLIB IDFVMLIB IDENT FVMFILE PREPAGE"
              + " DYSYMTAB LOAD_DYLIB ID_DYLIB LOAD_DYLINKER ID_DYLINKER PREBOUND_DYLIB ROUTINES"
              + " SUB_FRAMEWORK SUB_UMBRELLA SUB_CLIENT SUB_LIBRARY TWOLEVEL_HINTS PREBIND_CKSUM"
              + " LOAD_WEAK_DYLIB SEGMENT_64 ROUTINES_64 UUID RPATH CODE_SIGNATURE"
              + " SEGMENT_SPLIT_INFO REEXPORT_DYLIB LAZY_LOAD_DYLIB ENCRYPTION_INFO DYLD_INFO_ONLY"
              + " LOAD_UPWARD_DYLIB VERSION_MIN_MACOSX VERSION_MIN_IPHONEOS FUNCTION_STARTS"
              + " DYLD_ENVIRONMENT MAIN DATA_IN_CODE SOURCE_VERSION DYLIB_CODE_SIGN_DRS"
              + " ENCRYPTION_INFO_64 LINKER_OPTION LINKER_OPTIMIZATION_HINT VERSION_MIN_TVOS"
              + " VERSION_MIN_WATCHOS NOTE BUILD_VERSION DYLD_EXPORTS_TRIE DYLD_CHAINED_FIXUPS"
              + " FILESET_ENTRY ATOM_INFO");

  private static final List<String> SECTION_TYPES =
      words(
          "REGULAR ZEROFILL CSTRING_LITERALS 4BYTE_LITERALS 8BYTE_LITERALS LITERAL_POINTERS"
              + " NON_LAZY_SYMBOL_POINTERS LAZY_SYMBOL_POINTERS SYMBOL_STUBS"
              + " MOD_INIT_FUNC_POINTERS MOD_TERM_FUNC_POINTERS COALESCED GB_ZEROFILL INTERPOSING"
              + " 16BYTE_LITERALS DTRACE_DOF LAZY_DYLIB_SYMBOL_POINTERS THREAD_LOCAL_REGULAR"
              + " THREAD_LOCAL_ZEROFILL THREAD_LOCAL_VARIABLES THREAD_LOCAL_VARIABLE_POINTERS"
              + " THREAD_LOCAL_INIT_FUNCTION_POINTERS INIT_FUNC_OFFSETS");

  private static final List<String> PLATFORMS =
      words(
          "0 macos ios tvos watchos bridgeos maccatalyst iossimulator tvossimulator"
              + " watchossimulator driverkit xros xrsimulator");

  private static final List<String> RELOCATIONS_GENERIC =
      words("VANILLA PAIR SECTDIFF PB_LA_PTR LOCAL_SECTDIFF TLV");

  private static final List<String> RELOCATIONS_X86_64 =
      words("UNSIGNED SIGNED BRANCH GOT_LOAD GOT SUBTRACTOR SIGNED_1 SIGNED_2 SIGNED_4 TLV");

  private static final List<String> RELOCATIONS_ARM =
      words(
          "ARM_RELOC_VANILLA ARM_RELOC_PAIR ARM_RELOC_SECTDIFF ARM_RELOC_LOCAL_SECTDIFF"
              + " ARM_RELOC_PB_LA_PTR ARM_RELOC_BR24 ARM_THUMB_RELOC_BR22"
              + " ARM_THUMB_32BIT_BRANCH ARM_RELOC_HALF ARM_RELOC_HALF_SECTDIFF");

  private static final List<String> RELOCATIONS_ARM64 =
      words(
          "UNSIGNED SUBTRACTOR BRANCH26 PAGE21 PAGEOFF12 GOT_LOAD_PAGE21 GOT_LOAD_PAGEOFF12"
              + " POINTER_TO_GOT TLVP_LOAD_PAGE21 TLVP_LOAD_PAGEOFF12 ADDEND"
              + " AUTHENTICATED_POINTER");

  private static final List<String> RELOCATIONS_POWERPC =
      words(
          "VANILLA PAIR BR14 BR24 HI16 LO16 HA16 LO14 SECTDIFF PB_LA_PTR HI16_SECTDIFF"
              + " LO16_SECTDIFF HA16_SECTDIFF JBSR LO14_SECTDIFF LOCAL_SECTDIFF");

  /** The type of an arm64 relocation that holds the addend of the next one. */
  static final int ARM64_RELOC_ADDEND = 10;

  private MachO() {}

  private static List<String> words(String words) {
    return List.of(words.split(" ", -1));
  }

  /** The triple's name of a processor. */
  static String architecture(int cpuType) {
    return switch (cpuType) {
      case 6 -> "m68k";
      case CPU_TYPE_I386 -> "i386";
      case 11 -> "hppa";
      case CPU_TYPE_ARM -> "arm";
      case 14 -> "sparc";
      case CPU_TYPE_POWERPC -> "powerpc";
      case CPU_TYPE_X86_64 -> "x86_64";
      case CPU_TYPE_ARM64 -> "aarch64";
      case CPU_TYPE_ARM64_32 -> "arm64_32";
      case CPU_TYPE_POWERPC64 -> "powerpc64";
      default -> "machine-" + Integer.toUnsignedString(cpuType);
    };
  }

  /** The name that {@code lipo} has for a processor and its model. */
  static String slice(int cpuType, int cpuSubtype) {
    // The top byte holds capabilities, not the processor.
    int subtype = cpuSubtype & 0xffffff;
    String name =
        switch (cpuType) {
          case CPU_TYPE_I386 -> subtype == 3 ? "i386" : "";
          case CPU_TYPE_X86_64 -> subtype == 3 ? "x86_64" : subtype == 8 ? "x86_64h" : "";
          case CPU_TYPE_ARM64 -> subtype == 0 ? "arm64" : subtype == 2 ? "arm64e" : "";
          case CPU_TYPE_ARM64_32 -> subtype == 1 ? "arm64_32" : "";
          case CPU_TYPE_POWERPC -> subtype == 0 ? "ppc" : "";
          case CPU_TYPE_POWERPC64 -> subtype == 0 ? "ppc64" : "";
          case CPU_TYPE_ARM ->
              switch (subtype) {
                case 5 -> "armv4t";
                case 6 -> "armv6";
                case 7 -> "armv5e";
                case 8 -> "xscale";
                case 9 -> "armv7";
                case 11 -> "armv7s";
                case 12 -> "armv7k";
                case 14 -> "armv6m";
                case 15 -> "armv7m";
                case 16 -> "armv7em";
                default -> "";
              };
          default -> "";
        };
    return name.isEmpty() ? "unknown(%d,%d)".formatted(cpuType, subtype) : name;
  }

  static String fileType(long type) {
    return switch ((int) type) {
      case 1 -> "OBJECT (relocatable object)";
      case 2 -> "EXECUTE (executable)";
      case 3 -> "FVMLIB (fixed library)";
      case 4 -> "CORE (core dump)";
      case 5 -> "PRELOAD (preloaded executable)";
      case 6 -> "DYLIB (dynamic library)";
      case 7 -> "DYLINKER (dynamic linker)";
      case 8 -> "BUNDLE (plug-in)";
      case 9 -> "DYLIB_STUB (dynamic library without its code)";
      case 10 -> "DSYM (debug information)";
      case 11 -> "KEXT_BUNDLE (kernel extension)";
      case 12 -> "FILESET (set of images)";
      default -> "0x%x".formatted(type);
    };
  }

  /** A load command's name, {@code LC_UUID} for example, or {@code LC_0xN}. */
  static String command(long type) {
    if (type == LC_DYLD_INFO) {
      return "LC_DYLD_INFO";
    }
    long number = type & ~LC_REQ_DYLD;
    return number > 0 && number < COMMANDS.size() && type == withRequirement(number)
        ? "LC_" + COMMANDS.get((int) number)
        : "LC_0x%x".formatted(type);
  }

  /** The number of a load command by its name here, or -1. */
  public static long commandNumber(String name) {
    for (long number = 1; number < COMMANDS.size(); number++) {
      if (name.equals("LC_" + COMMANDS.get((int) number))) {
        return withRequirement(number);
      }
    }
    return name.equals("LC_DYLD_INFO") ? LC_DYLD_INFO : -1;
  }

  /** Whether the command is a {@code linkedit_data_command}. */
  static boolean isLinkEditData(long type) {
    return type == LC_CODE_SIGNATURE
        || type == LC_SEGMENT_SPLIT_INFO
        || type == LC_FUNCTION_STARTS
        || type == LC_DATA_IN_CODE
        || type == LC_DYLIB_CODE_SIGN_DRS
        || type == LC_LINKER_OPTIMIZATION_HINT
        || type == LC_DYLD_EXPORTS_TRIE
        || type == LC_DYLD_CHAINED_FIXUPS
        || type == LC_ATOM_INFO;
  }

  private static long withRequirement(long number) {
    return switch ((int) number) {
      case 0x18, 0x1c, 0x1f, 0x22, 0x23, 0x28, 0x33, 0x34, 0x35 -> number | LC_REQ_DYLD;
      default -> number;
    };
  }

  static String sectionType(int type) {
    return type < SECTION_TYPES.size() ? SECTION_TYPES.get(type) : "0x%x".formatted(type);
  }

  /** Whether a section with these flags has no bytes in the file, but zeros in memory. */
  public static boolean isZeroFill(long flags) {
    int type = (int) flags & SECTION_TYPE;
    return type == S_ZEROFILL || type == S_GB_ZEROFILL || type == S_THREAD_LOCAL_ZEROFILL;
  }

  static String platform(long platform) {
    return platform > 0 && platform < PLATFORMS.size()
        ? PLATFORMS.get((int) platform)
        : "platform-" + platform;
  }

  /** A relocation type's name, {@code X86_64_RELOC_BRANCH} for example, or {@code type-N}. */
  static String relocation(int cpuType, int type) {
    List<String> names =
        switch (cpuType) {
          case CPU_TYPE_X86_64 -> RELOCATIONS_X86_64;
          case CPU_TYPE_ARM -> RELOCATIONS_ARM;
          case CPU_TYPE_ARM64, CPU_TYPE_ARM64_32 -> RELOCATIONS_ARM64;
          case CPU_TYPE_POWERPC, CPU_TYPE_POWERPC64 -> RELOCATIONS_POWERPC;
          default -> RELOCATIONS_GENERIC;
        };
    String prefix =
        switch (cpuType) {
          case CPU_TYPE_X86_64 -> "X86_64_RELOC_";
          case CPU_TYPE_ARM -> "";
          case CPU_TYPE_ARM64, CPU_TYPE_ARM64_32 -> "ARM64_RELOC_";
          case CPU_TYPE_POWERPC, CPU_TYPE_POWERPC64 -> "PPC_RELOC_";
          default -> "GENERIC_RELOC_";
        };
    return type < names.size() ? prefix + names.get(type) : "type-" + type;
  }

  /** Three letters for {@code vm_prot_t}. */
  static String protection(long protection) {
    return ((protection & 1) != 0 ? "r" : "-")
        + ((protection & 2) != 0 ? "w" : "-")
        + ((protection & 4) != 0 ? "x" : "-");
  }

  /** A version packed as {@code xxxx.yy.zz}. */
  static String version(long packed) {
    return "%d.%d.%d".formatted(packed >>> 16, packed >>> 8 & 0xff, packed & 0xff);
  }
}
