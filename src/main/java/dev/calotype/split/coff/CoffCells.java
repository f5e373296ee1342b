package dev.calotype.split.coff;

import dev.calotype.split.object.AarchCode;
import dev.calotype.split.object.CellTable;
import dev.calotype.split.object.EntryTable;
import dev.calotype.split.object.Obstacles;
import dev.calotype.split.object.Patches;
import dev.calotype.split.object.X86Code;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/** Looks at what refers to the data of an object and makes it go through cells. */
final class CoffCells {
  private static final int AMD64_ADDR64 = 1;
  private static final int AMD64_REL32 = 4;

  private static final int ARM64_PAGEBASE_REL21 = 4;
  private static final int ARM64_PAGEOFFSET_12A = 6;
  private static final int ARM64_PAGEOFFSET_12L = 7;
  private static final int ARM64_ADDR64 = 14;

  private final CoffObject object;
  private final Obstacles obstacles;
  private final CellTable cells = new CellTable();

  CoffCells(CoffObject object, Obstacles obstacles) {
    this.object = object;
    this.obstacles = obstacles;
  }

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
   * @param cellSymbol the symbol of the first cell; the others follow
   */
  void change(IntPredicate moving, Patches patches, long cellSymbol, CoffRewrite rewrite) {
    Change change = new Change(patches, cellSymbol);
    scan(moving, change);
    change.tables.forEach(rewrite::relocations);
  }

  private interface Sink {
    void obstacle(CoffReference reference, String what);

    /** A reference with this type to a cell, the bytes it changes being these. */
    void toCell(CoffReference reference, long target, int type, int word);

    /** An instruction's opcode before a reference. */
    void opcode(CoffReference reference, byte opcode);

    void isCell(CoffReference reference, long target);

    void nothing(CoffReference reference);
  }

  private void scan(IntPredicate moved, Sink sink) {
    CoffReference.forEachTable(
        object,
        moved,
        references -> {
          int place = references.getFirst().place();
          if (object.has(place, CoffObject.DISCARDABLE | CoffObject.LINKER_ONLY)) {
            references.forEach(sink::nothing);
          } else if (object.has(place, CoffObject.CODE | CoffObject.EXECUTE)) {
            if (object.isArm()) {
              arm(references, sink);
            } else {
              references.forEach(reference -> amd(reference, sink));
            }
          } else {
            references.forEach(reference -> data(reference, sink));
          }
        });
  }

  private void data(CoffReference reference, Sink sink) {
    int address = object.isArm() ? ARM64_ADDR64 : AMD64_ADDR64;
    int place = reference.place();
    long bits = object.characteristics(place) >>> 20 & 15;
    boolean isData =
        object.has(place, CoffObject.WRITE)
            && !object.isShared(place)
            && !object.name(place).startsWith(".tls")
            && (bits == 0 || bits > 3);
    if (isData && reference.type() == address && reference.has(0, CellTable.CELL)) {
      sink.isCell(reference, reference.value() + reference.u64());
    } else {
      sink.obstacle(
          reference, "relocation type %d where it can't be a cell".formatted(reference.type()));
    }
  }

  private static void amd(CoffReference reference, Sink sink) {
    boolean isLea =
        reference.type() == AMD64_REL32
            && reference.has(3, 4)
            && X86Code.isLea(reference.u8(-3), reference.u8(-2), reference.u8(-1));
    if (!isLea) {
      sink.obstacle(
          reference,
          "an instruction uses the data itself (relocation type %d)".formatted(reference.type()));
    } else if (reference.offset() >= 6 && reference.u8(-6) == X86Code.EVEX) {
      sink.obstacle(reference, "an instruction that may be another than lea (0x62 before it)");
    } else {
      sink.opcode(reference, X86Code.MOV);
      sink.toCell(reference, reference.value() + reference.u32(), AMD64_REL32, 0);
    }
  }

  private static void arm(List<CoffReference> references, Sink sink) {
    Map<Key, Pair> pairs = new LinkedHashMap<>();
    Map<Integer, Key> pages = new HashMap<>();
    for (CoffReference reference : references) {
      int word = reference.has(0, 4) ? reference.u32() : 0;
      if (reference.type() == ARM64_PAGEBASE_REL21 && AarchCode.isAdrp(word)) {
        Key key = new Key(reference.moved(), reference.value() + AarchCode.adrpImmediate(word));
        pairs.computeIfAbsent(key, _ -> new Pair()).pages.add(reference);
        pages.put(AarchCode.destination(word), key);
      } else {
        Key key = new Key(reference.moved(), reference.value() + AarchCode.addImmediate(word));
        boolean isAdd =
            reference.type() == ARM64_PAGEOFFSET_12A
                && AarchCode.isAdd(word)
                && key.equals(pages.get(AarchCode.source(word)));
        Pair pair = pairs.computeIfAbsent(key, _ -> new Pair());
        (isAdd ? pair.adds : pair.others).add(reference);
      }
    }
    pairs.forEach((key, pair) -> {
      if (!pair.pages.isEmpty() && !pair.adds.isEmpty() && pair.others.isEmpty()) {
        for (CoffReference page : pair.pages) {
          sink.toCell(page, key.target, ARM64_PAGEBASE_REL21, AarchCode.adrpWithout(page.u32()));
        }
        for (CoffReference add : pair.adds) {
          sink.toCell(add, key.target, ARM64_PAGEOFFSET_12L, AarchCode.load(add.u32()));
        }
      } else {
        List<CoffReference> all = new ArrayList<>(pair.others);
        all.addAll(pair.pages);
        all.addAll(pair.adds);
        for (CoffReference reference : all) {
          sink.obstacle(
              reference,
              "no adrp and add that can become adrp and ldr (relocation type %d)"
                  .formatted(reference.type()));
        }
      }
    });
  }

  private record Key(int moved, long target) {}

  private static final class Pair {
    final List<CoffReference> pages = new ArrayList<>();
    final List<CoffReference> adds = new ArrayList<>();
    final List<CoffReference> others = new ArrayList<>();
  }

  private final class Look implements Sink {
    @Override
    public void obstacle(CoffReference reference, String what) {
      obstacles.add(reference.moved(), object.name(reference.place()), reference.offset(), what);
    }

    @Override
    public void toCell(CoffReference reference, long target, int type, int word) {
      if (isInside(reference, target)) {
        cells.need(reference.moved(), target);
      }
    }

    @Override
    public void opcode(CoffReference reference, byte opcode) {}

    @Override
    public void isCell(CoffReference reference, long target) {
      if (reference.offset() % CellTable.CELL != 0) {
        obstacle(reference, "a pointer that is not aligned to 8");
      } else if (isInside(reference, target)) {
        cells.at(reference.place(), reference.offset(), reference.moved(), target);
      }
    }

    private boolean isInside(CoffReference reference, long target) {
      if (target < 0 || target > object.rawSize(reference.moved())) {
        obstacle(reference, "an address outside of the data (%d)".formatted(target));
        return false;
      }
      return true;
    }

    @Override
    public void nothing(CoffReference reference) {}
  }

  private final class Change implements Sink {
    private final Patches patches;
    private final long cellSymbol;
    private final Map<Integer, EntryTable> tables = new TreeMap<>();

    Change(Patches patches, long cellSymbol) {
      this.patches = patches;
      this.cellSymbol = cellSymbol;
    }

    @Override
    public void obstacle(CoffReference reference, String what) {
      throw new IllegalStateException(what);
    }

    @Override
    public void toCell(CoffReference reference, long target, int type, int word) {
      entry(reference, cellSymbol + cells.index(reference.moved(), target), type);
      patches.add(reference.fileAt(), little(4).putInt(word).array());
    }

    @Override
    public void opcode(CoffReference reference, byte opcode) {
      patches.add(reference.fileAt() - 2, new byte[] {opcode});
    }

    @Override
    public void isCell(CoffReference reference, long target) {
      nothing(reference);
      patches.add(reference.fileAt(), new byte[CellTable.CELL]);
    }

    @Override
    public void nothing(CoffReference reference) {
      table(reference).remove(index(reference));
    }

    private void entry(CoffReference reference, long symbol, int type) {
      byte[] fields = little(6).putInt((int) symbol).putShort((short) type).array();
      table(reference).change(index(reference), 4, fields);
    }

    private EntryTable table(CoffReference reference) {
      return tables.computeIfAbsent(
          reference.place(),
          place -> new EntryTable(object.relocationBytes(place), CoffObject.RELOCATION_SIZE));
    }

    private long index(CoffReference reference) {
      long start = object.relocations(reference.place()).at();
      return (reference.entryAt() - start) / CoffObject.RELOCATION_SIZE;
    }

    private static ByteBuffer little(int size) {
      return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
