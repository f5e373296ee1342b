package dev.calotype.image.macho;

import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.Endian;
import dev.calotype.bytes.Name;
import dev.calotype.image.Format;
import dev.calotype.image.LoadedRange;
import dev.calotype.image.NoteFinder;
import dev.calotype.image.NoteFinder.Found;
import dev.calotype.image.NoteFinder.Wanted;
import dev.calotype.image.elf.ElfNoteFinder;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The way to a note in Mach-O: load commands, a section. See {@link NoteFinder}. */
public final class MachONoteFinder {
  private MachONoteFinder() {}

  /**
   * See {@link NoteFinder#find}.
   *
   * @param start the file's first bytes, at least its header
   */
  public static Optional<Found> find(OpenFile file, MemorySegment start, Wanted wanted)
      throws IOException {
    String name = file.path().toString();
    boolean wide = MachOTraverser.isWide(start, name);
    boolean little = MachOTraverser.isLittle(start);
    ByteView headers =
        ElfNoteFinder.read(
            file, 0, (wide ? 32 : 28) + Endian.u32(start, 20, little), "load commands");
    MemorySegment bytes = headers.bytes();
    long header =
        MachOTraverser.section(bytes, name, new Name(wanted.machoSection()), new Name("__TEXT"));
    if (header == MachOTraverser.ABSENT) {
      return Optional.empty();
    }
    long offset = Endian.u32(bytes, header + (wide ? 48 : 40), little);
    Optional<Found> found =
        ElfNoteFinder.findIn(
            file,
            Format.MACHO,
            little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN,
            offset,
            Endian.word(bytes, header + (wide ? 40 : 36), wide, little),
            4,
            wanted);
    MachOHeader fileHeader = MachOHeader.read(headers);
    if (fileHeader.isObject()) {
      return found;
    }
    long delta = Endian.word(bytes, header + 32, wide, little) - offset;
    return found.map(note -> note.inImage(delta, loaded(headers, fileHeader)));
  }

  private static List<LoadedRange> loaded(ByteView headers, MachOHeader header) {
    List<LoadedRange> loaded = new ArrayList<>();
    for (MachOCommand command : new MachOCommands(headers.withOrder(header.order()), header)) {
      if (command.type() == header.layout().segmentCommand()) {
        MachOSegment segment = new MachOSegment(command, header.layout(), loaded.size());
        boolean isWritable = segment.isWritable() && (segment.flags() & MachO.SG_READ_ONLY) == 0;
        loaded.add(
            new LoadedRange(segment.address(), segment.size(), segment.fileSize(), isWritable));
      }
    }
    return loaded;
  }
}
