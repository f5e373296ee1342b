package dev.calotype.image.macho;

import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.EntryList;
import dev.calotype.image.Binary;
import dev.calotype.image.Container;
import dev.calotype.image.Format;
import dev.calotype.image.Member;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A fat file ({@code mach-o/fat.h}): a big-endian table of slices, each an image or an archive for
 * one processor.
 */
public final class FatFile implements Container {
  private static final String STRUCTURE = "fat header";
  private static final int HEADER_SIZE = 8;

  /**
   * How many slices there may be. From 43 on, the count is where Java class files have their
   * version; nobody has ever had that many processors.
   */
  private static final int MOST_SLICES = 42;

  private final ByteView view;
  private final boolean isWide;
  private final BiFunction<MemorySegment, String, Binary> opener;

  private FatFile(ByteView view, boolean isWide, BiFunction<MemorySegment, String, Binary> opener) {
    this.view = view;
    this.isWide = isWide;
    this.opener = opener;
  }

  /**
   * Reads the file header. See {@link Binary#of}.
   *
   * @param opener makes a slice's bytes and name what they are
   */
  public static FatFile of(
      MemorySegment bytes, String name, BiFunction<MemorySegment, String, Binary> opener) {
    ByteView view = new ByteView(bytes.asReadOnly(), name, ByteOrder.BIG_ENDIAN);
    if (view.size() >= 4 && !isFat(view)) {
      throw new UnsupportedFormatException(name, "a file that is not fat Mach-O");
    }
    view.require(0, HEADER_SIZE, STRUCTURE);
    boolean isWide = (int) view.u32(0, STRUCTURE) == MachO.FAT_MAGIC_64;
    long count = view.u32(4, STRUCTURE);
    if (!isWide && isClassFileVersion(count)) {
      throw new UnsupportedFormatException(name, "a Java class file");
    }
    if (count > MOST_SLICES) {
      throw view.malformed(STRUCTURE, 4, count + " slices", "at most " + MOST_SLICES);
    }
    return new FatFile(view, isWide, opener);
  }

  private static boolean isFat(ByteView view) {
    int magic = (int) view.withOrder(ByteOrder.BIG_ENDIAN).u32(0, STRUCTURE);
    return magic == MachO.FAT_MAGIC || magic == MachO.FAT_MAGIC_64;
  }

  /** Whether the number is a class file's minor and major version (JVMS 25, section 4.1). */
  private static boolean isClassFileVersion(long number) {
    long minor = number >>> 16;
    long major = number & 0xffff;
    return major > MOST_SLICES && major < 256 && (minor <= 3 || minor == 0xffff);
  }

  @Override
  public String file() {
    return view.file();
  }

  @Override
  public MemorySegment bytes() {
    return view.bytes();
  }

  @Override
  public Format format() {
    return Format.FAT;
  }

  @Override
  public String type() {
    return isWide
        ? "FAT_64 (slices for several processors)"
        : "FAT (slices for several processors)";
  }

  /**
   * The slices, all of which were found inside the file, after its header, and apart from each
   * other.
   */
  @Override
  public List<Member> members() {
    int count = (int) view.u32(4, STRUCTURE);
    long entriesEnd = HEADER_SIZE + (long) count * entrySize();
    view.require(0, entriesEnd, STRUCTURE);
    for (int i = 0; i < count; i++) {
      requirePlace(new Slice(i), entriesEnd);
    }
    return new EntryList<>(count, Slice::new);
  }

  private void requirePlace(Slice slice, long entriesEnd) {
    long offset = slice.offset();
    long size = slice.size();
    String structure = "slice " + slice.index();
    view.require(offset, size, structure);
    if (offset < entriesEnd) {
      throw view.malformed(
          structure, offset, "a start in the fat header", "one from " + entriesEnd);
    }
    for (int i = 0; i < slice.index(); i++) {
      Slice other = new Slice(i);
      if (offset < other.offset() + other.size() && other.offset() < offset + size) {
        throw view.malformed(
            structure, offset, "an overlap with slice " + i, "slices apart from each other");
      }
    }
  }

  @Override
  public Iterable<IndexedSymbol> symbolIndex() {
    return List.of();
  }

  private int entrySize() {
    return isWide ? 32 : 20;
  }

  /** One {@code fat_arch} or {@code fat_arch_64}. */
  private final class Slice implements Member {
    private final int index;
    private final long at;

    Slice(int index) {
      this.index = index;
      this.at = HEADER_SIZE + (long) index * entrySize();
    }

    @Override
    public int index() {
      return index;
    }

    @Override
    public String name() {
      return MachO.slice((int) view.u32(at, STRUCTURE), (int) view.u32(at + 4, STRUCTURE));
    }

    @Override
    public long headerOffset() {
      return offset();
    }

    @Override
    public long offset() {
      return isWide ? view.u64(at + 8, STRUCTURE) : view.u32(at + 8, STRUCTURE);
    }

    @Override
    public long size() {
      return isWide ? view.u64(at + 16, STRUCTURE) : view.u32(at + 12, STRUCTURE);
    }

    @Override
    public boolean isExternal() {
      return false;
    }

    @Override
    public MemorySegment bytes() {
      return view.slice(offset(), size(), "slice " + index);
    }

    @Override
    public Binary binary() {
      String file = "%s(%s)".formatted(view.file(), name());
      ByteView inner = new ByteView(bytes(), file);
      if (inner.size() >= 4 && isFat(inner)) {
        throw inner.malformed("slice " + index, 0, "a fat file", "an image or an archive");
      }
      return opener.apply(inner.bytes(), file);
    }
  }
}
