package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/** The places a dynamic loader writes to, as the dynamic table lists them. */
public final class ElfRelocations {
  private final ElfImage image;
  private final ElfDynamic dynamic;
  private final ElfLayout layout;

  private ElfRelocations(ElfImage image) {
    this.image = image;
    this.dynamic = image.dynamic();
    this.layout = image.header().layout();
  }

  /**
   * Gives {@code place} the address of every dynamic relocation: {@code DT_RELA}, {@code DT_REL},
   * {@code DT_JMPREL} and {@code DT_RELR}.
   */
  public static void forEachPlace(ElfImage image, LongConsumer place) {
    ElfRelocations relocations = new ElfRelocations(image);
    relocations.entries(Elf.DT_RELA, Elf.DT_RELASZ, 3, place);
    relocations.entries(Elf.DT_REL, Elf.DT_RELSZ, 2, place);
    boolean rela = relocations.dynamic.first(Elf.DT_PLTREL).orElse(Elf.DT_RELA) == Elf.DT_RELA;
    relocations.entries(Elf.DT_JMPREL, Elf.DT_PLTRELSZ, rela ? 3 : 2, place);
    relocations.relative(place);
  }

  private void entries(long table, long size, int words, LongConsumer place) {
    OptionalLong address = dynamic.first(table);
    if (address.isEmpty() || dynamic.required(size) == 0) {
      return;
    }
    String structure = "relocations at address 0x%x".formatted(address.getAsLong());
    ByteView view = image.view();
    long start = image.fileOffset(address.getAsLong(), structure);
    long bytes = dynamic.required(size);
    view.require(start, bytes, structure);
    int entrySize = words * layout.wordSize();
    for (long at = 0; at + entrySize <= bytes; at += entrySize) {
      place.accept(layout.word(view, start + at, structure));
    }
  }

  /**
   * {@code DT_RELR}: an even word is an address, an odd one a bitmap of the 63 or 31 words after
   * it.
   */
  private void relative(LongConsumer place) {
    OptionalLong address = dynamic.first(Elf.DT_RELR);
    if (address.isEmpty() || dynamic.required(Elf.DT_RELRSZ) == 0) {
      return;
    }
    String structure = "relative relocations";
    ByteView view = image.view();
    long start = image.fileOffset(address.getAsLong(), structure);
    long bytes = dynamic.required(Elf.DT_RELRSZ);
    view.require(start, bytes, structure);
    int wordSize = layout.wordSize();
    long next = 0;
    for (long at = 0; at + wordSize <= bytes; at += wordSize) {
      long word = layout.word(view, start + at, structure);
      if ((word & 1) == 0) {
        place.accept(word);
        next = word + wordSize;
      } else {
        for (int bit = 1; bit < layout.bits(); bit++) {
          if ((word >>> bit & 1) != 0) {
            place.accept(next + (bit - 1) * (long) wordSize);
          }
        }
        next += (layout.bits() - 1) * (long) wordSize;
      }
    }
  }
}
