package dev.calotype.split.coff;

import dev.calotype.RefusedException;
import dev.calotype.image.CoffImage;
import dev.calotype.ji.Hole;
import dev.calotype.ji.Linkage;
import dev.calotype.ji.Shape;
import dev.calotype.ji.SlotRun;
import dev.calotype.split.ExportedSymbol;
import dev.calotype.split.ObjectSelection;
import dev.calotype.split.SectionChoice;
import dev.calotype.split.object.Candidate;
import dev.calotype.split.object.CellTable;
import dev.calotype.split.object.Choosing;
import dev.calotype.split.object.Layout;
import dev.calotype.split.object.MovedSection;
import dev.calotype.split.object.ObjectPlan;
import dev.calotype.split.object.Obstacles;
import dev.calotype.split.object.Patches;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;

/** How a COFF object comes apart: docs/splitting.md. */
public final class CoffObjectPlan implements ObjectPlan {
  /** The largest alignment that all linkers keep, and a page of the systems that use COFF. */
  static final long HOLE_ALIGNMENT = 4096;

  private final List<SectionChoice> choices;
  private final List<MovedSection> moved;
  private final Linkage linkage;
  private final long pageSize;
  private final CoffRewrite rewrite;

  private CoffObjectPlan(
      List<SectionChoice> choices,
      List<MovedSection> moved,
      Linkage linkage,
      long pageSize,
      CoffRewrite rewrite) {
    this.choices = choices;
    this.moved = moved;
    this.linkage = linkage;
    this.pageSize = pageSize;
    this.rewrite = rewrite;
  }

  /**
   * Plans.
   *
   * @throws RefusedException if the object can't be split so, with the reason
   */
  public static CoffObjectPlan plan(CoffImage image, Shape shape, ObjectSelection selection) {
    if (shape == Shape.NEEDED) {
      throw new RefusedException(image.file(), "is COFF; only ELF objects are split as needed");
    }
    return new Planner(CoffObject.of(image), shape, selection).plan();
  }

  @Override
  public List<SectionChoice> choices() {
    return choices;
  }

  @Override
  public List<MovedSection> moved() {
    return moved;
  }

  @Override
  public Linkage linkage() {
    return linkage;
  }

  @Override
  public long pageSize() {
    return pageSize;
  }

  @Override
  public List<ExportedSymbol> exports() {
    return List.of();
  }

  @Override
  public Layout layout(int noteSize) {
    return rewrite.layout(noteSize);
  }

  /** Collects what the plan is made of. */
  private static final class Planner {
    private final CoffObject object;
    private final Shape shape;
    private final ObjectSelection selection;
    private final Patches patches;
    private final Map<Integer, String> names = new HashMap<>();

    Planner(CoffObject object, Shape shape, ObjectSelection selection) {
      this.object = object;
      this.shape = shape;
      this.selection = selection;
      this.patches = new Patches(object.file());
    }

    CoffObjectPlan plan() {
      List<Candidate> candidates = candidates();
      new Choosing(object.file(), selection)
          .apply(
              candidates,
              (c, name) -> c.name().equals(name),
              selection.symbols().isEmpty() ? List.of() : CoffSymbolNames.of(object));
      Obstacles obstacles = new Obstacles();
      CoffCells cells = new CoffCells(object, obstacles);
      if (shape == Shape.SLOTS) {
        Set<Integer> open = new HashSet<>();
        candidates.stream().filter(Candidate::moves).forEach(c -> open.add(c.index()));
        cells.look(open::contains);
      }
      new Choosing(object.file(), selection)
          .drop(candidates, obstacles, shape.id(), "let the code take its address, or take hole");
      List<Candidate> moving =
          candidates.stream().filter(Candidate::moves).sorted(Candidate.BY_NAME).toList();
      List<String> unique = Choosing.uniqueNames(moving.stream().map(Candidate::name).toList());
      for (int i = 0; i < moving.size(); i++) {
        names.put(moving.get(i).index(), unique.get(i));
      }
      CoffRewrite rewrite =
          new CoffRewrite(object, shape, moving.stream().map(Candidate::index).toList(), patches);
      IntPredicate leaves = names::containsKey;
      Linkage linkage = shape == Shape.HOLE ? holes(moving, rewrite) : slots(cells, rewrite);
      changeSymbols(leaves);
      return new CoffObjectPlan(
          candidates.stream().map(Candidate::choice).toList(),
          moving.stream().map(this::moved).toList(),
          linkage,
          shape == Shape.HOLE ? HOLE_ALIGNMENT : 0,
          rewrite);
    }

    private List<Candidate> candidates() {
      List<Candidate> candidates = new ArrayList<>();
      for (int i = 0; i < object.sectionCount(); i++) {
        if (object.rawPointer(i) == 0 || object.rawSize(i) == 0) {
          continue;
        }
        object.view().require(object.rawPointer(i), object.rawSize(i), "section " + i);
        boolean isCode = object.has(i, CoffObject.CODE | CoffObject.EXECUTE);
        Candidate candidate = new Candidate(i, object.name(i), object.rawSize(i), isCode);
        judge(candidate, i, isCode);
        candidates.add(candidate);
      }
      return candidates;
    }

    private void judge(Candidate candidate, int section, boolean isCode) {
      String name = candidate.name();
      if (isCode) {
        candidate.stays("it is code");
      } else if (object.has(section, CoffObject.WRITE)) {
        candidate.stays("it is writable");
      } else if (object.has(section, CoffObject.LINKER_ONLY | CoffObject.DISCARDABLE)
          || !object.has(section, CoffObject.INITIALIZED)) {
        candidate.stays("it is not loaded");
      } else if (name.startsWith(".pdata") || name.startsWith(".xdata")) {
        candidate.stays("it describes the code to unwinders");
      } else if (name.startsWith(".idata")
          || name.startsWith(".edata")
          || name.startsWith(".CRT")
          || name.startsWith(".tls")) {
        candidate.stays("the loader or the runtime library reads it");
      } else if (name.equals(".rdata$zzz")) {
        candidate.stays("it names the compiler");
      } else if (object.isShared(section)) {
        candidate.stays("the linker may take another object's copy of it");
      } else if (name.isEmpty()) {
        candidate.stays("it has no name");
      } else if (object.relocations(section).count() > 0) {
        candidate.stays("it has relocations of its own");
      }
    }

    private MovedSection moved(Candidate candidate) {
      long bits = object.characteristics(candidate.index()) >>> 20 & 15;
      return MovedSection.of(
          name(candidate.index()),
          candidate.size(),
          bits == 0 ? 16 : 1L << (bits - 1),
          shape == Shape.HOLE);
    }

    private String name(int section) {
      return Objects.requireNonNull(names.get(section));
    }

    private Linkage holes(List<Candidate> moving, CoffRewrite rewrite) {
      List<Hole> holes = new ArrayList<>();
      for (Candidate candidate : moving) {
        long size = -(-candidate.size() & -HOLE_ALIGNMENT);
        holes.add(new Hole(name(candidate.index()), size, 0));
        rewrite.place(rewrite.symbol(candidate.index(), 0));
      }
      return new Linkage(
          List.of(), List.of(), holes, List.of(), Collections.nCopies(holes.size(), 0L));
    }

    private Linkage slots(CoffCells cells, CoffRewrite rewrite) {
      CellTable table = cells.cells();
      table.keep(names::containsKey);
      long first = rewrite.cells(table.count());
      cells.change(names::containsKey, patches, first, rewrite);
      List<SlotRun> runs = new ArrayList<>();
      for (CellTable.Run run : table.runs(this::name)) {
        runs.add(run.slots());
        rewrite.place(
            run.section() < 0
                ? first + run.offset() / CellTable.CELL
                : rewrite.symbol(run.section(), run.offset()));
      }
      return new Linkage(
          runs, List.of(), List.of(), List.of(), Collections.nCopies(runs.size(), 0L));
    }

    /** Sections that left have no size, and their symbols are nobody else's. */
    private void changeSymbols(IntPredicate leaves) {
      long next = 0;
      for (long i = 0; i < object.symbolCount(); i = next) {
        long at = object.symbolAt(i);
        next = i + 1 + object.auxiliaries(i);
        int section = object.symbolSection(i);
        if (section < 0 || !leaves.test(section)) {
          continue;
        }
        int storage = object.symbolClass(i);
        if (shape == Shape.SLOTS && storage == CoffObject.CLASS_EXTERNAL) {
          patches.add(at + 16, new byte[] {CoffObject.CLASS_STATIC});
        }
        if (object.isSectionDefinition(i)) {
          // "Auxiliary Format 5: Section Definitions": length, then counts, then a checksum.
          long aux = at + CoffObject.SYMBOL_SIZE;
          patches.add(aux, CoffWords.u32(CoffRewrite.sizeLeft(object.rawSize(section), shape)));
          patches.add(aux + 8, CoffWords.u32(0));
        }
      }
    }
  }
}
