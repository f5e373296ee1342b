package dev.calotype.split.object;

import dev.calotype.ji.Linkage;
import dev.calotype.split.ExportedSymbol;
import dev.calotype.split.SectionChoice;
import java.util.List;

/** How an object of some format comes apart. Holds nothing of the object's memory. */
public interface ObjectPlan {
  /** Every section with bytes, in the order of the section table, and where it goes. */
  List<SectionChoice> choices();

  /** The sections of the data file, in its order: by name, then as they are in the object. */
  List<MovedSection> moved();

  /** The cells and holes that the note names. */
  Linkage linkage();

  /** The page size the code is laid out for, 0 if any will do. */
  long pageSize();

  /** What a data file has to export for this code, for the shape that needs it. */
  List<ExportedSymbol> exports();

  /**
   * What becomes of each byte.
   *
   * @param noteSize how many bytes the code note has
   */
  Layout layout(int noteSize);
}
