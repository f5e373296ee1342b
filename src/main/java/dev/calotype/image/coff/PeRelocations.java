package dev.calotype.image.coff;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.PeImage.DataDirectory;
import dev.calotype.image.Relocation;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.Symbol;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Base relocations (PE/COFF, "The .reloc Section"): blocks of 16-bit entries, one for each page.
 * Entries that only pad a block are listed too, as {@code ABSOLUTE}.
 *
 * @param view the file
 * @param machine {@code Machine}
 * @param offset where the first block starts in the file
 * @param size how many bytes lie within the file, checked by whoever makes this
 */
record PeRelocations(ByteView view, int machine, long offset, long size)
    implements RelocationTable {
  private static final String NAME = "base relocations";
  private static final int BLOCK_HEADER_SIZE = 8;

  /** {@code IMAGE_REL_BASED_HIGHADJ}. */
  private static final int HIGHADJ = 4;

  static List<RelocationTable> tables(PeFile image) {
    DataDirectory directory = image.header().directory(image.view(), PeHeader.BASE_RELOCATIONS);
    if (directory.address() == 0 || directory.size() == 0) {
      return List.of();
    }
    long offset = new PeMemory(image).offset(directory.address(), directory.size(), NAME);
    return List.of(new PeRelocations(image.view(), image.machine(), offset, directory.size()));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public OptionalInt section() {
    return OptionalInt.empty();
  }

  @Override
  public long count() {
    long count = 0;
    for (Iterator<Relocation> walk = iterator(); walk.hasNext(); walk.next()) {
      count++;
    }
    return count;
  }

  @Override
  public Iterator<Relocation> iterator() {
    return new Walk();
  }

  private final class Walk implements Iterator<Relocation> {
    private final long end = offset + size;
    private long page;
    private long at = offset;
    private long blockEnd = offset;

    @Override
    public boolean hasNext() {
      while (at == blockEnd && at != end) {
        startBlock();
      }
      return at != end;
    }

    private void startBlock() {
      long blockSize = end - at < BLOCK_HEADER_SIZE ? 0 : view.u32(at + 4, NAME);
      if (blockSize < BLOCK_HEADER_SIZE || blockSize % 2 != 0 || blockSize > end - at) {
        throw view.malformed(
            NAME,
            at,
            "a block of %d bytes".formatted(blockSize),
            "an even number from 8 to the %d that are left".formatted(end - at));
      }
      page = view.u32(at, NAME);
      blockEnd = at + blockSize;
      at += BLOCK_HEADER_SIZE;
    }

    @Override
    public Relocation next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int entry = step();
      int type = entry >> 12;
      // This type's other half is where the next entry would be.
      OptionalLong addend =
          type == HIGHADJ && at != blockEnd
              ? OptionalLong.of((short) step())
              : OptionalLong.empty();
      return new Entry(machine, page + (entry & 0xfff), type, addend);
    }

    private int step() {
      int entry = view.u16(at, NAME);
      at += 2;
      return entry;
    }
  }

  private record Entry(int machine, long offset, int typeNumber, OptionalLong addend)
      implements Relocation {
    @Override
    public String type() {
      return CoffRelocationTypes.baseName(machine, typeNumber);
    }

    @Override
    public Optional<Symbol> symbol() {
      return Optional.empty();
    }
  }
}
