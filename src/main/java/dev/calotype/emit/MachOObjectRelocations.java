package dev.calotype.emit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Relocations as Mach-O has them ({@code mach-o/reloc.h}, {@code mach-o/x86_64/reloc.h}, {@code
 * mach-o/arm64/reloc.h}).
 */
final class MachOObjectRelocations {
  /** Bits of the upper byte: counts from the field, is of a symbol; then size and type. */
  private static final int PC_RELATIVE = 1;

  private static final int EXTERN = 8;
  private static final int BYTES_4 = 2 << 1;
  private static final int BYTES_8 = 3 << 1;

  private static final int ARM64_ADDEND = 10;
  private static final int MOST_ADDEND = 1 << 23;

  private final ObjectTarget target;
  private final ObjectSymbols symbols;
  private final int section;
  private final List<Entry> entries = new ArrayList<>();
  private final List<FieldPatch> patches = new ArrayList<>();

  private MachOObjectRelocations(ObjectTarget target, ObjectSymbols symbols, int section) {
    this.target = target;
    this.symbols = symbols;
    this.section = section;
  }

  /**
   * One {@code relocation_info}.
   *
   * @param symbol what it refers to; empty if {@code addend} takes its field
   * @param info the upper byte of its second word
   */
  record Entry(long offset, String symbol, long addend, int info) {}

  /** The relocations of a section in the order of their offsets. */
  static MachOObjectRelocations of(
      PlacedSection section, ObjectTarget target, ObjectSymbols symbols) {
    MachOObjectRelocations made = new MachOObjectRelocations(target, symbols, section.number());
    section.section().relocations().stream()
        .sorted(Comparator.comparingLong(ObjectRelocation::offset))
        .forEach(made::add);
    return made;
  }

  List<Entry> entries() {
    return entries;
  }

  /** The addends, which are in the content. */
  List<FieldPatch> patches() {
    return patches;
  }

  private void add(ObjectRelocation one) {
    if (one.offset() > Integer.MAX_VALUE) {
      throw one.refused(target, "an offset has 31 bits here");
    }
    if (one.kind().isEmpty()) {
      one.requireNoAddend(target);
      entries.add(new Entry(one.offset(), one.symbol(), 0, one.type()));
      return;
    }
    switch (one.wanted()) {
      case ABS64 -> field(one, 0, BYTES_8);
      case PC64, PLACE -> difference(one, BYTES_8);
      case PC32 -> difference(one, BYTES_4);
      default -> {
        if (target == ObjectTarget.X86_64_MACOS) {
          x86(one);
        } else {
          aarch64(one);
        }
      }
    }
  }

  private void x86(ObjectRelocation one) {
    switch (one.wanted()) {
      case RIP -> field(one, 1, BYTES_4 | PC_RELATIVE);
      case CALL -> field(one, 2, BYTES_4 | PC_RELATIVE);
      case GOT_RIP -> {
        one.requireNoAddend(target);
        field(one, 3, BYTES_4 | PC_RELATIVE);
      }
      default -> throw one.unknown(target);
    }
  }

  private void aarch64(ObjectRelocation one) {
    switch (one.wanted()) {
      case CALL -> instruction(one, 2, PC_RELATIVE);
      case PAGE -> instruction(one, 3, PC_RELATIVE);
      case PAGE_ADD, PAGE_LOAD -> instruction(one, 4, 0);
      case GOT_PAGE -> {
        one.requireNoAddend(target);
        instruction(one, 5, PC_RELATIVE);
      }
      case GOT_LOAD -> {
        one.requireNoAddend(target);
        instruction(one, 6, 0);
      }
      default -> throw one.unknown(target);
    }
  }

  private void field(ObjectRelocation one, int type, int bits) {
    add(one.offset(), one.symbol(), type, bits);
    patch(one, bits);
  }

  /** The subtrahend comes first: a symbol at the field. */
  private void difference(ObjectRelocation one, int bits) {
    int subtractor = target == ObjectTarget.X86_64_MACOS ? 5 : 1;
    add(one.offset(), symbols.label(section, one.offset()), subtractor, bits);
    field(one, 0, bits);
  }

  /** An addend of an instruction comes before it, as its fields have no room. */
  private void instruction(ObjectRelocation one, int type, int bits) {
    if (one.addend() < -MOST_ADDEND || one.addend() >= MOST_ADDEND) {
      throw one.refused(target, "addend %d has more than 24 bits".formatted(one.addend()));
    }
    if (one.addend() != 0) {
      entries.add(new Entry(one.offset(), "", one.addend(), ARM64_ADDEND << 4 | BYTES_4));
    }
    add(one.offset(), one.symbol(), type, bits | BYTES_4);
  }

  private void add(long offset, String symbol, int type, int bits) {
    entries.add(new Entry(offset, symbol, 0, type << 4 | bits | EXTERN));
  }

  private void patch(ObjectRelocation one, int bits) {
    int width = (bits & BYTES_8) == BYTES_8 ? 8 : 4;
    if (width == 4 && one.addend() != (int) one.addend()) {
      throw one.refused(target, "addend %d does not fit".formatted(one.addend()));
    }
    patches.add(new FieldPatch(one.offset(), width, one.addend()));
  }
}
