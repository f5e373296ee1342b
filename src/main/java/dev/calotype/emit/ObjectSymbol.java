package dev.calotype.emit;

/**
 * A name for a place. Immutable; the {@code with} methods give changed copies. Where it is says who
 * adds it: {@link ObjectSection#symbol}, {@link ObjectWriter#absolute}, {@link
 * ObjectWriter#undefined}.
 */
public final class ObjectSymbol {
  /** Who sees a symbol. */
  public enum Binding {
    /** Nobody but its object. */
    LOCAL,
    /** Every object that it is linked with. */
    GLOBAL,
    /** The same, and a global one takes precedence; undefined, it may stay so and is 0 then. */
    WEAK
  }

  private final String name;
  private final long value;
  private final long size;
  private final Binding binding;
  private final boolean isFunction;
  private final boolean isHidden;

  private ObjectSymbol(
      String name, long value, long size, Binding binding, boolean isFunction, boolean isHidden) {
    this.name = name;
    this.value = value;
    this.size = size;
    this.binding = binding;
    this.isFunction = isFunction;
    this.isHidden = isHidden;
  }

  /**
   * A global function.
   *
   * @param name as C has it
   * @param offset where it starts in its section, in bytes
   * @param size its size in bytes, 0 if not known; only ELF has it
   */
  public static ObjectSymbol function(String name, long offset, long size) {
    return new ObjectSymbol(name, offset, size, Binding.GLOBAL, true, false);
  }

  /** Global data; see {@link #function} for the rest. */
  public static ObjectSymbol data(String name, long offset, long size) {
    return new ObjectSymbol(name, offset, size, Binding.GLOBAL, false, false);
  }

  /** The same, seen as {@code binding} says. */
  public ObjectSymbol withBinding(Binding binding) {
    return new ObjectSymbol(name, value, size, binding, isFunction, isHidden);
  }

  /** The same, seen by its object alone. */
  public ObjectSymbol local() {
    return withBinding(Binding.LOCAL);
  }

  /** The same, for others to override. */
  public ObjectSymbol weak() {
    return withBinding(Binding.WEAK);
  }

  /** The same, seen by what it is linked with and by nobody after that. COFF has only such. */
  public ObjectSymbol hidden() {
    return new ObjectSymbol(name, value, size, binding, isFunction, true);
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Where it is: in its section, or absolute. */
  public long value() {
    return value;
  }

  /** Its size in bytes, 0 if not known. */
  public long size() {
    return size;
  }

  /** Who sees it. */
  public Binding binding() {
    return binding;
  }

  /** Whether it is code. */
  public boolean isFunction() {
    return isFunction;
  }

  /** Whether the linker makes it local in what it links. */
  public boolean isHidden() {
    return isHidden;
  }

  boolean isLocal() {
    return binding == Binding.LOCAL;
  }

  boolean isWeak() {
    return binding == Binding.WEAK;
  }
}
