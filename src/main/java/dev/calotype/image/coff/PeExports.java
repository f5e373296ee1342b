package dev.calotype.image.coff;

import dev.calotype.image.Export;
import dev.calotype.image.PeImage.DataDirectory;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What others find in an image (PE/COFF, "The .edata Section"), by ordinal: under each of its
 * names, or once without one. Ordinals without an address are none.
 */
final class PeExports implements Iterator<Export> {
  private static final String STRUCTURE = "export table";
  private static final int NONE = -1;

  private final PeMemory memory;
  private final DataDirectory directory;
  private final long base;
  private final long functions;
  private final long names;

  /** The first name of each function, by its position among the names. */
  private final int[] firstName;

  /** The next name of the same function. */
  private final int[] nextName;

  private int function;
  private int name = NONE;
  private long address;

  PeExports(PeFile image) {
    directory = image.header().directory(image.view(), PeHeader.EXPORTS);
    memory = new PeMemory(image);
    long table = directory.address();
    boolean isThere = table != 0;
    base = isThere ? memory.u32(table + 16, STRUCTURE) : 0;
    long functionCount = isThere ? memory.u32(table + 20, STRUCTURE) : 0;
    long nameCount = isThere ? memory.u32(table + 24, STRUCTURE) : 0;
    functions = isThere ? memory.u32(table + 28, STRUCTURE) : 0;
    names = isThere ? memory.u32(table + 32, STRUCTURE) : 0;
    require(functions, functionCount, 4);
    require(names, nameCount, 4);
    firstName = new int[(int) functionCount];
    nextName = new int[(int) nameCount];
    Arrays.fill(firstName, NONE);
    if (nameCount != 0) {
      readOrdinals(image, memory.u32(table + 36, STRUCTURE));
    }
    function = NONE;
  }

  /** The name the image was exported under. */
  static Optional<String> imageName(PeFile image) {
    DataDirectory directory = image.header().directory(image.view(), PeHeader.EXPORTS);
    if (directory.address() == 0) {
      return Optional.empty();
    }
    PeMemory memory = new PeMemory(image);
    long name = memory.u32(directory.address() + 12, STRUCTURE);
    return name == 0 ? Optional.empty() : Optional.of(memory.string(name, STRUCTURE));
  }

  private void require(long address, long count, int entrySize) {
    if (count != 0) {
      memory.offset(address, count * entrySize, STRUCTURE);
    }
  }

  /** The table beside the names: the position of each one's function. */
  private void readOrdinals(PeFile image, long ordinals) {
    long offset = memory.offset(ordinals, nextName.length * 2L, STRUCTURE);
    for (int i = nextName.length - 1; i >= 0; i--) {
      int position = image.view().u16(offset + i * 2L, STRUCTURE);
      if (position >= firstName.length) {
        throw image
            .view()
            .malformed(
                STRUCTURE,
                offset + i * 2L,
                "function " + position,
                "one below " + firstName.length);
      }
      nextName[i] = firstName[position];
      firstName[position] = i;
    }
  }

  @Override
  public boolean hasNext() {
    while (address == 0 && function < firstName.length - 1) {
      function++;
      address = memory.u32(functions + function * 4L, STRUCTURE);
      name = firstName[function];
    }
    return address != 0;
  }

  @Override
  public Export next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    long from = address;
    String text =
        name == NONE ? "" : memory.string(memory.u32(names + name * 4L, STRUCTURE), STRUCTURE);
    name = name == NONE ? NONE : nextName[name];
    if (name == NONE) {
      address = 0;
    }
    // An address within the directory is that of the text that says where it is instead.
    long inside = from - directory.address();
    boolean isForwarded = inside >= 0 && inside < directory.size();
    return new Export(
        text,
        OptionalLong.of(base + function),
        isForwarded ? 0 : from,
        isForwarded ? Optional.of(memory.string(from, STRUCTURE)) : Optional.empty());
  }
}
