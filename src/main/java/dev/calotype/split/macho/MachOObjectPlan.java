package dev.calotype.split.macho;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.image.MachOImage;
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

/** How a Mach-O object comes apart: docs/splitting.md. */
public final class MachOObjectPlan implements ObjectPlan {
  private final List<SectionChoice> choices;
  private final List<MovedSection> moved;
  private final Linkage linkage;
  private final long pageSize;
  private final MachORewrite rewrite;

  private MachOObjectPlan(
      List<SectionChoice> choices,
      List<MovedSection> moved,
      Linkage linkage,
      long pageSize,
      MachORewrite rewrite) {
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
  public static MachOObjectPlan plan(MachOImage image, Shape shape, ObjectSelection selection) {
    if (shape == Shape.NEEDED) {
      throw new RefusedException(image.file(), "is Mach-O; only ELF objects are split as needed");
    }
    return new Planner(MachOObject.of(image), shape, selection).plan();
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
    private static final int REGULAR = 0;
    private static final long TYPE = 0xff;

    /** Literals: strings, and numbers of 4, 8 and 16 bytes. */
    private static final List<Integer> LITERALS = List.of(2, 3, 4, 0xe);

    private final MachOObject object;
    private final Shape shape;
    private final ObjectSelection selection;
    private final Patches patches;
    private final long page;
    private final Map<Integer, String> names = new HashMap<>();

    Planner(MachOObject object, Shape shape, ObjectSelection selection) {
      this.object = object;
      this.shape = shape;
      this.selection = selection;
      this.patches = new Patches(object.file());
      this.page = object.isArm() ? 1 << 14 : 1 << 12;
    }

    MachOObjectPlan plan() {
      List<Candidate> candidates = candidates();
      new Choosing(object.file(), selection)
          .apply(
              candidates,
              (c, name) -> c.name().equals(name) || c.name().endsWith("," + name),
              symbolNames());
      Obstacles obstacles = new Obstacles();
      MachOCells cells = new MachOCells(object, obstacles);
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
      MachORewrite rewrite =
          new MachORewrite(object, shape, moving.stream().map(Candidate::index).toList(), patches);
      Linkage linkage = shape == Shape.HOLE ? holes(moving, rewrite) : slots(cells, rewrite);
      if (shape == Shape.SLOTS) {
        forgetSymbols();
      }
      return new MachOObjectPlan(
          candidates.stream().map(Candidate::choice).toList(),
          moving.stream().map(this::moved).toList(),
          linkage,
          shape == Shape.HOLE ? page : 0,
          rewrite);
    }

    private List<Candidate> candidates() {
      Set<Integer> shared = new HashSet<>();
      for (long i = 0; i < object.symbolCount(); i++) {
        if (object.symbolSection(i) >= 0
            && (object.symbolDescription(i) & MachOObject.N_WEAK_DEF) != 0) {
          shared.add(object.symbolSection(i));
        }
      }
      List<Candidate> candidates = new ArrayList<>();
      for (int i = 0; i < object.sectionCount(); i++) {
        if (object.hasBytes(i)) {
          object.view().require(object.offset(i), object.size(i), "section " + i);
          boolean isCode = MachOCells.isCode(object, i);
          Candidate candidate = new Candidate(i, object.name(i), object.size(i), isCode);
          judge(candidate, i, isCode, shared.contains(i));
          candidates.add(candidate);
        }
      }
      return candidates;
    }

    private void judge(Candidate candidate, int section, boolean isCode, boolean isShared) {
      String name = candidate.name();
      int type = (int) (object.flags(section) & TYPE);
      if (isCode) {
        candidate.stays("it is code");
      } else if (MachOCells.isDebug(object, section)) {
        candidate.stays("it is not loaded");
      } else if (!object.segmentName(section).equals("__TEXT")) {
        candidate.stays("it is writable, or for the linker");
      } else if (name.equals("__TEXT,__eh_frame")
          || name.equals("__TEXT,__gcc_except_tab")
          || name.equals("__TEXT,__unwind_info")) {
        candidate.stays("it describes the code to unwinders");
      } else if (type != REGULAR && !LITERALS.contains(type)) {
        candidate.stays("it is a table");
      } else if (isShared) {
        candidate.stays("the linker may take another object's copy of it");
      } else if (object.relocations(section) > 0) {
        candidate.stays("it has relocations of its own");
      } else if (type != REGULAR) {
        candidate.staysUnlessWanted("the linker merges it with equal constants");
      }
    }

    private List<Choosing.NamedPlace> symbolNames() {
      List<Choosing.NamedPlace> places = new ArrayList<>();
      for (long i = 0; !selection.symbols().isEmpty() && i < object.symbolCount(); i++) {
        if (object.symbolSection(i) >= 0) {
          String name = object.symbolName(i);
          // Labels of the assembler's, at the start of each section.
          if (!name.startsWith("ltmp")) {
            places.add(new Choosing.NamedPlace(name, object.symbolSection(i)));
          }
        }
      }
      return places;
    }

    private MovedSection moved(Candidate candidate) {
      long bits = object.alignment(candidate.index());
      return MovedSection.of(
          name(candidate.index()),
          candidate.size(),
          bits < 32 ? 1L << bits : 1,
          shape == Shape.HOLE);
    }

    private String name(int section) {
      return Objects.requireNonNull(names.get(section));
    }

    private Linkage holes(List<Candidate> moving, MachORewrite rewrite) {
      List<Hole> holes = new ArrayList<>();
      for (Candidate candidate : moving) {
        // The segment is theirs alone and has whole pages.
        holes.add(new Hole(name(candidate.index()), -(-candidate.size() & -page), 0));
        rewrite.place(rewrite.symbol(candidate.index(), 0));
      }
      return new Linkage(
          List.of(), List.of(), holes, List.of(), Collections.nCopies(holes.size(), 0L));
    }

    private Linkage slots(MachOCells cells, MachORewrite rewrite) {
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
      for (int section : table.dataSections()) {
        // Linkers put __const where it is only read after relocation.
        if (object.name(section).equals("__DATA,__const")) {
          rewrite.keepWritable(section);
        }
      }
      return new Linkage(
          runs, List.of(), List.of(), List.of(), Collections.nCopies(runs.size(), 0L));
    }

    /** Makes the symbols of what left absolute ones that no other file sees. */
    private void forgetSymbols() {
      for (long i = 0; i < object.symbolCount(); i++) {
        int section = object.symbolSection(i);
        if (section >= 0 && names.containsKey(section)) {
          byte[] fields = new ByteWriter(12).u16(MachOObject.N_ABS).u16(0).u64(0).array();
          patches.add(object.symbolAt(i) + 4, fields);
        }
      }
    }
  }
}
