package dev.calotype.split;

import dev.calotype.RefusedException;
import dev.calotype.image.ElfImage;
import dev.calotype.image.Section;
import dev.calotype.image.Segment;
import dev.calotype.ji.Hole;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Proves that data can be mapped over the holes of a linked ELF image: docs/linking.md, "Holes".
 */
final class HoleProof {
  /** What sections with a hole are called, or start with. */
  static final String SECTION = ".jihole";

  /** Pages of every system that code is linked for fit into it. */
  static final long PAGE = 65_536;

  /**
   * What makes the loader run code of the image before anything can be mapped (gABI, "Dynamic").
   */
  private static final Map<Long, String> RUNS =
      Map.of(
          12L, "DT_INIT",
          13L, "DT_FINI",
          25L, "DT_INIT_ARRAY",
          26L, "DT_FINI_ARRAY",
          32L, "DT_PREINIT_ARRAY");

  private final ElfImage image;
  private final String file;
  private final long page;

  private HoleProof(ElfImage image, String file, long pageSize) {
    this.image = image;
    this.file = file;
    this.page = Math.max(PAGE, pageSize);
  }

  /**
   * Proves all holes of an image.
   *
   * @param file what errors call it
   * @param pageSize the largest pages that the code was laid out for
   * @param holes where its note says that they are
   * @throws RefusedException if there is none, or one of them is not disjoint from everything else
   */
  static void prove(ElfImage image, String file, long pageSize, List<Hole> holes) {
    new HoleProof(image, file, pageSize).prove(holes);
  }

  private void prove(List<Hole> noted) {
    if (noted.isEmpty()) {
      throw new RefusedException(
          file, "there is no hole in its note, so no data would be mapped over one");
    }
    for (Hole hole : noted) {
      prove("for " + hole.section(), hole.address(), hole.size());
    }
    for (Section section : image.sections()) {
      if (section.isLoaded() && section.name().startsWith(SECTION)) {
        if (noted.stream().noneMatch(hole -> covers(section, hole))) {
          throw refused(
              section.name(), section.address(), section.size(), "is none of those in the note");
        }
        if (section.fileSize() != 0) {
          throw refused(section.name(), section.address(), section.size(), "has bytes in the file");
        }
      }
    }
    image.dynamicEntries().stream()
        .map(ElfImage.DynamicEntry::tag)
        .filter(RUNS::containsKey)
        .findFirst()
        .ifPresent(tag -> {
          throw new RefusedException(
              file,
              "code of it would run before its data is mapped: %s (link it without start files and"
                      .formatted(RUNS.get(tag))
                  + " constructors)");
        });
  }

  private void prove(String name, long start, long size) {
    if (size <= 0 || start < 0 || start > Long.MAX_VALUE - size) {
      throw refused(name, start, size, "is empty");
    }
    if (start % page != 0 || size % page != 0) {
      throw refused(name, start, size, "is not aligned to 0x%x".formatted(page));
    }
    Segment around =
        image.segments().stream()
            .filter(segment -> segment.isLoaded() && contains(segment, start, size))
            .findFirst()
            .orElseThrow(() -> refused(name, start, size, "lies in no PT_LOAD"));
    if (around.protection().indexOf('x') >= 0 || around.protection().indexOf('r') < 0) {
      throw refused(name, start, size, "lies in a PT_LOAD of protection " + around.protection());
    }
    if (roundUp(around.address() + around.fileSize(), page) > start) {
      throw refused(name, start, size, "shares a page with bytes of its PT_LOAD");
    }
    // The hole is of whole pages, so what shares one of them overlaps it.
    for (Segment segment : image.segments()) {
      boolean isOther = segment.index() != around.index() && isInMemory(segment);
      if (isOther && overlaps(start, size, segment.address(), segment.size())) {
        throw refused(
            name,
            start,
            size,
            "shares its pages with %s %d".formatted(segment.type(), segment.index()));
      }
    }
    for (Section section : image.sections()) {
      if (section.isLoaded()
          && !section.name().startsWith(SECTION)
          && overlaps(start, size, section.address(), section.size())) {
        throw refused(name, start, size, "shares its pages with section " + section.name());
      }
    }
  }

  private static boolean covers(Section section, Hole hole) {
    return hole.address() >= section.address()
        && hole.address() - section.address() <= section.size() - hole.size();
  }

  /** {@code PT_GNU_STACK} has no place of its own. */
  private static boolean isInMemory(Segment segment) {
    return segment.size() > 0 && !segment.type().equals("GNU_STACK");
  }

  private static boolean contains(Segment segment, long start, long size) {
    return Long.compareUnsigned(segment.address(), start) <= 0
        && start - segment.address() <= segment.size() - size
        && size <= segment.size();
  }

  private static boolean overlaps(long hole, long holeSize, long start, long size) {
    return size > 0
        && Long.compareUnsigned(start, hole + holeSize) < 0
        && Long.compareUnsigned(hole, start + size) < 0;
  }

  private static long roundUp(long value, long alignment) {
    return (value + alignment - 1) & -alignment;
  }

  private RefusedException refused(String hole, long start, long size, String why) {
    return new RefusedException(
        file,
        "hole %s at 0x%x+0x%x %s; program headers: %s"
            .formatted(hole, start, size, why, headers(image)));
  }

  /** The program headers that have memory, in one line. */
  static String headers(ElfImage image) {
    return image.segments().stream()
        .filter(HoleProof::isInMemory)
        .map(segment ->
            "%s %s 0x%x+0x%x of 0x%x from 0x%x align 0x%x"
                .formatted(
                    segment.type(),
                    segment.protection(),
                    segment.address(),
                    segment.size(),
                    segment.fileSize(),
                    segment.offset(),
                    segment.alignment()))
        .collect(Collectors.joining("; "));
  }
}
