package dev.calotype.image;

import dev.calotype.image.coff.PeFile;
import java.util.List;
import java.util.Optional;

/** An image with what only PE has. Names are those of Microsoft's PE/COFF specification. */
public sealed interface PeImage extends Image permits PeFile {
  /** {@code Machine}. */
  int machine();

  /** {@code Characteristics}. */
  int characteristics();

  /** {@code TimeDateStamp}: seconds since 1970, a digest of the content, or 0. */
  long timeDateStamp();

  /** {@code AddressOfEntryPoint}, relative to the image's base; 0 if there is none. */
  long entryPoint();

  /** {@code ImageBase}, the address it is made to be loaded at. */
  long imageBase();

  /** {@code SectionAlignment} in bytes. */
  long sectionAlignment();

  /** {@code FileAlignment} in bytes. */
  long fileAlignment();

  /** {@code SizeOfImage}: bytes of memory from the first header to the last section. */
  long sizeOfImage();

  /** {@code Subsystem}. */
  int subsystem();

  /** {@code DllCharacteristics}. */
  int dllCharacteristics();

  /** The data directories, up to the last one the file has, in their fixed order. */
  List<DataDirectory> dataDirectories();

  /** The name it was exported under, from its export directory. */
  Optional<String> exportName();

  /** The libraries that are loaded when one of their functions is first called. */
  List<String> delayNeeded();

  /** The PDB that belongs to it, from its debug directory. */
  Optional<Pdb> pdb();

  /**
   * A data directory.
   *
   * @param name the specification's name: {@code Export Table}
   * @param address relative to the image's base; of the certificate table, an offset in the file
   * @param size in bytes
   */
  record DataDirectory(String name, long address, long size) {}

  /**
   * The identity of a program database (PDB 7.0, {@code RSDS}).
   *
   * @param guid the GUID with its dashes, in upper case
   * @param age how often it was written
   * @param path where it was written
   */
  record Pdb(String guid, long age, String path) {}
}
