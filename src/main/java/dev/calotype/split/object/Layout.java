package dev.calotype.split.object;

import dev.calotype.RefusedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What becomes of each byte of an object, and where in the code object it is: new headers first,
 * then what stays, then a tail. First what does not stay is named, then {@link #arrange} places
 * what does, then the tail is put together.
 */
public final class Layout {
  /** What stays keeps its offset modulo this. */
  private static final int CONGRUENCE = 16;

  private final String file;
  private final long size;
  private final Patches patches;
  private final List<Range> ranges = new ArrayList<>();
  private final List<TailPart> tail = new ArrayList<>();
  private byte[] head = new byte[0];
  private long end;

  /** For an original of that size, with these changes. */
  public Layout(String file, long size, Patches patches) {
    this.file = file;
    this.size = size;
    this.patches = patches;
  }

  /** What becomes of a range of the original. */
  enum Kind {
    /** It stays, in its order. */
    KEEP,
    /** It goes to the tail. */
    COPY,
    /** It goes to the data file. */
    MOVE,
    /** It goes to the recipe; something else stands for it. */
    DROP
  }

  /** A range of the original. */
  static final class Range {
    final Kind kind;
    final long offset;
    final long length;
    final int section;
    long codeOffset;

    Range(Kind kind, long offset, long length, int section) {
      this.kind = kind;
      this.offset = offset;
      this.length = length;
      this.section = section;
    }

    long end() {
      return offset + length;
    }
  }

  /** What is known only when everything before was written. */
  @FunctionalInterface
  public interface Late {
    /** The bytes, as many as were announced. */
    byte[] bytes(Known known);
  }

  /** What the tail is made of at last. */
  public static final class Known {
    private final byte[] note;
    private final byte[] recipe;
    private final String mark;

    Known(byte[] note, byte[] recipe, String mark) {
      this.note = note;
      this.recipe = recipe;
      this.mark = mark;
    }

    /** The code note. */
    public byte[] note() {
      return note;
    }

    /** What joining needs. */
    public byte[] recipe() {
      return recipe;
    }

    /** 16 hexadecimal digits that depend on the content of both halves. */
    public String mark() {
      return mark;
    }
  }

  /** A part of the tail: a copy of a range, or new bytes. */
  record TailPart(long at, long size, Range copy, Late late) {}

  /** Says that a range goes to the data file, all of it being one section of that. */
  public void move(long offset, long length, int section) {
    ranges.add(new Range(Kind.MOVE, offset, length, section));
  }

  /** Says that something else stands for a range. */
  public void drop(long offset, long length) {
    if (length > 0) {
      ranges.add(new Range(Kind.DROP, offset, length, 0));
    }
  }

  /** Says that a range goes to the tail, where {@link #putCopy} places it. */
  public void copy(long offset, long length) {
    if (length > 0) {
      ranges.add(new Range(Kind.COPY, offset, length, 0));
    }
  }

  /**
   * Places what stays behind {@code headSize} bytes of new headers.
   *
   * @throws RefusedException if two of the ranges overlap
   */
  public void arrange(int headSize) {
    patches.freeze();
    ranges.sort(
        Comparator.comparingLong((Range range) -> range.offset)
            .thenComparingLong(range -> range.length));
    List<Range> all = new ArrayList<>();
    long at = 0;
    end = headSize;
    for (Range range : ranges) {
      if (range.offset < at) {
        throw new RefusedException(
            file, "two of its tables and sections overlap at offset 0x%x".formatted(range.offset));
      }
      keep(all, at, range.offset);
      all.add(range);
      at = range.end();
    }
    keep(all, at, size);
    ranges.clear();
    ranges.addAll(all);
    requirePatchesInside();
  }

  private void requirePatchesInside() {
    int i = 0;
    for (Range range : ranges) {
      boolean mayChange = range.kind == Kind.KEEP || range.kind == Kind.COPY;
      while (i < patches.count()
          && mayChange
          && patches.offset(i) >= range.offset
          && patches.offset(i) + patches.length(i) <= range.end()) {
        i++;
      }
    }
    if (i < patches.count()) {
      throw new RefusedException(
          file, "a relocation changes what leaves, at offset 0x%x".formatted(patches.offset(i)));
    }
  }

  private void keep(List<Range> all, long from, long to) {
    if (to > from) {
      Range kept = new Range(Kind.KEEP, from, to - from, 0);
      end += Math.floorMod(from - end, CONGRUENCE);
      kept.codeOffset = end;
      end += kept.length;
      all.add(kept);
    }
  }

  /**
   * Where the byte at {@code offset} of the original is in the code object; for what went away,
   * where the next byte that stayed is.
   */
  public long map(long offset) {
    int low = 0;
    int high = ranges.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ranges.get(middle).end() <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    for (int i = low; i < ranges.size(); i++) {
      Range range = ranges.get(i);
      if (range.kind == Kind.KEEP || (range.kind == Kind.COPY && range.offset <= offset)) {
        return range.codeOffset + Math.max(0, offset - range.offset);
      }
    }
    return end;
  }

  /** Where the tail ends so far. */
  public long end() {
    return end;
  }

  /** Leaves zeros up to a multiple of {@code alignment}, a power of two. */
  public void align(int alignment) {
    end = (end + alignment - 1) & -alignment;
  }

  /**
   * Places the range that {@link #copy} named and starts at {@code offset}.
   *
   * @return where it is
   */
  public long putCopy(long offset) {
    for (Range range : ranges) {
      if (range.kind == Kind.COPY && range.offset == offset) {
        range.codeOffset = end;
        tail.add(new TailPart(end, range.length, range, _ -> new byte[0]));
        end += range.length;
        return range.codeOffset;
      }
    }
    return end; // Of no length.
  }

  /** Places new bytes; returns where they are. */
  public long put(byte[] bytes) {
    return put(bytes.length, _ -> bytes);
  }

  /** Places bytes that are made later; returns where they are. */
  public long put(long length, Late late) {
    long at = end;
    tail.add(new TailPart(at, length, NOTHING, late));
    end += length;
    return at;
  }

  /** The new headers, as many bytes as were announced. */
  public void setHead(byte[] bytes) {
    head = bytes;
  }

  /** How many bytes the recipe has. All copies must be placed. */
  public long recipeSize() {
    return new ObjectRecipe.Draft(this).size();
  }

  static final Range NOTHING = new Range(Kind.COPY, 0, 0, 0);

  List<Range> ranges() {
    return ranges;
  }

  /** The ranges that go to the data file, in its order. */
  List<Range> moves() {
    return ranges.stream()
        .filter(range -> range.kind == Kind.MOVE)
        .sorted(Comparator.comparingInt(range -> range.section))
        .toList();
  }

  List<TailPart> tail() {
    return tail;
  }

  Patches patches() {
    return patches;
  }

  byte[] head() {
    return head;
  }

  long size() {
    return size;
  }

  String file() {
    return file;
  }
}
