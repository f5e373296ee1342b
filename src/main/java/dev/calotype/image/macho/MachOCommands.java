package dev.calotype.image.macho;

import dev.calotype.bytes.ByteView;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The load commands in file order, each checked when the walk reaches it: a damaged one hides those
 * after it, none before. Sizes have to be multiples of 4, as the loader wants them; that 64-bit
 * files should have multiples of 8, it does not insist on.
 *
 * @param view the file
 * @param header its header
 */
record MachOCommands(ByteView view, MachOHeader header) implements Iterable<MachOCommand> {

  /** The first command of that type. */
  Optional<MachOCommand> first(long type) {
    for (MachOCommand command : this) {
      if (command.type() == type) {
        return Optional.of(command);
      }
    }
    return Optional.empty();
  }

  @Override
  public Iterator<MachOCommand> iterator() {
    long start = header.layout().headerSize();
    view.require(start, header.commandsSize(), "load commands");
    long end = start + header.commandsSize();
    return new Iterator<>() {
      private long at = start;
      private int index;

      @Override
      public boolean hasNext() {
        return index < header.commandCount();
      }

      @Override
      public MachOCommand next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        MachOCommand command = read(index, at, end);
        at += command.size();
        index++;
        return command;
      }
    };
  }

  private MachOCommand read(int index, long at, long end) {
    String structure = "load command " + index;
    if (end - at < 8) {
      throw view.malformed(
          structure, at, "the end of the load commands", header.commandCount() + " commands");
    }
    long size = view.u32(at + 4, structure);
    if (size < 8 || size % 4 != 0 || size > end - at) {
      throw view.malformed(
          structure, at + 4, size + " bytes", "a multiple of 4 from 8 to %d".formatted(end - at));
    }
    return new MachOCommand(view, index, view.u32(at, structure), at, size);
  }
}
