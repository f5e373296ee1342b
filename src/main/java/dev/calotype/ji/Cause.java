package dev.calotype.ji;

/**
 * One reason why a file is stale.
 *
 * @param code what was compared
 * @param subject which one of several: an option's or variable's name, an input's path, the name of
 *     a caller's own check; empty where there is one only
 * @param expected what the caller, or the other half, asks for; empty if nothing
 * @param actual what there is; empty if there is nothing
 */
public record Cause(Code code, String subject, String expected, String actual) {
  /** A cause of which there is one only. */
  public Cause(Code code, String expected, String actual) {
    this(code, "", expected, actual);
  }

  /** The stable name, as in JSON: the code's, or for a caller's own check its name after it. */
  public String id() {
    return code == Code.OWN ? code.id() + ":" + subject : code.id();
  }

  /** What was compared. The ids are stable and only ever added to: see docs/validity.md. */
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
    UNSEALED("unsealed"),
    /** The id in the file's name is not that of its content. */
    NAME_ID("name-id"),
    /** The file is of another module. */
    MODULE("module"),
    /** An option has another value. */
    OPTION_VALUE("option-value"),
    /** An option that is asked for is not recorded. */
    OPTION_MISSING("option-missing"),
    /** An option that is recorded is not among those asked for. */
    OPTION_UNEXPECTED("option-unexpected"),
    /** The host lacks a CPU feature that is needed. */
    FEATURE("feature"),
    /** The host's pages are larger than those that the code was laid out for. */
    PAGE_SIZE("page-size"),
    /** Data that this data refers to is other data now. */
    UPSTREAM_ID("upstream-id"),
    /** Data that is asked for is not recorded as referred to. */
    UPSTREAM_MISSING("upstream-missing"),
    /** Data that is referred to is not among that asked for. */
    UPSTREAM_UNEXPECTED("upstream-unexpected"),
    /** An environment variable has another value. */
    VARIABLE_VALUE("variable-value"),
    /** An environment variable that is asked for is not recorded. */
    VARIABLE_MISSING("variable-missing"),
    /** An environment variable that is recorded is not among those asked for. */
    VARIABLE_UNEXPECTED("variable-unexpected"),
    /** An input that is asked for is not recorded. */
    INPUT_UNRECORDED("input-unrecorded"),
    /** An input that is recorded is not among those asked for. */
    INPUT_UNEXPECTED("input-unexpected"),
    /** An input lies under a root of which the caller says no place. */
    ROOT_UNKNOWN("root-unknown"),
    /** An input is gone. */
    INPUT_MISSING("input-missing"),
    /** Where nothing was, there is something now. */
    INPUT_APPEARED("input-appeared"),
    /** An input is a folder instead of a file, or the other way round, or neither. */
    INPUT_KIND("input-kind"),
    /** An input has another size. */
    INPUT_SIZE("input-size"),
    /** An input has other content: a file's bytes, a folder's names. */
    INPUT_CONTENT("input-content"),
    /** An input is there and can't be read. */
    INPUT_UNREADABLE("input-unreadable"),
    /** Code imports a function that nobody offers. */
    IMPORT_UNBOUND("import-unbound"),
    /** Code imports a function that is of another type. */
    IMPORT_TYPE("import-type"),
    /** Code is connected to a part of the data that is not there, or does not fit. */
    DATA_SECTION("data-section"),
    /** A file is no shared library. */
    FILE_TYPE("file-type"),
    /** A library was made for another C library than the host's. */
    LIBC("libc"),
    /** A library that is needed is not there, or not for this host. */
    LIBRARY("library"),
    /** A library that is needed lacks a version of its symbols. */
    SYMBOL_VERSION("symbol-version"),
    /** No library has a symbol that is needed at once. */
    SYMBOL("symbol"),
    /** Nothing may be executed from where the file is. */
    NOEXEC("noexec"),
    /** A caller's own check says so. */
    OWN("own");

    private final String id;

    Code(String id) {
      this.id = id;
    }

    /** The stable name. */
    public String id() {
      return id;
    }
  }
}
