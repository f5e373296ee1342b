package dev.calotype.ji;

/**
 * A cell of code that is filled, when the code is loaded, with the address of a function from
 * elsewhere.
 *
 * @param name what is imported
 * @param type the function's type, {@code (PJ)I} for example: docs/code-note.md
 * @param address where the 8-byte cell is, as {@link SlotRun#address()}
 */
public record ImportCell(String name, String type, long address) {
  /** Checks name and type. */
  public ImportCell {
    CodeType.require(name, type);
  }

  ImportCell at(long place) {
    return new ImportCell(name, type, place);
  }
}
