package dev.calotype.ji;

/**
 * One reason why a file is stale.
 *
 * @param code what was compared
 * @param expected what the caller, or the other half, asks for
 * @param actual what the file has; empty if it has nothing
 */
public record Cause(Code code, String expected, String actual) {
  /** What was compared. The ids are stable and only ever added to: see docs/data-file-format.md. */
  public enum Code {
    /** The content is not the content asked for. */
    DATA_ID("data-id"),
    /** The file was made for another target. */
    TARGET("target"),
    /** The file was made by another compiler, or by another version of it. */
    COMPILER("compiler"),
    /** The code object belongs to other data. */
    CODE_DATA_ID("code-data-id"),
    /** The code object's digest was never filled in. */
    UNSEALED("unsealed");

    private final String id;

    Code(String id) {
      this.id = id;
    }

    /** The stable name, as in JSON. */
    public String id() {
      return id;
    }
  }
}
