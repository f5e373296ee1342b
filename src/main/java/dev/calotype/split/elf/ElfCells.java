package dev.calotype.split.elf;

import dev.calotype.image.elf.Elf;
import dev.calotype.image.elf.ElfSection;
import dev.calotype.split.object.CellTable;
import dev.calotype.split.object.Obstacles;
import dev.calotype.split.object.Patches;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Looks at what refers to the data of an object and makes it go through cells. */
final class ElfCells {
  private final ElfObject object;
  private final ElfMachine machine;
  private final Obstacles obstacles;
  private final CellTable cells = new CellTable();

  ElfCells(ElfObject object, ElfMachine machine, Obstacles obstacles) {
    this.object = object;
    this.machine = machine;
    this.obstacles = obstacles;
  }

  /** The cells that are needed. */
  CellTable cells() {
    return cells;
  }

  /** Finds the cells that are needed, and the references that are in the way. */
  void look(IntPredicate candidates) {
    scan(candidates, new Look());
  }

  /**
   * Changes the references.
   *
   * @param cellSymbol the symbol at the first cell
   */
  void change(IntPredicate moving, Patches patches, long cellSymbol) {
    scan(moving, new Change(patches, cellSymbol));
  }

  /** What else becomes of references, outside of code. */
  private interface Sink extends ElfMachine.Sink {
    /** One that is itself a cell. */
    void isCell(ElfReference reference);

    /** One that becomes nothing. */
    void nothing(ElfReference reference);
  }

  private void scan(IntPredicate moved, Sink sink) {
    ElfReference.forEachTable(
        object, moved, machine::completes, references -> table(references, sink));
  }

  private void table(List<ElfReference> all, Sink sink) {
    ElfSection place = all.getFirst().placeSection();
    if (place.isExecutable() && place.isLoaded()) {
      List<ElfReference> settled = new ArrayList<>();
      for (ElfReference reference : all) {
        if (reference.moved() != 0 && reference.isWeak()) {
          sink.obstacle(reference, "a weak symbol");
        } else {
          settled.add(reference);
        }
      }
      machine.toCells(settled, sink);
      return;
    }
    for (ElfReference reference : all) {
      if (reference.moved() == 0) {
        continue;
      }
      if (!place.isLoaded()) {
        sink.nothing(reference);
      } else if (isData(place)
          && reference.type() == machine.address()
          && reference.has(0, CellTable.CELL)
          && !reference.isWeak()) {
        sink.isCell(reference);
      } else {
        sink.obstacle(reference, "%s where it can't be a cell".formatted(reference.typeName()));
      }
    }
  }

  private static boolean isData(ElfSection place) {
    long shared = Elf.SHF_TLS | Elf.SHF_GROUP | Elf.SHF_COMPRESSED;
    return place.isWritable()
        && place.typeNumber() == Elf.SHT_PROGBITS
        && (place.flags() & shared) == 0
        && place.alignment() % CellTable.CELL == 0;
  }

  private final class Look implements Sink {
    @Override
    public void obstacle(ElfReference reference, String what) {
      obstacles.add(reference.moved(), reference.placeSection().name(), reference.offset(), what);
    }

    @Override
    public void toCell(ElfReference reference, long target, int type, long addend) {
      if (isInside(reference, target)) {
        cells.need(reference.moved(), target);
      }
    }

    @Override
    public void instruction(int moved, long fileAt, byte[] bytes) {}

    @Override
    public void isCell(ElfReference reference) {
      if (reference.offset() % CellTable.CELL != 0) {
        obstacle(reference, "a pointer that is not aligned to 8");
      } else if (isInside(reference, reference.target())) {
        cells.at(reference.place(), reference.offset(), reference.moved(), reference.target());
      }
    }

    private boolean isInside(ElfReference reference, long target) {
      long size = object.sections().get(reference.moved()).size();
      if (target < 0 || target > size) {
        obstacle(reference, "an address outside of the data (%d)".formatted(target));
        return false;
      }
      return true;
    }

    @Override
    public void nothing(ElfReference reference) {}
  }

  private final class Change implements Sink {
    private final Patches patches;
    private final long cellSymbol;

    Change(Patches patches, long cellSymbol) {
      this.patches = patches;
      this.cellSymbol = cellSymbol;
    }

    @Override
    public void obstacle(ElfReference reference, String what) {
      throw new IllegalStateException(what);
    }

    @Override
    public void toCell(ElfReference reference, long target, int type, long addend) {
      long cell = cells.index(reference.moved(), target) * (long) CellTable.CELL;
      entry(reference, cellSymbol, type, cell + addend);
    }

    @Override
    public void instruction(int moved, long fileAt, byte[] bytes) {
      patches.add(fileAt, bytes);
    }

    @Override
    public void isCell(ElfReference reference) {
      nothing(reference);
    }

    @Override
    public void nothing(ElfReference reference) {
      entry(reference, 0, ElfMachine.NONE, 0);
    }

    private void entry(ElfReference reference, long symbol, int type, long addend) {
      patches.add(reference.entryAt() + 8, ElfWords.u64(symbol << 32 | type, addend));
    }
  }
}
