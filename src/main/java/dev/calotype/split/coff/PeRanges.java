package dev.calotype.split.coff;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.PeImage;
import dev.calotype.image.PeImage.DataDirectory;
import dev.calotype.image.Relocation;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.Section;
import java.util.BitSet;
import java.util.List;

/**
 * Which bytes of a PE image a loader reads or writes, by its data directories and what those lead
 * to (PE/COFF, "Optional Header Data Directories"), in steps of {@link #STEP} bytes of the file.
 */
final class PeRanges {
  /** The step in bytes. */
  static final int STEP = 64;

  private static final int EXPORTS = 0;
  private static final int IMPORTS = 1;
  private static final int EXCEPTIONS = 3;
  private static final int CERTIFICATES = 4;
  private static final int DEBUG = 6;
  private static final int TLS = 9;
  private static final int LOAD_CONFIG = 10;
  private static final int DELAY_IMPORTS = 13;
  private static final int MACHINE_AMD64 = 0x8664;

  /** What follows the last unwind information belongs to it: a handler's tables. */
  private static final int UNWIND_MARGIN = 1024;

  private static final int MOST_STEPS = 1 << 20;

  private final PeImage image;
  private final ByteView view;
  private final List<Section> sections;
  private final boolean wide;
  private final BitSet read = new BitSet();

  private PeRanges(PeImage image) {
    this.image = image;
    this.view = new ByteView(image.bytes(), image.file());
    this.sections = image.sections();
    this.wide = image.target().bits() == 64;
  }

  /** The steps of the file that a loader needs, numbered from its start. */
  static BitSet of(PeImage image) {
    PeRanges ranges = new PeRanges(image);
    ranges.addAll();
    return ranges.read;
  }

  private void addAll() {
    List<DataDirectory> directories = image.dataDirectories();
    for (int i = 0; i < directories.size(); i++) {
      DataDirectory directory = directories.get(i);
      if (i == CERTIFICATES || directory.address() == 0 || directory.size() == 0) {
        continue; // Certificates are at the end of the file, in no section.
      }
      add(directory.address(), directory.size());
      switch (i) {
        case IMPORTS -> addImports(directory.address(), 20, 0, 12, 16);
        case DELAY_IMPORTS -> addImports(directory.address(), 32, 16, 4, 12);
        case EXCEPTIONS -> addUnwinding(directory);
        case DEBUG -> addDebug(directory);
        case TLS -> addThreadLocals(directory.address());
        case LOAD_CONFIG -> addGuardTables(directory.address());
        case EXPORTS -> addExports(directory.address());
        default -> {}
      }
    }
    for (RelocationTable table : image.relocations()) {
      for (Relocation relocation : table) {
        add(relocation.offset(), 8);
      }
    }
  }

  /** Descriptors up to an empty one, each with a name and two tables of what is imported. */
  private void addImports(long start, int size, int names, int name, int addresses) {
    for (int i = 0; i < MOST_STEPS; i++) {
      long at = offset(start + (long) i * size, size);
      if (at < 0 || view.u32(at + name, "imports") == 0) {
        return;
      }
      add(start + (long) i * size, size);
      addText(view.u32(at + name, "imports"));
      addThunks(view.u32(at + names, "imports"));
      addThunks(view.u32(at + addresses, "imports"));
    }
  }

  private void addThunks(long start) {
    int size = wide ? 8 : 4;
    for (int i = 0; start != 0 && i < MOST_STEPS; i++) {
      long at = offset(start + (long) i * size, size);
      if (at < 0) {
        return;
      }
      add(start + (long) i * size, size);
      long thunk = wide ? view.u64(at, "imports") : view.u32(at, "imports");
      if (thunk == 0) {
        return;
      }
      boolean byName = wide ? thunk > 0 : thunk >>> 31 == 0;
      if (byName && thunk < 1L << 31) {
        addText(thunk + 2);
      }
    }
  }

  private void addExports(long start) {
    long at = offset(start, 40);
    if (at < 0) {
      return;
    }
    addText(view.u32(at + 12, "exports"));
    long functions = view.u32(at + 20, "exports");
    long names = view.u32(at + 24, "exports");
    add(view.u32(at + 28, "exports"), functions * 4);
    add(view.u32(at + 32, "exports"), names * 4);
    add(view.u32(at + 36, "exports"), names * 2);
    for (long i = 0; i < Math.min(names, MOST_STEPS); i++) {
      long name = offset(view.u32(at + 32, "exports") + i * 4, 4);
      if (name < 0) {
        return;
      }
      addText(view.u32(name, "exports"));
    }
  }

  private void addDebug(DataDirectory directory) {
    for (long i = 0; i + 28 <= directory.size() && i / 28 < MOST_STEPS; i += 28) {
      long at = offset(directory.address() + i, 28);
      if (at >= 0) {
        add(view.u32(at + 20, "debug directory"), view.u32(at + 16, "debug directory"));
      }
    }
  }

  /** From the first to behind the last, since what a handler adds has no size. */
  private void addUnwinding(DataDirectory directory) {
    int entry = image.machine() == MACHINE_AMD64 ? 12 : 8;
    long first = Long.MAX_VALUE;
    long last = 0;
    for (long i = 0; i + entry <= directory.size(); i += entry) {
      long at = offset(directory.address() + i, entry);
      if (at < 0) {
        break;
      }
      long information = view.u32(at + entry - 4, "exception table");
      if (entry == 8 && (information & 3) != 0) {
        continue; // Packed into the entry itself.
      }
      first = Math.min(first, information);
      last = Math.max(last, information);
    }
    if (first <= last) {
      add(first, last - first + UNWIND_MARGIN);
    }
  }

  private void addThreadLocals(long start) {
    int word = wide ? 8 : 4;
    long at = offset(start, 4L * word);
    if (at < 0) {
      return;
    }
    long template = address(at);
    add(template, Math.max(0, address(at + word) - template));
    long callbacks = address(at + 3L * word);
    for (int i = 0; i < MOST_STEPS; i++) {
      long callback = offset(callbacks + (long) i * word, word);
      if (callback < 0) {
        return;
      }
      add(callbacks + (long) i * word, word);
      if ((wide ? view.u64(callback, "TLS table") : view.u32(callback, "TLS table")) == 0) {
        return;
      }
    }
  }

  /** Where the load configuration has a table's address and, a word behind, its count. */
  private void addGuardTables(long start) {
    int[] tables = wide ? new int[] {96, 128, 160, 176, 264} : new int[] {64, 80, 104, 112, 164};
    long at = offset(start, 4);
    if (at < 0) {
      return;
    }
    long size = view.u32(at, "load configuration");
    add(start, size);
    int word = wide ? 8 : 4;
    int flags = wide ? 144 : 88;
    long stride =
        size >= flags + 4 && view.contains(at + flags, 4)
            ? 4 + (view.u32(at + flags, "load configuration") >>> 28)
            : 4;
    for (int table : tables) {
      if (table + 2L * word <= size && view.contains(at + table, 2L * word)) {
        long address = address(at + table);
        long count =
            wide
                ? view.u64(at + table + word, "load configuration")
                : view.u32(at + table + word, "load configuration");
        if (address > 0 && count > 0 && count < 1L << 32) {
          add(address, count * stride);
        }
      }
    }
  }

  /** A word that holds an absolute address, relative to the image's base. */
  private long address(long at) {
    String structure = "address";
    long absolute = wide ? view.u64(at, structure) : view.u32(at, structure);
    return absolute == 0 ? 0 : absolute - image.imageBase();
  }

  private void addText(long address) {
    long at = offset(address, 1);
    if (at >= 0) {
      add(address - 2, 3L + view.stringLength(at, view.size(), "name")); // With the hint before it.
    }
  }

  private void add(long address, long size) {
    for (Section section : sections) {
      long skip = Math.max(0, address - section.address());
      long end = address + size - section.address();
      if (address >= 0 && size > 0 && end > 0 && skip < section.fileSize()) {
        long from = section.offset() + skip;
        long to = section.offset() + Math.min(end, section.fileSize());
        to = Math.min(to, view.size());
        if (from < to) {
          read.set((int) (from / STEP), (int) ((to + STEP - 1) / STEP));
        }
      }
    }
  }

  /** Where the bytes at an address are in the file, or -1. */
  private long offset(long address, long size) {
    for (Section section : sections) {
      long skip = address - section.address();
      if (skip >= 0 && skip < section.fileSize() && size <= section.fileSize() - skip) {
        long at = section.offset() + skip;
        return view.contains(at, size) ? at : -1;
      }
    }
    return -1;
  }
}
