package dev.calotype.split.elf;

import dev.calotype.RefusedException;
import dev.calotype.image.elf.Elf;
import dev.calotype.image.elf.ElfFile;
import dev.calotype.image.elf.ElfLayout;
import dev.calotype.split.SectionChoice;
import dev.calotype.split.elf.ElfSelection.Candidate;
import dev.calotype.split.plan.Detachment;
import dev.calotype.split.plan.Moved;
import dev.calotype.split.plan.Part;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The plan for detaching data from a linked ELF image: the original cut into parts, and the bytes
 * that replace its headers. Holds nothing of the image's memory.
 *
 * <p>The remainder keeps every section header, with the moved sections marked as without bytes;
 * what follows a cut moves down by whole pages, so that addresses and offsets stay congruent. Its
 * type is {@code ET_NONE}, which no loader accepts. See docs/data-file-format.md, "Detached code
 * object".
 */
public final class ElfDetachment implements Detachment {
  /** What offsets move by: a multiple of this. The smallest page of any system that runs ELF. */
  static final long PAGE = 4096;

  // Only ELF64 is taken apart yet.
  static final int FILE_HEADER_SIZE = ElfLayout.ELF64.headerSize();
  static final int PROGRAM_HEADER_SIZE = ElfLayout.ELF64.programHeaderSize();
  static final int SECTION_HEADER_SIZE = ElfLayout.ELF64.sectionHeaderSize();

  private final List<Part> parts;
  private final List<Moved> moved;
  private final List<SectionChoice> choices;
  private final Map<Long, byte[]> replacements;
  private final ElfRemainder remainder;

  private ElfDetachment(
      List<Part> parts,
      List<Moved> moved,
      List<SectionChoice> choices,
      Map<Long, byte[]> replacements,
      ElfRemainder remainder) {
    this.parts = parts;
    this.moved = moved;
    this.choices = choices;
    this.replacements = replacements;
    this.remainder = remainder;
  }

  /**
   * Plans the cut.
   *
   * @param wanted the names of the sections to move; empty for all that may
   * @throws RefusedException if this image can't be split, with the reason
   */
  public static ElfDetachment plan(ElfFile image, List<String> wanted) {
    requireLinked(image);
    List<Candidate> candidates = ElfSelection.select(image, wanted);
    List<Candidate> moving = candidates.stream().filter(Candidate::mayMove).toList();
    List<Part> parts = new PartList(image, candidates).build();
    ElfRemainder remainder = new ElfRemainder(image, parts, moving);
    Map<Long, byte[]> replacements = new HashMap<>();
    replacements.put(0L, remainder.fileHeader());
    replacements.put(image.header().sectionHeaders(), remainder.sectionHeaders());
    return new ElfDetachment(
        parts,
        moving.stream()
            .map(c -> new Moved(c.name, c.size, alignment(c.section.alignment())))
            .toList(),
        candidates.stream()
            .map(c ->
                new SectionChoice(c.name, c.size, c.mayMove(), c.section.isExecutable(), c.reason))
            .toList(),
        replacements,
        remainder);
  }

  @Override
  public List<Part> parts() {
    return parts;
  }

  @Override
  public List<Moved> moved() {
    return moved;
  }

  @Override
  public List<SectionChoice> choices() {
    return choices;
  }

  @Override
  public byte[] replacement(Part part) {
    byte[] bytes = replacements.get(part.offset());
    if (bytes == null || bytes.length != part.length()) {
      throw new IllegalStateException("no replacement for " + part);
    }
    return bytes;
  }

  /** The program headers. */
  @Override
  public byte[] tail() {
    return remainder.programHeaders();
  }

  @Override
  public long tailOffset() {
    return remainder.programHeadersOffset();
  }

  private static void requireLinked(ElfFile image) {
    int type = image.header().type();
    if (image.header().layout() != ElfLayout.ELF64
        || image.header().order() != ByteOrder.LITTLE_ENDIAN) {
      throw new RefusedException(
          image.file(),
          "is a %d-bit %s-endian image; only 64-bit little-endian ones can be split yet"
              .formatted(image.target().bits(), image.target().endian()));
    }
    if (type == Elf.ET_REL) {
      throw new RefusedException(
          image.file(), "is a relocatable object, to be split as slots, hole or needed");
    }
    if (type != Elf.ET_DYN && type != Elf.ET_EXEC) {
      throw new RefusedException(image.file(), "is no linked image but " + image.type());
    }
    if (image.elfSections().isEmpty()) {
      throw new RefusedException(image.file(), "has no section headers to choose data by");
    }
  }

  /** A data file aligns to a power of two up to 1 MiB; a file's own number may be anything. */
  private static long alignment(long declared) {
    return Long.bitCount(declared) == 1 && declared <= 1 << 20 ? declared : 1;
  }

  /** Cuts the original into parts and places them in the code object. */
  private static final class PartList {
    private final List<Part> parts = new ArrayList<>();
    private final List<Part> cuts = new ArrayList<>();
    private final long size;
    private long codeOffset;

    PartList(ElfFile image, List<Candidate> candidates) {
      size = image.view().size();
      addMoves(candidates);
      long headers = image.header().sectionHeaders();
      long length = (long) image.elfSections().size() * SECTION_HEADER_SIZE;
      if (headers < FILE_HEADER_SIZE) {
        throw new RefusedException(image.file(), "its section headers overlap the file header");
      }
      cuts.add(new Part(Part.Kind.REPLACE, 0, FILE_HEADER_SIZE, 0, 0, 0));
      cuts.add(new Part(Part.Kind.REPLACE, headers, length, 0, 0, 0));
      cuts.sort(Comparator.comparingLong(Part::offset));
    }

    private void addMoves(List<Candidate> candidates) {
      int section = 0;
      int run = 0;
      long runEnd = Long.MIN_VALUE;
      for (Candidate candidate : candidates) {
        if (!candidate.mayMove()) {
          runEnd = Long.MIN_VALUE;
          continue;
        }
        if (runEnd == Long.MIN_VALUE || candidate.offset - runEnd >= PAGE) {
          run++;
        }
        runEnd = candidate.end();
        cuts.add(new Part(Part.Kind.MOVE, candidate.offset, candidate.size, section++, run, 0));
      }
    }

    List<Part> build() {
      long at = 0;
      int run = 0;
      long removed = 0;
      for (Part cut : cuts) {
        if (cut.run() != run) {
          codeOffset += removed % PAGE;
          removed = 0;
          run = cut.run();
        }
        add(Part.Kind.KEEP, at, cut.offset() - at, cut);
        add(cut.kind(), cut.offset(), cut.length(), cut);
        removed += cut.kind() == Part.Kind.MOVE ? cut.length() : 0;
        at = cut.end();
      }
      codeOffset += removed % PAGE;
      add(Part.Kind.KEEP, at, size - at, new Part(Part.Kind.KEEP, at, 0, 0, 0, 0));
      return List.copyOf(parts);
    }

    private void add(Part.Kind kind, long offset, long length, Part cut) {
      if (length > 0) {
        boolean moves = kind == Part.Kind.MOVE;
        parts.add(
            new Part(
                kind,
                offset,
                length,
                moves ? cut.section() : 0,
                moves ? cut.run() : 0,
                codeOffset));
        codeOffset += moves ? 0 : length;
      }
    }
  }
}
