package dev.calotype.load;

import dev.calotype.image.ElfImage;
import dev.calotype.image.Note;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The x86-64 levels that a file was marked with ({@code -Wl,-z,x86-64-v3}): the property {@code
 * GNU_PROPERTY_X86_ISA_1_NEEDED} of the x86-64 psABI, "Program Property". glibc refuses a file
 * whose levels the processor has not.
 */
final class IsaLevels {
  private static final int EM_X86_64 = 62;

  /** {@code NT_GNU_PROPERTY_TYPE_0}. */
  private static final long PROPERTIES = 5;

  private static final int NEEDED = 0xc000_8002;

  /** By the property's bits; the first is the baseline, which every processor has. */
  private static final List<String> LEVELS =
      List.of("x86-64-v1", "x86-64-v2", "x86-64-v3", "x86-64-v4");

  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private IsaLevels() {}

  static List<String> needed(ElfImage image) {
    List<String> levels = new ArrayList<>();
    if (image.machine() == EM_X86_64) {
      for (Note note : image.notes()) {
        if (note.owner().equals("GNU") && note.type() == PROPERTIES) {
          add(note.descriptor(), image.target().bits() / 8, levels);
        }
      }
    }
    return levels;
  }

  /** Properties are a type, a size and bytes, padded to the size of an address. */
  private static void add(MemorySegment properties, int padding, List<String> levels) {
    long at = 0;
    while (properties.byteSize() - at >= 8) {
      int type = properties.get(U32, at);
      long size = Integer.toUnsignedLong(properties.get(U32, at + 4));
      at += 8;
      if (size > properties.byteSize() - at) {
        return; // glibc does not look further either.
      }
      if (type == NEEDED && size == 4) {
        int bits = properties.get(U32, at);
        for (int level = 1; level < LEVELS.size(); level++) {
          if ((bits & 1 << level) != 0) {
            levels.add(LEVELS.get(level));
          }
        }
      }
      at += (size + padding - 1) & -padding;
    }
  }
}
