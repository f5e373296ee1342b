package dev.calotype.image.macho;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Segment;
import java.lang.foreign.MemorySegment;

/**
 * One segment command ({@code segment_command}, {@code segment_command_64}). Reads its fields from
 * the file. Its address is {@code vmaddr} as it is.
 */
final class MachOSegment implements Segment {
  private final MachOCommand command;
  private final ByteView view;
  private final MachOLayout layout;
  private final int index;
  private final String structure;

  MachOSegment(MachOCommand command, MachOLayout layout, int index) {
    this.command = command;
    this.view = command.view();
    this.layout = layout;
    this.index = index;
    this.structure = "segment command " + index;
    command.require(layout.segmentSize());
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public String name() {
    return command.fixedName(8);
  }

  /** The command's name. */
  @Override
  public String type() {
    return command.name();
  }

  @Override
  public long flags() {
    return command.u32(layout.at(52, 68));
  }

  @Override
  public long address() {
    return word(24, 24);
  }

  @Override
  public long size() {
    return word(28, 32);
  }

  @Override
  public long offset() {
    return word(32, 40);
  }

  @Override
  public long fileSize() {
    return word(36, 48);
  }

  /** A segment command names none: segments are aligned to the processor's pages. */
  @Override
  public long alignment() {
    return 1;
  }

  /** {@code initprot}. */
  @Override
  public String protection() {
    return MachO.protection(command.u32(layout.at(44, 60)));
  }

  boolean isWritable() {
    return (command.u32(layout.at(44, 60)) & 2) != 0;
  }

  @Override
  public boolean isLoaded() {
    return size() != 0;
  }

  @Override
  public MemorySegment bytes() {
    return view.slice(offset(), fileSize(), structure);
  }

  /** How many section headers follow the command's fields; all of them lie within it. */
  int sectionCount() {
    long count = command.u32(layout.at(48, 64));
    long most = (command.size() - layout.segmentSize()) / layout.sectionSize();
    if (count > most) {
      throw view.malformed(
          structure, command.offset(), count + " sections", "at most %d".formatted(most));
    }
    return (int) count;
  }

  /** Where the header of its section {@code i} starts in the file. */
  long section(int i) {
    return command.offset() + layout.segmentSize() + (long) i * layout.sectionSize();
  }

  private long word(int at32, int at64) {
    return layout.word(view, command.offset() + layout.at(at32, at64), structure);
  }
}
