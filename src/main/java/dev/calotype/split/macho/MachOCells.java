package dev.calotype.split.macho;

import dev.calotype.split.object.AarchCode;
import dev.calotype.split.object.CellTable;
import dev.calotype.split.object.EntryTable;
import dev.calotype.split.object.Obstacles;
import dev.calotype.split.object.Patches;
import dev.calotype.split.object.X86Code;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/** Looks at what refers to the data of an object and makes it go through cells. */
final class MachOCells {
  private static final int UNSIGNED = 0;

  private static final int X86_64_SIGNED = 1;
  private static final int X86_64_GOT_LOAD = 3;
  private static final int X86_64_GOT = 4;

  private static final int ARM64_PAGE21 = 3;
  private static final int ARM64_PAGEOFF12 = 4;
  private static final int ARM64_GOT_LOAD_PAGE21 = 5;
  private static final int ARM64_GOT_LOAD_PAGEOFF12 = 6;

  private static final long CODE = 0x80000400L;
  private static final long DEBUG = 0x02000000L;
  private static final long TYPE = 0xff;

  private final MachOObject object;
  private final Obstacles obstacles;
  private final CellTable cells = new CellTable();

  MachOCells(MachOObject object, Obstacles obstacles) {
    this.object = object;
    this.obstacles = obstacles;
  }

  CellTable cells() {
    return cells;
  }

  /** Whether a section holds instructions. */
  static boolean isCode(MachOObject object, int section) {
    return (object.flags(section) & CODE) != 0;
  }

  /** Whether a section is for debuggers. */
  static boolean isDebug(MachOObject object, int section) {
    return (object.flags(section) & DEBUG) != 0;
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
  void change(IntPredicate moving, Patches patches, long cellSymbol, MachORewrite rewrite) {
    Change change = new Change(patches, cellSymbol);
    scan(moving, change);
    change.tables.forEach(rewrite::relocations);
  }

  private interface Sink {
    void obstacle(MachOReference reference, String what);

    /** A reference with this type to a cell, the bytes it changes being these. */
    void toCell(MachOReference reference, long target, int type, int word);

    /** An instruction's opcode before a reference. */
    void opcode(MachOReference reference, byte opcode);

    void isCell(MachOReference reference, long target);
  }

  private void scan(IntPredicate moved, Sink sink) {
    MachOReference.forEachTable(
        object,
        moved,
        references -> {
          int place = references.getFirst().place();
          if (isDebug(object, place)) {
            return; // Linkers leave it to debuggers, which look into the object that was compiled.
          }
          if (!isCode(object, place)) {
            references.forEach(reference -> data(reference, sink));
          } else if (object.isArm()) {
            arm(references, sink);
          } else {
            references.forEach(reference -> x86(reference, sink));
          }
        });
  }

  private void data(MachOReference reference, Sink sink) {
    int place = reference.place();
    boolean isData =
        object.segmentName(place).equals("__DATA")
            && (object.flags(place) & TYPE) == 0
            && object.alignment(place) >= 3;
    if (isData
        && reference.type() == UNSIGNED
        && !reference.isPaired()
        && reference.length() == CellTable.CELL
        && reference.has(0, CellTable.CELL)) {
      sink.isCell(reference, reference.target(reference.u64()));
    } else {
      sink.obstacle(
          reference, "relocation type %d where it can't be a cell".formatted(reference.type()));
    }
  }

  private static void x86(MachOReference reference, Sink sink) {
    boolean isWord = reference.length() == 4 && reference.has(3, 4);
    boolean isByTable = reference.type() == X86_64_GOT_LOAD || reference.type() == X86_64_GOT;
    if (isWord && isByTable && reference.u32() == 0) {
      sink.toCell(reference, reference.target(0), X86_64_SIGNED, 0);
      return;
    }
    boolean isLea =
        isWord
            && reference.type() == X86_64_SIGNED
            && X86Code.isLea(reference.u8(-3), reference.u8(-2), reference.u8(-1));
    if (!isLea) {
      sink.obstacle(
          reference,
          "an instruction uses the data itself (relocation type %d)".formatted(reference.type()));
    } else if (reference.offset() >= 6 && reference.u8(-6) == X86Code.EVEX) {
      sink.obstacle(reference, "an instruction that may be another than lea (0x62 before it)");
    } else {
      // Without a symbol, the distance as if the object were loaded where it says.
      long base = reference.symbol() >= 0 ? 0 : reference.address() + 4;
      sink.opcode(reference, X86Code.MOV);
      sink.toCell(reference, reference.target(base + reference.u32()), X86_64_SIGNED, 0);
    }
  }

  private static void arm(List<MachOReference> all, Sink sink) {
    List<MachOReference> references = new ArrayList<>(all);
    references.sort(Comparator.comparingLong(MachOReference::offset));
    Map<Key, Pair> pairs = new LinkedHashMap<>();
    Map<Integer, Key> pages = new HashMap<>();
    for (MachOReference reference : references) {
      int type = reference.type();
      int word = reference.has(0, 4) ? reference.u32() : 0;
      Key key = new Key(reference.moved(), reference.target(reference.addend()));
      boolean isTable = type == ARM64_GOT_LOAD_PAGE21 || type == ARM64_GOT_LOAD_PAGEOFF12;
      if (isTable && !reference.hasAddend()) {
        sink.toCell(
            reference,
            key.target,
            type == ARM64_GOT_LOAD_PAGE21 ? ARM64_PAGE21 : ARM64_PAGEOFF12,
            word);
        continue;
      }
      Pair pair = pairs.computeIfAbsent(key, _ -> new Pair());
      if (type == ARM64_PAGE21 && AarchCode.isAdrp(word)) {
        pair.pages.add(reference);
        pages.put(AarchCode.destination(word), key);
      } else if (type == ARM64_PAGEOFF12
          && AarchCode.isAdd(word)
          && key.equals(pages.get(AarchCode.source(word)))) {
        pair.adds.add(reference);
      } else {
        pair.others.add(reference);
      }
    }
    pairs.forEach((key, pair) -> finish(key, pair, sink));
  }

  private static void finish(Key key, Pair pair, Sink sink) {
    if (!pair.pages.isEmpty() && !pair.adds.isEmpty() && pair.others.isEmpty()) {
      for (MachOReference page : pair.pages) {
        sink.toCell(page, key.target, ARM64_PAGE21, page.u32());
      }
      for (MachOReference add : pair.adds) {
        sink.toCell(add, key.target, ARM64_PAGEOFF12, AarchCode.load(add.u32()));
      }
      return;
    }
    List<MachOReference> all = new ArrayList<>(pair.others);
    all.addAll(pair.pages);
    all.addAll(pair.adds);
    for (MachOReference reference : all) {
      sink.obstacle(
          reference,
          "no adrp and add that can become adrp and ldr (relocation type %d)"
              .formatted(reference.type()));
    }
  }

  private record Key(int moved, long target) {}

  private static final class Pair {
    final List<MachOReference> pages = new ArrayList<>();
    final List<MachOReference> adds = new ArrayList<>();
    final List<MachOReference> others = new ArrayList<>();
  }

  private final class Look implements Sink {
    @Override
    public void obstacle(MachOReference reference, String what) {
      obstacles.add(reference.moved(), object.name(reference.place()), reference.offset(), what);
    }

    @Override
    public void toCell(MachOReference reference, long target, int type, int word) {
      if (isInside(reference, target)) {
        cells.need(reference.moved(), target);
      }
    }

    @Override
    public void opcode(MachOReference reference, byte opcode) {}

    @Override
    public void isCell(MachOReference reference, long target) {
      if (reference.offset() % CellTable.CELL != 0) {
        obstacle(reference, "a pointer that is not aligned to 8");
      } else if (isInside(reference, target)) {
        cells.at(reference.place(), reference.offset(), reference.moved(), target);
      }
    }

    private boolean isInside(MachOReference reference, long target) {
      if (target < 0 || target > object.size(reference.moved())) {
        obstacle(reference, "an address outside of the data (%d)".formatted(target));
        return false;
      }
      return true;
    }
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
    public void obstacle(MachOReference reference, String what) {
      throw new IllegalStateException(what);
    }

    @Override
    public void toCell(MachOReference reference, long target, int type, int word) {
      long symbol = cellSymbol + cells.index(reference.moved(), target);
      long kept = reference.word() & 0x07000000; // Length, and whether it is a distance.
      EntryTable table = table(reference);
      table.change(
          reference.index(),
          4,
          word((int) (symbol | kept | MachORewrite.EXTERNAL | (long) type << 28)));
      if (reference.hasAddend()) {
        table.remove(reference.index() - 1);
      }
      patches.add(reference.fileAt(), word(word));
    }

    @Override
    public void opcode(MachOReference reference, byte opcode) {
      patches.add(reference.fileAt() - 2, new byte[] {opcode});
    }

    @Override
    public void isCell(MachOReference reference, long target) {
      table(reference).remove(reference.index());
      patches.add(reference.fileAt(), new byte[CellTable.CELL]);
    }

    private EntryTable table(MachOReference reference) {
      return tables.computeIfAbsent(
          reference.place(),
          place -> new EntryTable(object.relocationBytes(place), MachOObject.RELOCATION_SIZE));
    }

    private static byte[] word(int value) {
      return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }
  }
}
