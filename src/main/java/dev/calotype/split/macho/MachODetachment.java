package dev.calotype.split.macho;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteView;
import dev.calotype.image.MachOImage;
import dev.calotype.image.Section;
import dev.calotype.split.SectionChoice;
import dev.calotype.split.macho.MachOSelection.Candidate;
import dev.calotype.split.plan.Cuts;
import dev.calotype.split.plan.Detachment;
import dev.calotype.split.plan.Moved;
import dev.calotype.split.plan.Part;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The plan for detaching data from a linked Mach-O image. The remainder has one load command more,
 * for the code note, so its body starts later; a moved section is one of zeros, and the file type
 * is {@code MH_DYLIB_STUB} or {@code MH_DSYM}, which no loader takes. docs/data-file-format.md,
 * "Detached code object".
 */
public final class MachODetachment implements Detachment {
  private static final String STRUCTURE = "Mach-O header";
  private static final int EXECUTABLE = 2;
  private static final int LIBRARY = 6;
  private static final int BUNDLE = 8;

  private final List<Moved> moved;
  private final List<SectionChoice> choices;
  private final List<Part> parts;
  private final long bodyEnd;
  private final byte[] header;

  private MachODetachment(MachOImage image, List<String> wanted) {
    requireLinked(image);
    ByteView view = new ByteView(image.bytes(), image.file()).withOrder(image.target().byteOrder());
    boolean wide = image.target().bits() == 64;
    long oldSize = (wide ? 32 : 28) + view.u32(20, STRUCTURE);
    List<Candidate> candidates = MachOSelection.select(image, wanted, oldSize);
    choices = candidates.stream().map(Candidate::choice).toList();
    List<Section> moving =
        candidates.stream().filter(Candidate::mayMove).map(it -> it.section).toList();
    moved =
        moving.stream()
            .map(section ->
                new Moved(
                    section.qualifiedName(),
                    section.fileSize(),
                    Math.min(1 << 20, section.alignment())))
            .toList();
    Cuts cuts = new Cuts();
    cuts.replace(0, oldSize, oldSize + MachORemainder.noteCommandSize(wide));
    Set<Long> starts = new HashSet<>();
    for (Section section : moving) {
      cuts.move(section.offset(), section.fileSize(), starts.size());
      starts.add(section.offset());
    }
    parts = cuts.build(view.size());
    bodyEnd = cuts.end();
    header = new MachORemainder(image, view, parts, starts, tailOffset()).header();
  }

  /**
   * Plans the cut.
   *
   * @param wanted the names of the sections to move, with or without the segment's; empty for all
   *     that may
   * @throws RefusedException if this image can't be split, with the reason
   */
  public static MachODetachment plan(MachOImage image, List<String> wanted) {
    return new MachODetachment(image, wanted);
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
    return header.clone();
  }

  @Override
  public byte[] tail() {
    return new byte[0];
  }

  @Override
  public long tailOffset() {
    return (bodyEnd + 7) & -8;
  }

  private static void requireLinked(MachOImage image) {
    if (image.target().byteOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new RefusedException(
          image.file(), "is big-endian; only little-endian images are split");
    }
    long type = image.fileType();
    if (type != EXECUTABLE && type != LIBRARY && type != BUNDLE) {
      throw new RefusedException(image.file(), "is no linked image but " + image.type());
    }
    if (image.bytes().byteSize() > 0xffff_0000L) {
      throw new RefusedException(image.file(), "is larger than 4 GiB, and its offsets are not");
    }
  }
}
