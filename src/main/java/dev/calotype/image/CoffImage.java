package dev.calotype.image;

import dev.calotype.image.coff.CoffFile;
import dev.calotype.image.coff.CoffImportFile;
import java.util.Optional;

/** An object with what only COFF has. Names are those of Microsoft's PE/COFF specification. */
public sealed interface CoffImage extends Image permits CoffFile, CoffImportFile {
  /** {@code Machine}. */
  int machine();

  /** {@code Characteristics}; 0 where the header has none. */
  int characteristics();

  /** {@code TimeDateStamp}: seconds since 1970, a digest, or 0. */
  long timeDateStamp();

  /** Whether its header is the larger one for more than 65,279 sections. */
  boolean isBigObject();

  /** The import that this object stands for, if it is a member of an import library. */
  Optional<ImportObject> importObject();

  /**
   * What a short import object says (PE/COFF, "Import Library Format").
   *
   * @param symbol the symbol that is defined by importing
   * @param library the library's file name
   * @param type {@code code}, {@code data} or {@code const}
   * @param nameType how the imported name comes from the symbol: {@code ordinal}, {@code name},
   *     {@code noprefix}, {@code undecorate} or {@code exportas}
   * @param ordinalOrHint the ordinal, or a hint where to look first
   */
  record ImportObject(
      String symbol, String library, String type, String nameType, int ordinalOrHint) {}
}
