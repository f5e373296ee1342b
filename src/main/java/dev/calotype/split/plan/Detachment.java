package dev.calotype.split.plan;

import dev.calotype.split.SectionChoice;
import java.util.List;

/**
 * The plan for detaching data from a linked image: the original cut into parts, and the bytes that
 * replace its headers. Holds nothing of the image's memory.
 */
public interface Detachment {
  /** The original, from its first to its last byte. */
  List<Part> parts();

  /** The sections of the data file, in order. */
  List<Moved> moved();

  /** Every section with bytes, and where it goes. */
  List<SectionChoice> choices();

  /** The bytes that stand for a {@link Part.Kind#REPLACE} part. */
  byte[] replacement(Part part);

  /** What follows the last part in the code object, up to the note; may be empty. */
  byte[] tail();

  /** Where that starts in the code object. */
  long tailOffset();
}
