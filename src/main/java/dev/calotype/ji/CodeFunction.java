package dev.calotype.ji;

/**
 * A function that code offers.
 *
 * @param name its symbol, as C has it
 * @param type its type, {@code (PJ)I} for example: docs/code-note.md
 */
public record CodeFunction(String name, String type) {
  /** Checks name and type. */
  public CodeFunction {
    CodeType.require(name, type);
  }
}
