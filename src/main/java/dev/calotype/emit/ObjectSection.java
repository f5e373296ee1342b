package dev.calotype.emit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A section of an object: content, symbols in it, relocations of it. What each kind is in each
 * format is in docs/object-writer.md.
 *
 * <p>Collects what it is given; not safe for use by several threads.
 */
public final class ObjectSection {
  /** What a section is for. */
  enum Kind {
    CODE,
    READ_ONLY,
    DATA,
    NO_BITS,
    NOTE
  }

  private final Kind kind;
  private final Optional<Payload> payload;
  private final long noBits;
  private final List<ObjectSymbol> symbols = new ArrayList<>();
  private final List<ObjectRelocation> relocations = new ArrayList<>();
  private Optional<String> name = Optional.empty();
  private long alignment;
  private boolean isRetained;
  private OptionalLong type = OptionalLong.empty();
  private OptionalLong flags = OptionalLong.empty();

  private ObjectSection(Kind kind, Optional<Payload> payload, long noBits, long alignment) {
    this.kind = kind;
    this.payload = payload;
    this.noBits = noBits;
    this.alignment = alignment;
  }

  /** Machine code, aligned to 16. */
  public static ObjectSection code(Payload content) {
    return new ObjectSection(Kind.CODE, Optional.of(content), 0, 16);
  }

  /** Data that nothing changes, not even relocations; aligned to 16. */
  public static ObjectSection readOnly(Payload content) {
    return new ObjectSection(Kind.READ_ONLY, Optional.of(content), 0, 16);
  }

  /** Data that can be written, aligned to 16. */
  public static ObjectSection data(Payload content) {
    return new ObjectSection(Kind.DATA, Optional.of(content), 0, 16);
  }

  /**
   * Zeros that can be written and take no room in a file, aligned to 16.
   *
   * @param size how many
   */
  public static ObjectSection noBits(long size) {
    if (size < 0) {
      throw new IllegalArgumentException("size " + size);
    }
    return new ObjectSection(Kind.NO_BITS, Optional.empty(), size, 16);
  }

  /**
   * A note that linkers keep, aligned to 8.
   *
   * @param name of the section, which is what it is found by in COFF and Mach-O
   * @param content header, owner and descriptor
   */
  public static ObjectSection note(String name, Payload content) {
    return new ObjectSection(Kind.NOTE, Optional.of(content), 0, 8).name(name).retained();
  }

  /**
   * Calls it so instead of by its kind; in Mach-O {@code segment,section}, or the section alone.
   */
  public ObjectSection name(String own) {
    name = Optional.of(own);
    return this;
  }

  /**
   * Aligns it.
   *
   * @param bytes a power of two: in ELF up to 2³¹, in Mach-O up to 32,768, in COFF up to 8192
   */
  public ObjectSection alignment(long bytes) {
    alignment = bytes;
    return this;
  }

  /** Keeps it though nobody refers to it, where the format can say so: ELF and Mach-O. */
  public ObjectSection retained() {
    isRetained = true;
    return this;
  }

  /**
   * Flags of the format's own instead of those of the kind.
   *
   * @param type {@code sh_type} in ELF; not used elsewhere
   * @param flags {@code sh_flags}, {@code Characteristics} without the alignment, or {@code flags}
   */
  public ObjectSection flags(long type, long flags) {
    this.type = OptionalLong.of(type);
    this.flags = OptionalLong.of(flags);
    return this;
  }

  /** Adds a symbol that is defined in this section. */
  public ObjectSection symbol(ObjectSymbol symbol) {
    symbols.add(symbol);
    return this;
  }

  /** {@link #relocation(long, RelocationKind, String, long)} with nothing added. */
  public ObjectSection relocation(long offset, RelocationKind relocation, String symbol) {
    return relocation(offset, relocation, symbol, 0);
  }

  /**
   * Adds a relocation.
   *
   * @param offset where the field starts in this section, in bytes
   * @param relocation what the linker puts there
   * @param symbol what it refers to, defined in this object or in another
   * @param addend what is added; for the operands of x86-64 0, or minus the size of what follows
   *     the operand in the instruction
   */
  public ObjectSection relocation(
      long offset, RelocationKind relocation, String symbol, long addend) {
    relocations.add(new ObjectRelocation(offset, Optional.of(relocation), 0, symbol, addend));
    return this;
  }

  /**
   * Adds a relocation of a type that only this target has.
   *
   * @param type {@code r_type} in ELF, {@code Type} in COFF, in Mach-O the upper byte of the
   *     relocation's second word
   * @param addend 0 but in ELF: the others have it in the content
   */
  public ObjectSection relocationOfType(long offset, int type, String symbol, long addend) {
    relocations.add(new ObjectRelocation(offset, Optional.empty(), type, symbol, addend));
    return this;
  }

  Kind kind() {
    return kind;
  }

  Optional<Payload> payload() {
    return payload;
  }

  /** The size of what has no bytes. */
  long noBits() {
    return noBits;
  }

  /** Its own name, if it has one. */
  Optional<String> name() {
    return name;
  }

  long alignment() {
    return alignment;
  }

  boolean isRetained() {
    return isRetained;
  }

  long type(long ofKind) {
    return type.orElse(ofKind);
  }

  long flags(long ofKind) {
    return flags.orElse(ofKind);
  }

  List<ObjectSymbol> symbols() {
    return Collections.unmodifiableList(symbols);
  }

  List<ObjectRelocation> relocations() {
    return Collections.unmodifiableList(relocations);
  }
}
