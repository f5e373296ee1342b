package dev.calotype.image;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** An image with what only Mach-O has. Numbers and names are those of {@code mach-o/loader.h}. */
public non-sealed interface MachOImage extends Image {
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

  /** The libraries it names, with how and in which versions, in file order. */
  List<Dylib> dylibs();

  /** What it was built for: {@code LC_BUILD_VERSION} or a {@code LC_VERSION_MIN_*}. */
  Optional<BuildVersion> buildVersion();

  /**
   * The bytes that a load command points to in the link-edit data: {@code LC_CODE_SIGNATURE},
   * {@code LC_DYLD_CHAINED_FIXUPS}, {@code LC_DYLD_EXPORTS_TRIE}, {@code LC_FUNCTION_STARTS} and so
   * on.
   *
   * @param command the command's name
   */
  Optional<LinkEditData> linkEditData(String command);

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
