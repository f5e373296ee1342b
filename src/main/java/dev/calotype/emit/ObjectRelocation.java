package dev.calotype.emit;

import dev.calotype.RefusedException;
import java.util.Optional;

/**
 * A relocation as it was asked for.
 *
 * @param offset where the field is in its section
 * @param kind what is wanted; empty if {@code type} says it
 * @param type the format's own number
 * @param symbol the name of what it refers to
 * @param addend what is added
 */
record ObjectRelocation(
    long offset, Optional<RelocationKind> kind, int type, String symbol, long addend) {

  /** How many bytes from {@code offset} have to be in the section. */
  int width() {
    return kind.map(RelocationKind::width).orElse(1);
  }

  /** What is wanted, where it was no number. */
  RelocationKind wanted() {
    return kind.orElseThrow();
  }

  RefusedException refused(ObjectTarget target, String why) {
    return new RefusedException(
        target.triple(),
        "relocation %s to %s at offset %d: %s"
            .formatted(kind.map(Enum::name).orElse("of type " + type), symbol, offset, why));
  }

  /** The error for a kind that the target has not. */
  RefusedException unknown(ObjectTarget target) {
    return refused(target, "there is no such thing here");
  }

  /** Throws unless the addend is 0. */
  void requireNoAddend(ObjectTarget target) {
    if (addend != 0) {
      throw refused(target, "addend %d, and there is room for none".formatted(addend));
    }
  }
}
