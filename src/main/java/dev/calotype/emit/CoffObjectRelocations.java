package dev.calotype.emit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Relocations as COFF has them (PE/COFF, "COFF Relocations", "Type Indicators"). */
final class CoffObjectRelocations {
  private final ObjectTarget target;
  private final List<Entry> entries = new ArrayList<>();
  private final List<FieldPatch> patches = new ArrayList<>();

  private CoffObjectRelocations(ObjectTarget target) {
    this.target = target;
  }

  /** One {@code IMAGE_RELOCATION}. */
  record Entry(long offset, int type, String symbol) {}

  /** The relocations of a section in the order of their offsets. */
  static CoffObjectRelocations of(PlacedSection section, ObjectTarget target) {
    CoffObjectRelocations made = new CoffObjectRelocations(target);
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
    if (one.kind().isEmpty()) {
      one.requireNoAddend(target);
      entries.add(new Entry(one.offset(), one.type(), one.symbol()));
      return;
    }
    switch (target) {
      case AARCH64_WINDOWS -> aarch64(one);
      case I686_WINDOWS -> i386(one);
      default -> x86(one);
    }
  }

  private void x86(ObjectRelocation one) {
    switch (one.wanted()) {
      case ABS64 -> field(one, 1, 8, one.addend());
      case ABS32 -> field(one, 2, 4, one.addend());
      case IMAGE32, PLACE -> field(one, 3, 4, one.addend());
      case CALL, RIP -> field(one, 4, 4, one.addend());
      // The linker counts from behind the field.
      case PC32 -> field(one, 4, 4, one.addend() + 4);
      default -> throw one.unknown(target);
    }
  }

  private void i386(ObjectRelocation one) {
    switch (one.wanted()) {
      case ABS32 -> field(one, 6, 4, one.addend());
      case IMAGE32, PLACE -> field(one, 7, 4, one.addend());
      case CALL -> field(one, 0x14, 4, one.addend());
      case PC32 -> field(one, 0x14, 4, one.addend() + 4);
      default -> throw one.unknown(target);
    }
  }

  private void aarch64(ObjectRelocation one) {
    switch (one.wanted()) {
      case ABS64 -> field(one, 0xe, 8, one.addend());
      case ABS32 -> field(one, 1, 4, one.addend());
      case IMAGE32, PLACE -> field(one, 2, 4, one.addend());
      case PC32 -> field(one, 0x11, 4, one.addend() + 4);
      case CALL -> instruction(one, 3);
      case PAGE -> instruction(one, 4);
      case PAGE_ADD -> instruction(one, 6);
      case PAGE_LOAD -> instruction(one, 7);
      default -> throw one.unknown(target);
    }
  }

  private void field(ObjectRelocation one, int type, int width, long value) {
    if (width == 4 && value != (int) value) {
      throw one.refused(target, "addend %d does not fit".formatted(one.addend()));
    }
    entries.add(new Entry(one.offset(), type, one.symbol()));
    patches.add(new FieldPatch(one.offset(), width, value));
  }

  private void instruction(ObjectRelocation one, int type) {
    one.requireNoAddend(target);
    entries.add(new Entry(one.offset(), type, one.symbol()));
  }
}
