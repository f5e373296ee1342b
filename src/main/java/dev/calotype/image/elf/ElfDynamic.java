package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The dynamic table (gABI, "Dynamic Section"), read where {@code PT_DYNAMIC} points, as the loader
 * does.
 *
 * @param image the image whose table it is
 * @param offset where the first entry starts in the file
 * @param count how many entries come before {@code DT_NULL}
 */
public record ElfDynamic(ElfFile image, long offset, long count) {
  private static final String STRUCTURE = "dynamic table";

  static ElfDynamic read(ElfFile image) {
    for (ElfSegment segment : image.elfSegments()) {
      if (segment.typeNumber() == Elf.PT_DYNAMIC && segment.fileSize() != 0) {
        ByteView view = image.view();
        long offset = segment.offset();
        long size = segment.fileSize();
        view.require(offset, size, STRUCTURE);
        ElfLayout layout = image.header().layout();
        int entrySize = 2 * layout.wordSize();
        long count = 0;
        while ((count + 1) * entrySize <= size
            && layout.word(view, offset + count * entrySize, STRUCTURE) != Elf.DT_NULL) {
          count++;
        }
        return new ElfDynamic(image, offset, count);
      }
    }
    return new ElfDynamic(image, 0, 0);
  }

  /** The tag of entry {@code index}. */
  public long tag(long index) {
    return image.header().layout().word(image.view(), entry(index), STRUCTURE);
  }

  /** The value of entry {@code index}. */
  public long value(long index) {
    ElfLayout layout = image.header().layout();
    return layout.word(image.view(), entry(index) + layout.wordSize(), STRUCTURE);
  }

  /** The value of the first entry with that tag. */
  public OptionalLong first(long tag) {
    for (long i = 0; i < count; i++) {
      if (tag(i) == tag) {
        return OptionalLong.of(value(i));
      }
    }
    return OptionalLong.empty();
  }

  /** The texts that the entries with that tag name in the dynamic string table. */
  List<String> strings(long tag) {
    List<String> texts = new ArrayList<>();
    ElfTexts all = new ElfTexts(image.view(), STRUCTURE);
    long strings = -1;
    long end = -1;
    for (long i = 0; i < count; i++) {
      if (tag(i) == tag) {
        if (strings < 0) {
          strings = image.fileOffset(required(Elf.DT_STRTAB), STRUCTURE);
          long size = required(Elf.DT_STRSZ);
          image.view().require(strings, size, "dynamic string table");
          end = strings + size;
        }
        long name = value(i);
        if (name < 0 || name >= end - strings) {
          throw image
              .view()
              .malformed(
                  STRUCTURE,
                  entry(i),
                  "string offset 0x%x".formatted(name),
                  "one within %d bytes of strings".formatted(end - strings));
        }
        texts.add(all.keep(image.view().string(strings + name, end, STRUCTURE), strings + name));
      }
    }
    return texts;
  }

  long required(long tag) {
    return first(tag)
        .orElseThrow(
            () -> image.view().malformed(STRUCTURE, offset, "no entry with tag " + tag, "one"));
  }

  private long entry(long index) {
    return offset + index * 2 * image.header().layout().wordSize();
  }
}
