package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Relocation;
import dev.calotype.image.Symbol;
import dev.calotype.image.SymbolTable;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One relocation.
 *
 * @param view the file, for errors
 * @param layout the class
 * @param machine {@code e_machine}
 * @param table the table's name, for errors
 * @param offset {@code r_offset}
 * @param typeNumber the type in {@code r_info}; of MIPS64 all three, the first one lowest
 * @param symbolIndex the symbol in {@code r_info}, 0 if there is none
 * @param addend {@code r_addend}
 * @param symbols what {@code symbolIndex} refers to
 */
record ElfRelocation(
    ByteView view,
    ElfLayout layout,
    int machine,
    String table,
    long offset,
    int typeNumber,
    long symbolIndex,
    OptionalLong addend,
    SymbolTable symbols)
    implements Relocation {

  @Override
  public String type() {
    return ElfRelocationTypes.name(machine, layout, typeNumber);
  }

  @Override
  public Optional<Symbol> symbol() {
    if (symbolIndex == 0) {
      return Optional.empty();
    }
    if (symbolIndex >= symbols.count()) {
      throw view.malformed(
          table, 0, "symbol " + symbolIndex, "one below %d".formatted(symbols.count()));
    }
    return Optional.of(symbols.get(symbolIndex));
  }
}
