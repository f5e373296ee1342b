package dev.calotype.split.elf;

import dev.calotype.split.ExportedSymbol;
import dev.calotype.split.object.Obstacles;
import dev.calotype.split.object.Patches;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/** Looks at what refers to the data of an object and leaves it to a dynamic loader. */
final class ElfNeeds {
  private static final int STB_GLOBAL = 1;
  private static final int STV_DEFAULT = 0;

  private final ElfObject object;
  private final ElfMachine machine;

  ElfNeeds(ElfObject object, ElfMachine machine) {
    this.object = object;
    this.machine = machine;
  }

  /** Finds the references that a loader could not bind. */
  void look(IntPredicate candidates, Obstacles obstacles) {
    ElfReference.forEachTable(
        object,
        candidates,
        _ -> false,
        references -> {
          for (ElfReference reference : references) {
            String why = reference.placeSection().isLoaded() ? why(reference) : "";
            if (!why.isEmpty()) {
              obstacles.add(
                  reference.moved(), reference.placeSection().name(), reference.offset(), why);
            }
          }
        });
  }

  private String why(ElfReference reference) {
    boolean isPointer =
        reference.type() == machine.address() && reference.placeSection().isWritable();
    if (!machine.isByTable(reference.type()) && !isPointer) {
      return "not by the global offset table (%s)".formatted(reference.typeName());
    }
    return object.symbolBinding(reference.symbol()) == STB_GLOBAL
            && object.symbolVisibility(reference.symbol()) == STV_DEFAULT
        ? ""
        : "a symbol that other files can't see";
  }

  /** Takes away what debug information says of the data. */
  void change(IntPredicate moving, Patches patches) {
    ElfReference.forEachTable(
        object,
        moving,
        _ -> false,
        references -> {
          for (ElfReference reference : references) {
            if (!reference.placeSection().isLoaded()) {
              patches.add(reference.entryAt() + 8, ElfWords.u64(ElfMachine.NONE, 0));
            }
          }
        });
  }

  /** The names that the data file has to export. */
  List<ExportedSymbol> exports(IntPredicate moving, IntFunction<String> names) {
    List<ExportedSymbol> exports = new ArrayList<>();
    for (long i = 1; i < object.symbolCount(); i++) {
      int section = object.symbolSection(i);
      if (section != 0
          && moving.test(section)
          && object.symbolBinding(i) == STB_GLOBAL
          && object.symbolVisibility(i) == STV_DEFAULT) {
        exports.add(
            new ExportedSymbol(
                object.symbolName(i),
                names.apply(section),
                object.symbolValue(i),
                object.symbolSize(i)));
      }
    }
    return exports;
  }
}
