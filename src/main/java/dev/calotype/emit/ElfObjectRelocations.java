package dev.calotype.emit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Relocations as ELF has them (psABIs of x86-64, AArch64, RISC-V and s390x, "Relocation Types").
 */
final class ElfObjectRelocations {
  private final ObjectTarget target;
  private final ObjectSymbols symbols;
  private final int section;
  private final List<Entry> entries = new ArrayList<>();

  /** Where the instruction with the upper part is, by what it refers to. */
  private final Map<High, Long> highs = new HashMap<>();

  private ElfObjectRelocations(ObjectTarget target, ObjectSymbols symbols, int section) {
    this.target = target;
    this.symbols = symbols;
    this.section = section;
  }

  /** One {@code Elf64_Rela}. */
  record Entry(long offset, int type, String symbol, long addend) {}

  private record High(String symbol, long addend, boolean isOffsetTable) {}

  /** The relocations of a section in the order of their offsets. */
  static List<Entry> of(PlacedSection section, ObjectTarget target, ObjectSymbols symbols) {
    ElfObjectRelocations made = new ElfObjectRelocations(target, symbols, section.number());
    section.section().relocations().stream()
        .sorted(Comparator.comparingLong(ObjectRelocation::offset))
        .forEach(made::add);
    return made.entries;
  }

  private void add(ObjectRelocation one) {
    if (one.kind().isEmpty()) {
      add(one, one.type());
      return;
    }
    switch (target) {
      case X86_64_LINUX -> x86(one);
      case AARCH64_LINUX -> add(one, aarch64(one));
      case RISCV64_LINUX -> riscv(one);
      default -> add(one, s390x(one));
    }
  }

  private void x86(ObjectRelocation one) {
    switch (one.wanted()) {
      case ABS64 -> add(one, 1);
      case ABS32 -> add(one, 10);
      case PC64, PLACE -> add(one, 24);
      case PC32 -> add(one, 2);
      // The processor counts from behind the field, the linker from its start.
      case RIP -> add(one, 2, one.addend() - 4);
      case CALL -> add(one, 4, one.addend() - 4);
      case GOT_RIP -> add(one, 9, one.addend() - 4);
      default -> throw one.unknown(target);
    }
  }

  private int aarch64(ObjectRelocation one) {
    return switch (one.wanted()) {
      case ABS64 -> 257;
      case ABS32 -> 258;
      case PC64, PLACE -> 260;
      case PC32 -> 261;
      case CALL -> 283;
      case PAGE -> 275;
      case PAGE_ADD -> 277;
      case PAGE_LOAD -> 286;
      case GOT_PAGE -> 311;
      case GOT_LOAD -> 312;
      default -> throw one.unknown(target);
    };
  }

  private int s390x(ObjectRelocation one) {
    return switch (one.wanted()) {
      case ABS64 -> 22;
      case ABS32 -> 4;
      case PC64, PLACE -> 23;
      case PC32 -> 5;
      default -> throw one.unknown(target);
    };
  }

  private void riscv(ObjectRelocation one) {
    switch (one.wanted()) {
      case ABS64 -> add(one, 2);
      case ABS32 -> add(one, 1);
      case PC64, PLACE -> difference(one, 36, 40);
      case PC32 -> difference(one, 35, 39);
      case CALL -> add(one, 19);
      case PAGE -> high(one, 23, false);
      case GOT_PAGE -> high(one, 20, true);
      case PAGE_ADD, PAGE_LOAD -> low(one, false);
      case GOT_LOAD -> low(one, true);
      default -> throw one.unknown(target);
    }
  }

  /** Adds the symbol to a field of zeros and subtracts the field's address. */
  private void difference(ObjectRelocation one, int addition, int subtraction) {
    add(one, addition);
    String place = symbols.label(section, one.offset());
    entries.add(new Entry(one.offset(), subtraction, place, 0));
  }

  private void high(ObjectRelocation one, int type, boolean isOffsetTable) {
    add(one, type);
    highs.put(new High(one.symbol(), one.addend(), isOffsetTable), one.offset());
  }

  /** The lower part refers to the instruction that has the upper one. */
  private void low(ObjectRelocation one, boolean isOffsetTable) {
    Long high = highs.get(new High(one.symbol(), one.addend(), isOffsetTable));
    if (high == null) {
      throw one.refused(target, "no upper part of the same comes before it");
    }
    entries.add(new Entry(one.offset(), 24, symbols.label(section, high), 0));
  }

  private void add(ObjectRelocation one, int type) {
    add(one, type, one.addend());
  }

  private void add(ObjectRelocation one, int type, long addend) {
    entries.add(new Entry(one.offset(), type, one.symbol(), addend));
  }
}
