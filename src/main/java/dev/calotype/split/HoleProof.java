package dev.calotype.split;

import dev.calotype.RefusedException;
import dev.calotype.image.ElfImage;
import dev.calotype.image.Section;
import dev.calotype.image.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
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
   * The holes of an image, by address.
   *
   * @param file what errors call it
   * @param pageSize the largest pages that the code was laid out for
   * @throws RefusedException if there is none, or one of them is not disjoint from everything else
   */
  static List<Linked.Hole> prove(ElfImage image, String file, long pageSize) {
    return new HoleProof(image, file, pageSize).prove();
  }

  private List<Linked.Hole> prove() {
    List<Linked.Hole> holes = new ArrayList<>();
    for (Section section : image.sections()) {
      if (section.isLoaded() && section.name().startsWith(SECTION)) {
        prove(section);
        holes.add(new Linked.Hole(section.name(), section.address(), section.size()));
      }
    }
    if (holes.isEmpty()) {
      throw new RefusedException(file, "there is no hole in it: no section " + SECTION);
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
    return holes;
  }

  private void prove(Section hole) {
    long start = hole.address();
    long size = hole.size();
    if (hole.fileSize() != 0) {
      throw refused(hole, "has bytes in the file");
    }
    if (size <= 0 || start < 0 || start > Long.MAX_VALUE - size) {
      throw refused(hole, "is empty");
    }
    if (start % page != 0 || size % page != 0) {
      throw refused(hole, "is not aligned to 0x%x".formatted(page));
    }
    Segment around =
        image.segments().stream()
            .filter(segment -> segment.isLoaded() && contains(segment, start, size))
            .findFirst()
            .orElseThrow(() -> refused(hole, "lies in no PT_LOAD"));
    if (around.protection().indexOf('x') >= 0 || around.protection().indexOf('r') < 0) {
      throw refused(hole, "lies in a PT_LOAD of protection " + around.protection());
    }
    if (roundUp(around.address() + around.fileSize(), page) > start) {
      throw refused(hole, "shares a page with bytes of its PT_LOAD");
    }
    requireAlone(hole, segment -> segment.index() != around.index() && isInMemory(segment));
  }

  /** No other segment and no other section has memory in the hole, which is of whole pages. */
  private void requireAlone(Section hole, Predicate<Segment> others) {
    for (Segment segment : image.segments()) {
      if (others.test(segment) && overlaps(hole, segment.address(), segment.size())) {
        throw refused(
            hole, "shares its pages with %s %d".formatted(segment.type(), segment.index()));
      }
    }
    for (Section section : image.sections()) {
      if (section.isLoaded()
          && section.index() != hole.index()
          && overlaps(hole, section.address(), section.size())) {
        throw refused(hole, "shares its pages with section " + section.name());
      }
    }
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

  private static boolean overlaps(Section hole, long start, long size) {
    return size > 0
        && Long.compareUnsigned(start, hole.address() + hole.size()) < 0
        && Long.compareUnsigned(hole.address(), start + size) < 0;
  }

  private static long roundUp(long value, long alignment) {
    return (value + alignment - 1) & -alignment;
  }

  private RefusedException refused(Section hole, String why) {
    return new RefusedException(
        file,
        "hole %s at 0x%x+0x%x %s; program headers: %s"
            .formatted(hole.name(), hole.address(), hole.size(), why, headers(image)));
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
