package dev.calotype.image;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.Endian;
import dev.calotype.bytes.Name;
import dev.calotype.image.coff.CoffMagic;
import dev.calotype.image.coff.CoffTraverser;
import dev.calotype.image.elf.Elf;
import dev.calotype.image.elf.ElfTraverser;
import dev.calotype.image.macho.MachO;
import dev.calotype.image.macho.MachOTraverser;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A part of an image by its name and, once found, its place. Finding takes the shortest walk there
 * is from the file's first byte and makes no object, so one part is for asking again and again;
 * {@link Image} is for all other questions.
 *
 * <pre>{@code
 * Part metadata = Part.section(".metadata");
 * if (metadata.findIn(bytes, "libfoo.so")) {
 *   use(bytes.asSlice(metadata.offset(), metadata.size()));
 * }
 * }</pre>
 *
 * <p>Not safe for use by several threads. The place is that in the image last searched.
 */
public final class Part {
  /** What a name is the name of. */
  private enum Kind {
    SECTION,
    SEGMENT,
    LOAD_COMMAND
  }

  private final Kind kind;
  private final Name name;
  private final Name machoSection;
  private final @Nullable Name machoSegment;
  private final long elfType;
  private final long machoCommand;
  private long address;
  private long offset;
  private long size;

  private Part(Kind kind, String name) {
    this.kind = kind;
    this.name = new Name(name);
    int comma = name.indexOf(',');
    this.machoSection = new Name(name.substring(comma + 1));
    this.machoSegment = comma < 0 ? null : new Name(name.substring(0, comma));
    this.elfType = Elf.segmentTypeNumber(name);
    this.machoCommand = MachO.commandNumber(name);
  }

  /**
   * The first section of that name.
   *
   * @param name {@code .rodata} or {@code __const} for example; in Mach-O also with its segment:
   *     {@code __TEXT,__const}
   */
  public static Part section(String name) {
    return new Part(Kind.SECTION, name);
  }

  /**
   * The first segment of that name.
   *
   * @param name a type in ELF, {@code NOTE} for example; a segment's name in Mach-O, {@code
   *     __LINKEDIT} for example; a section's in PE
   */
  public static Part segment(String name) {
    return new Part(Kind.SEGMENT, name);
  }

  /**
   * The first load command of that name in a Mach-O image, the whole command with its type and
   * size. Other formats have none.
   *
   * @param name {@code LC_UUID} for example
   */
  public static Part loadCommand(String name) {
    return new Part(Kind.LOAD_COMMAND, name);
  }

  /**
   * Looks for the part.
   *
   * @param image the whole file; of a file that may shrink, inside {@link
   *     dev.calotype.map.OpenFile#whileWhole}
   * @param file the file's name for errors
   * @return whether it is there; its bytes are within the file then
   * @throws MalformedImageException if a table on the way is damaged, or the part leaves the file
   * @throws UnsupportedFormatException if the bytes are no image
   */
  public boolean findIn(MemorySegment image, String file) {
    int magic = image.byteSize() < 4 ? 0 : (int) Endian.u32(image, 0, false);
    if (magic == 0x7f454c46) {
      return findInElf(image, file);
    }
    if (isMachO(magic)) {
      return findInMachO(image, file);
    }
    if (CoffMagic.isImage(image) || CoffMagic.isObject(image)) {
      return (kind == Kind.SECTION || (kind == Kind.SEGMENT && CoffMagic.isImage(image)))
          && findInCoff(image, file);
    }
    // The slow way says what it is instead.
    throw new UnsupportedFormatException(file, Image.of(image, file).format().title());
  }

  /** The address at which the part is loaded, relative to the image's base; 0 if it is not. */
  public long address() {
    return address;
  }

  /** Where its bytes start in the file; 0 if it has none and says to be outside. */
  public long offset() {
    return offset;
  }

  /** How many bytes it has in the file; 0 if it is all zeros in memory. */
  public long size() {
    return size;
  }

  private boolean findInElf(MemorySegment image, String file) {
    if (kind == Kind.LOAD_COMMAND) {
      return false;
    }
    if (kind == Kind.SECTION) {
      long header = ElfTraverser.section(image, file, name);
      return header != ElfTraverser.ABSENT && atElfSection(image, file, header);
    }
    long header = elfType < 0 ? ElfTraverser.ABSENT : ElfTraverser.segment(image, file, elfType);
    return header != ElfTraverser.ABSENT && atElfSegment(image, file, header);
  }

  private boolean atElfSection(MemorySegment image, String file, long header) {
    boolean wide = image.get(JAVA_BYTE, 4) == 2;
    boolean little = image.get(JAVA_BYTE, 5) == 1;
    boolean isInFile = Endian.u32(image, header + 4, little) != Elf.SHT_NOBITS;
    return at(
        image,
        file,
        Endian.word(image, header + (wide ? 16 : 12), wide, little),
        Endian.word(image, header + (wide ? 24 : 16), wide, little),
        isInFile ? Endian.word(image, header + (wide ? 32 : 20), wide, little) : 0);
  }

  private boolean atElfSegment(MemorySegment image, String file, long header) {
    boolean wide = image.get(JAVA_BYTE, 4) == 2;
    boolean little = image.get(JAVA_BYTE, 5) == 1;
    return at(
        image,
        file,
        Endian.word(image, header + (wide ? 16 : 8), wide, little),
        Endian.word(image, header + (wide ? 8 : 4), wide, little),
        Endian.word(image, header + (wide ? 32 : 16), wide, little));
  }

  private boolean findInCoff(MemorySegment image, String file) {
    long header = CoffTraverser.section(image, file, name);
    if (header == CoffTraverser.ABSENT) {
      return false;
    }
    long offset = Endian.u32(image, header + 20, true);
    return at(
        image,
        file,
        Endian.u32(image, header + 12, true),
        offset,
        offset == 0 ? 0 : Endian.u32(image, header + 16, true));
  }

  private static boolean isMachO(int magic) {
    return magic == 0xcffaedfe
        || magic == 0xcefaedfe
        || magic == MachO.MH_MAGIC
        || magic == MachO.MH_MAGIC_64;
  }

  private boolean findInMachO(MemorySegment image, String file) {
    long found =
        switch (kind) {
          case SECTION -> MachOTraverser.section(image, file, machoSection, machoSegment);
          case SEGMENT -> MachOTraverser.segment(image, file, name);
          case LOAD_COMMAND -> MachOTraverser.command(image, file, machoCommand);
        };
    return found != MachOTraverser.ABSENT && atMachO(image, file, found);
  }

  private boolean atMachO(MemorySegment image, String file, long header) {
    boolean wide = MachOTraverser.isWide(image, file);
    boolean little = MachOTraverser.isLittle(image);
    return switch (kind) {
      case SECTION -> {
        long place = Endian.u32(image, header + (wide ? 48 : 40), little);
        boolean isInFile =
            place != 0 && !MachO.isZeroFill(Endian.u32(image, header + (wide ? 64 : 56), little));
        yield at(
            image,
            file,
            Endian.word(image, header + 32, wide, little),
            place,
            isInFile ? Endian.word(image, header + (wide ? 40 : 36), wide, little) : 0);
      }
      case SEGMENT ->
          at(
              image,
              file,
              Endian.word(image, header + 24, wide, little),
              Endian.word(image, header + (wide ? 40 : 32), wide, little),
              Endian.word(image, header + (wide ? 48 : 36), wide, little));
      case LOAD_COMMAND -> at(image, file, 0, header, Endian.u32(image, header + 4, little));
    };
  }

  private boolean at(MemorySegment image, String file, long address, long offset, long size) {
    if (size != 0 && !Endian.contains(image, offset, size)) {
      throw new MalformedImageException(
          file,
          kind == Kind.SECTION ? "section" : "segment",
          offset,
          Long.toUnsignedString(size) + " bytes wanted",
          "an end within the file's %d bytes".formatted(image.byteSize()));
    }
    this.address = address;
    // A part without bytes may say to be anywhere; a slice of none still has to be in the file.
    this.offset = size == 0 && !Endian.contains(image, offset, 0) ? 0 : offset;
    this.size = size;
    return true;
  }
}
