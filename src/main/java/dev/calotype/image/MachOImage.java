package dev.calotype.image;

import dev.calotype.image.macho.MachOFile;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An image with what only Mach-O has. Numbers and names are those of {@code mach-o/loader.h}.
 *
 * <p>Addresses are as in the file: {@code vmaddr}, {@code addr}, {@code n_value}. Libraries and
 * objects start at 0, so there they are relative to the image's base; executables usually start at
 * 4 GiB. Its symbols are {@link SymbolEntry}s and its relocations {@link RelocationEntry}s.
 */
public sealed interface MachOImage extends Image permits MachOFile {
  /** {@code filetype}: 1 object, 2 executable, 6 dynamic library, 8 bundle, 10 dSYM. */
  long fileType();

  /** {@code cputype}. */
  int cpuType();

  /** {@code cpusubtype} with its capability bits. */
  int cpuSubtype();

  /** {@code flags}. */
  long flags();

  /** All load commands in file order, decoded on access. */
  List<LoadCommand> loadCommands();

  /** The name under which other images need it, {@code LC_ID_DYLIB}. */
  Optional<String> installName();

  /** Where libraries with {@code @rpath} in their names are looked for, {@code LC_RPATH}. */
  List<String> runPaths();

  /** The libraries it names, with how and in which versions, in file order. */
  List<Dylib> dylibs();

  /** What it was built for: {@code LC_BUILD_VERSION} or a {@code LC_VERSION_MIN_*}. */
  Optional<BuildVersion> buildVersion();

  /**
   * The bytes that a load command points to in the link-edit data: {@code LC_CODE_SIGNATURE},
   * {@code LC_DYLD_CHAINED_FIXUPS}, {@code LC_DYLD_EXPORTS_TRIE}, {@code LC_FUNCTION_STARTS} and so
   * on. Of a command that holds what it has to say itself, nothing.
   *
   * @param command the command's name
   */
  Optional<LinkEditData> linkEditData(String command);

  /**
   * A symbol with what only Mach-O has ({@code mach-o/nlist.h}). An entry for debuggers, a STAB,
   * has the STAB's name as its type, {@code FUN} for example, and defines nothing.
   */
  interface SymbolEntry extends Symbol {
    /** {@code n_type}. */
    int typeByte();

    /** {@code n_desc}, 0 to 65,535. */
    int description();

    /** {@code n_value}, even if it is no address. */
    long rawValue();

    /** Whether it is a STAB. */
    boolean isDebugging();

    /** Whether it gives way to another definition, or need not be found. */
    boolean isWeak();

    /**
     * Of an undefined symbol in a linked image with two-level names, the library that has it: its
     * position in {@link #dylibs()} from 1; 0 for the image itself, 254 for any, 255 for the main
     * executable.
     */
    int libraryOrdinal();
  }

  /**
   * A relocation with what only Mach-O has ({@code mach-o/reloc.h}). Pairs are two: the second says
   * in its fields what the first could not hold.
   */
  interface RelocationEntry extends Relocation {
    /** Whether it has an address in place of a symbol or section, as only 32-bit files have. */
    boolean isScattered();

    /** {@code r_extern}: whether it is about a symbol. */
    boolean isExternal();

    /** {@code r_pcrel}. */
    boolean isPcRelative();

    /** How many bytes are changed, {@code r_length} as a size: 1, 2, 4 or 8. */
    int length();

    /** {@code r_symbolnum}, or {@code r_value} of a scattered one. */
    long value();

    /** The {@link Section#index()} of the section it is about, if it is about one. */
    OptionalInt section();
  }

  /**
   * A load command.
   *
   * @param index its position, from 0
   * @param name its name, {@code LC_UUID} for example, or {@code LC_0xN} for a number without one
   *     here
   * @param offset where it starts in the file
   * @param bytes the whole command, its type and size included; not copied
   */
  record LoadCommand(int index, String name, long offset, MemorySegment bytes) {}

  /**
   * A library that the image names.
   *
   * @param name its path
   * @param command how it is named: {@code LC_LOAD_DYLIB}, {@code LC_LOAD_WEAK_DYLIB} …
   * @param currentVersion the version linked with, as {@code 1.2.3}
   * @param compatibilityVersion the least version that will do, as {@code 1.0.0}
   */
  record Dylib(String name, String command, String currentVersion, String compatibilityVersion) {}

  /**
   * What the image was built for.
   *
   * @param platform the platform's name, {@code macos} for example, or {@code platform-N}
   * @param minimumVersion the oldest system it runs on, as {@code 11.0.0}
   * @param sdkVersion the SDK it was built with, as {@code 14.0.0}; {@code 0.0.0} if not told
   */
  record BuildVersion(String platform, String minimumVersion, String sdkVersion) {}

  /**
   * A part of the link-edit data.
   *
   * @param offset where it starts in the file
   * @param bytes the bytes, not copied
   */
  record LinkEditData(long offset, MemorySegment bytes) {}
}
