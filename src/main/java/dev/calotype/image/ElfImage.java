package dev.calotype.image;

import dev.calotype.image.elf.ElfFile;
import java.util.List;
import java.util.Optional;

/** An image with what only ELF has. Numbers are as in the file; names are the gABI's. */
public sealed interface ElfImage extends Image permits ElfFile {
  /** {@code e_type}: 1 relocatable, 2 executable, 3 shared object, 4 core. */
  int fileType();

  /** {@code e_machine}. */
  int machine();

  /** {@code e_ident[EI_OSABI]}. */
  int osAbi();

  /** {@code e_flags}, whose meaning is the machine's. */
  long flags();

  /** {@code e_entry}, the address execution starts at, or 0. */
  long entryPoint();

  /** The program that loads it, {@code PT_INTERP}. */
  Optional<String> interpreter();

  /** The name under which other images need it, {@code DT_SONAME}. */
  Optional<String> soname();

  /** Where its libraries are looked for first: {@code DT_RUNPATH}, or else {@code DT_RPATH}. */
  Optional<String> runPath();

  /** The dynamic table up to its {@code DT_NULL}, decoded on access. */
  List<DynamicEntry> dynamicEntries();

  /** The versions it needs of other libraries' symbols, {@code DT_VERNEED}. */
  List<NeededVersion> neededVersions();

  /** The versions it has for other images, {@code DT_VERDEF}. */
  List<DefinedVersion> definedVersions();

  /**
   * An entry of the dynamic table.
   *
   * @param tag {@code d_tag}
   * @param value {@code d_val} or {@code d_ptr}
   */
  record DynamicEntry(long tag, long value) {}

  /**
   * A version that has to be there.
   *
   * @param library the library that has to have it, {@code libc.so.6} for example
   * @param version its name, {@code GLIBC_2.34} for example
   * @param isWeak whether the image is loaded all the same without it
   */
  record NeededVersion(String library, String version, boolean isWeak) {}

  /**
   * A version that other images may need of this one.
   *
   * @param version its name, {@code GLIBC_2.34} for example
   * @param isBase whether it stands for the file itself, and is no version of its symbols
   * @param isWeak whether no symbol has it
   */
  record DefinedVersion(String version, boolean isBase, boolean isWeak) {}
}
