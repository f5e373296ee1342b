package dev.calotype.split.elf;

import dev.calotype.RefusedException;
import dev.calotype.image.elf.ElfFile;
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

/** How a relocatable ELF object comes apart: docs/splitting.md. */
public final class ElfObjectPlan implements ObjectPlan {
  /** What a hole is aligned to: pages of 4, 16 and 64 KiB. */
  static final long HOLE_ALIGNMENT = 1 << 16;

  private static final int STB_WEAK = 2;
  private static final int STV_HIDDEN = 2;

  private final List<SectionChoice> choices;
  private final List<MovedSection> moved;
  private final Linkage linkage;
  private final long pageSize;
  private final List<ExportedSymbol> exports;
  private final ElfObjectRewrite rewrite;

  private ElfObjectPlan(
      List<SectionChoice> choices,
      List<MovedSection> moved,
      Linkage linkage,
      long pageSize,
      List<ExportedSymbol> exports,
      ElfObjectRewrite rewrite) {
    this.choices = choices;
    this.moved = moved;
    this.linkage = linkage;
    this.pageSize = pageSize;
    this.exports = exports;
    this.rewrite = rewrite;
  }

  /**
   * Plans.
   *
   * @throws RefusedException if the object can't be split so, with the reason
   */
  public static ElfObjectPlan plan(ElfFile image, Shape shape, ObjectSelection selection) {
    return new Planner(ElfObject.of(image), shape, selection).plan();
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
    return exports;
  }

  @Override
  public Layout layout(int noteSize) {
    return rewrite.layout(noteSize);
  }

  /** Collects what the plan is made of. */
  private static final class Planner {
    private final ElfObject object;
    private final ElfMachine machine;
    private final Shape shape;
    private final ObjectSelection selection;
    private final Patches patches;
    private final Map<Integer, String> names = new HashMap<>();

    Planner(ElfObject object, Shape shape, ObjectSelection selection) {
      this.object = object;
      this.machine = ElfMachine.of(object);
      this.shape = shape;
      this.selection = selection;
      this.patches = new Patches(object.file());
    }

    ElfObjectPlan plan() {
      List<Candidate> candidates = ElfObjectSelection.select(object, selection);
      Obstacles obstacles = new Obstacles();
      ElfCells cells = new ElfCells(object, machine, obstacles);
      ElfNeeds needs = new ElfNeeds(object, machine);
      IntPredicate open = indexes(candidates);
      if (shape == Shape.SLOTS) {
        cells.look(open);
      } else if (shape == Shape.NEEDED) {
        needs.look(open, obstacles);
      }
      new Choosing(object.file(), selection).drop(candidates, obstacles, shape.id(), advice(shape));

      List<Candidate> moving =
          candidates.stream().filter(Candidate::moves).sorted(Candidate.BY_NAME).toList();
      List<String> unique = Choosing.uniqueNames(moving.stream().map(Candidate::name).toList());
      for (int i = 0; i < moving.size(); i++) {
        names.put(moving.get(i).index(), unique.get(i));
      }
      IntPredicate leaves = names::containsKey;
      ElfObjectRewrite rewrite =
          new ElfObjectRewrite(
              object, machine, shape, moving.stream().map(Candidate::index).toList(), patches);
      Linkage linkage = Linkage.none();
      List<ExportedSymbol> exports = List.of();
      switch (shape) {
        case HOLE -> linkage = holes(moving, rewrite);
        case SLOTS -> {
          linkage = slots(cells, leaves, rewrite);
          forget(leaves, STB_WEAK << 4, STV_HIDDEN);
        }
        default -> {
          needs.change(leaves, patches);
          exports = needs.exports(leaves, this::name);
          forget(leaves, -1, 0);
        }
      }
      return new ElfObjectPlan(
          candidates.stream().map(Candidate::choice).toList(),
          moving.stream().map(this::moved).toList(),
          linkage,
          shape == Shape.HOLE ? HOLE_ALIGNMENT : 0,
          exports,
          rewrite);
    }

    private static IntPredicate indexes(List<Candidate> candidates) {
      Set<Integer> open = new HashSet<>();
      candidates.stream().filter(Candidate::moves).forEach(c -> open.add(c.index()));
      return open::contains;
    }

    private static String advice(Shape shape) {
      return shape == Shape.NEEDED
          ? "compile with -fPIC and let the data be global, or take slots or hole"
          : "compile with -fPIC, or take hole";
    }

    private MovedSection moved(Candidate candidate) {
      return MovedSection.of(
          name(candidate.index()),
          candidate.size(),
          object.sections().get(candidate.index()).alignment(),
          shape == Shape.HOLE);
    }

    private String name(int section) {
      return Objects.requireNonNull(names.get(section));
    }

    private Linkage holes(List<Candidate> moving, ElfObjectRewrite rewrite) {
      List<Hole> holes = new ArrayList<>();
      for (Candidate candidate : moving) {
        long size = -(-candidate.size() & -HOLE_ALIGNMENT);
        holes.add(new Hole(name(candidate.index()), size, 0));
        rewrite.place(rewrite.anchor(candidate.index()), 0);
      }
      return new Linkage(
          List.of(), List.of(), holes, List.of(), Collections.nCopies(holes.size(), 0L));
    }

    private Linkage slots(ElfCells cells, IntPredicate leaves, ElfObjectRewrite rewrite) {
      CellTable table = cells.cells();
      table.keep(leaves);
      long symbol = rewrite.cells(table.count());
      cells.change(leaves, patches, symbol);
      List<SlotRun> runs = new ArrayList<>();
      for (CellTable.Run run : table.runs(this::name)) {
        runs.add(run.slots());
        rewrite.place(run.section() < 0 ? symbol : rewrite.anchor(run.section()), run.offset());
      }
      table.dataSections().forEach(rewrite::keepWritable);
      return new Linkage(
          runs, List.of(), List.of(), List.of(), Collections.nCopies(runs.size(), 0L));
    }

    /**
     * Makes global symbols of sections that left undefined.
     *
     * @param info their type and binding from now on, or -1 as they are
     */
    private void forget(IntPredicate leaves, int info, int other) {
      for (long i = 1; i < object.symbolCount(); i++) {
        int section = object.symbolSection(i);
        if (section != 0 && leaves.test(section) && object.symbolBinding(i) != 0) {
          int kept = object.symbolBinding(i) << 4 | object.symbolType(i);
          patches.add(
              object.symbolAt(i) + 4, ElfWords.symbol(info < 0 ? kept : info, other, 0, 0, 0));
        }
      }
    }
  }
}
