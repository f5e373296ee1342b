package dev.calotype.image.macho;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Relocation;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.SymbolTable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A table of relocations ({@code mach-o/reloc.h}), none folded into another: a pair counts as two.
 *
 * @param view the file
 * @param cpuType the processor
 * @param name the table's name
 * @param section the section it changes
 * @param base what offsets are relative to
 * @param offset where it starts in the file
 * @param count how many entries lie within the file, checked by whoever makes this
 * @param symbols what symbol numbers refer to
 */
record MachORelocations(
    ByteView view,
    int cpuType,
    String name,
    OptionalInt section,
    long base,
    long offset,
    long count,
    SymbolTable symbols)
    implements RelocationTable {
  private static final int ENTRY_SIZE = 8;

  /** Those of the sections in an object, and those of the loader in an image from before 2009. */
  static List<RelocationTable> tables(MachOFile image) {
    List<RelocationTable> tables = new ArrayList<>();
    for (MachOSection section : image.machoSections()) {
      long count = section.relocationCount();
      if (count != 0) {
        add(
            tables,
            image,
            section.qualifiedName(),
            OptionalInt.of(section.index()),
            0,
            section.relocationOffset(),
            count);
      }
    }
    Optional<MachOCommand> dynamic = image.commands().first(MachO.LC_DYSYMTAB);
    if (dynamic.isPresent()) {
      addDynamic(tables, image, "external relocations", dynamic.get(), 64);
      addDynamic(tables, image, "local relocations", dynamic.get(), 72);
    }
    return tables;
  }

  private static void addDynamic(
      List<RelocationTable> tables, MachOFile image, String name, MachOCommand dynamic, int field) {
    long count = dynamic.u32(field + 4);
    if (count != 0) {
      add(tables, image, name, OptionalInt.empty(), base(image), dynamic.u32(field), count);
    }
  }

  private static void add(
      List<RelocationTable> tables,
      MachOFile image,
      String name,
      OptionalInt section,
      long base,
      long offset,
      long count) {
    ByteView view = image.view();
    view.require(offset, count * ENTRY_SIZE, "relocations of " + name);
    tables.add(
        new MachORelocations(
            view, image.cpuType(), name, section, base, offset, count, image.symbols()));
  }

  /**
   * What the loader's relocations are relative to: the first segment or, where {@code r_address}
   * could not reach past a wide gap after it, the first writable one.
   */
  private static long base(MachOFile image) {
    boolean fromWritable =
        (image.flags() & MachO.MH_SPLIT_SEGS) != 0
            || (image.cpuType() == MachO.CPU_TYPE_X86_64
                && image.fileType() != MachO.MH_KEXT_BUNDLE);
    for (MachOSegment segment : image.machoSegments()) {
      if (!fromWritable || segment.isWritable()) {
        return segment.address();
      }
    }
    return 0;
  }

  @Override
  public Iterator<Relocation> iterator() {
    return new Iterator<>() {
      private long next;

      @Override
      public boolean hasNext() {
        return next < count;
      }

      @Override
      public Relocation next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        long at = offset + next++ * ENTRY_SIZE;
        return new MachORelocation(
            view, cpuType, name, base, view.u32(at, name), view.u32(at + 4, name), symbols);
      }
    };
  }
}
