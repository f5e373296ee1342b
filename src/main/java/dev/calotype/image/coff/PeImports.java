package dev.calotype.image.coff;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Import;
import dev.calotype.image.PeImage.DataDirectory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an image wants from others (PE/COFF, "The .idata Section", "Delay-Load Import Tables"). Like
 * loaders, this reads up to an empty descriptor and ignores the directories' sizes.
 */
final class PeImports implements Iterator<Import> {
  private static final String IMPORTS = "import table";
  private static final String DELAY_IMPORTS = "delay import table";

  private final ByteView view;
  private final PeMemory memory;
  private final boolean isWide;
  private final Iterator<Library> libraries;
  private Library library = new Library("", 0, false);
  private long thunk;
  private long next;

  /**
   * A library and the table of what is wanted from it.
   *
   * @param name the library's file name
   * @param thunks the address of its lookup table
   * @param isDelayed whether it is loaded when it is first called
   */
  record Library(String name, long thunks, boolean isDelayed) {}

  PeImports(PeFile image) {
    view = image.view();
    isWide = image.header().isWide();
    memory = new PeMemory(image);
    List<Library> all = new ArrayList<>(libraries(image, memory));
    all.addAll(delayedLibraries(image, memory));
    libraries = all.iterator();
  }

  /** The libraries of the import directory, in its order. */
  static List<Library> libraries(PeFile image, PeMemory memory) {
    DataDirectory directory = image.header().directory(image.view(), PeHeader.IMPORTS);
    List<Library> libraries = new ArrayList<>();
    for (long at = directory.address(); at != 0; at += 20) {
      long lookup = memory.u32(at, IMPORTS);
      long name = memory.u32(at + 12, IMPORTS);
      long addresses = memory.u32(at + 16, IMPORTS);
      if (name == 0 || addresses == 0) {
        break;
      }
      // Some old linkers made no lookup table; the other one says the same until it is bound.
      long thunks = lookup != 0 ? lookup : addresses;
      libraries.add(new Library(memory.string(name, IMPORTS), thunks, false));
    }
    return libraries;
  }

  /** The libraries of the delay import directory, in its order. */
  static List<Library> delayedLibraries(PeFile image, PeMemory memory) {
    DataDirectory directory = image.header().directory(image.view(), PeHeader.DELAY_IMPORTS);
    List<Library> libraries = new ArrayList<>();
    for (long at = directory.address(); at != 0; at += 32) {
      // Without this bit, all are addresses in memory: Visual C++ 6 wrote such.
      boolean isRelative = (memory.u32(at, DELAY_IMPORTS) & 1) != 0;
      long name = memory.u32(at + 4, DELAY_IMPORTS);
      if (name == 0) {
        break;
      }
      long base = isRelative ? 0 : image.imageBase();
      long thunks = memory.u32(at + 16, DELAY_IMPORTS) - base;
      libraries.add(new Library(memory.string(name - base, DELAY_IMPORTS), thunks, true));
    }
    return libraries;
  }

  @Override
  public boolean hasNext() {
    while (next == 0) {
      if (thunk != 0) {
        next = readThunk();
        thunk = next == 0 ? 0 : thunk + thunkSize();
      } else if (libraries.hasNext()) {
        library = libraries.next();
        thunk = library.thunks();
      } else {
        return false;
      }
    }
    return true;
  }

  @Override
  public Import next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    long entry = next;
    next = 0;
    boolean isOrdinal = isWide ? entry < 0 : (entry & 0x8000_0000L) != 0;
    return new Import(
        // Before the name, two bytes hint where among the library's exports it was.
        isOrdinal ? "" : memory.string((entry & 0x7fff_ffffL) + 2, structure()),
        Optional.of(library.name()),
        isOrdinal ? OptionalLong.of(entry & 0xffff) : OptionalLong.empty(),
        library.isDelayed());
  }

  private long readThunk() {
    long offset = memory.offset(thunk, thunkSize(), structure());
    return isWide ? view.u64(offset, structure()) : view.u32(offset, structure());
  }

  private int thunkSize() {
    return isWide ? 8 : 4;
  }

  private String structure() {
    return library.isDelayed() ? DELAY_IMPORTS : IMPORTS;
  }
}
