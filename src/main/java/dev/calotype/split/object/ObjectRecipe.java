package dev.calotype.split.object;

import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Sha256;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * What joining an object needs: from where each of its bytes comes. Its bytes are in
 * docs/splitting.md, "Recipe".
 */
public final class ObjectRecipe {
  /** The most bytes that a recipe has. */
  public static final long MOST_BYTES = 64 << 20;

  /** The most original bytes that neither half has. */
  static final long MOST_RESIDUE = MOST_BYTES / 2;

  private static final int HEADER_SIZE = 64;
  private static final int DIGEST = 32;
  private static final long MAGIC = 0x00014a424f4c4143L; // "CALOBJ", version 1, 0
  private static final String STRUCTURE = "recipe";
  private static final int CODE = 0;
  private static final int DATA = 1;
  private static final int RESIDUE = 2;

  private final ByteView view;
  private final long count;
  private final long residue;

  private ObjectRecipe(ByteView view, long count, long residue) {
    this.view = view;
    this.count = count;
    this.residue = residue;
  }

  /** Takes the pieces, in the order of the original. */
  public interface Taker<E extends Exception> {
    /** Bytes of the code object. */
    void code(long offset, long length) throws E;

    /** The next bytes of a section of the data file. */
    void data(int section, long length) throws E;

    /** Bytes that are in the recipe itself. */
    void residue(byte[] bytes, int offset, int length) throws E;
  }

  /**
   * Reads the header of a recipe; the bytes are kept, not copied.
   *
   * @throws MalformedImageException if it is none, or contradicts itself
   */
  public static ObjectRecipe of(byte[] bytes, String file) {
    ByteView view = new ByteView(MemorySegment.ofArray(bytes), file);
    long magic = view.u64(0, STRUCTURE);
    if (magic != MAGIC) {
      throw view.malformed(STRUCTURE, 0, "0x%016x".formatted(magic), "a recipe of version 1");
    }
    view.require(0, HEADER_SIZE, STRUCTURE);
    long residueSize = view.u64(24, STRUCTURE);
    if (residueSize < 0 || residueSize > bytes.length - HEADER_SIZE) {
      throw view.malformed(
          STRUCTURE, 24, residueSize + " bytes of residue", "at most %d".formatted(bytes.length));
    }
    return new ObjectRecipe(view, view.u32(16, STRUCTURE), bytes.length - residueSize);
  }

  /** The size of the original in bytes. */
  public long size() {
    return view.u64(8, STRUCTURE);
  }

  /** The SHA-256 of {@link #start()} and then what of the original is not in the data file. */
  public byte[] digest() {
    return array(DIGEST, Sha256.SIZE);
  }

  /** All that says how the original is put together: the recipe without digest and residue. */
  public byte[] start() {
    byte[] start = array(0, (int) residue);
    Arrays.fill(start, DIGEST, DIGEST + Sha256.SIZE, (byte) 0);
    return start;
  }

  private byte[] array(long offset, int length) {
    return view.slice(offset, length, STRUCTURE).toArray(ValueLayout.JAVA_BYTE);
  }

  /**
   * Gives the pieces, one after the other.
   *
   * @throws MalformedImageException if they are not the whole original
   */
  public <E extends Exception> void forEach(Taker<E> taker) throws E {
    byte[] kept = array(residue, (int) (view.size() - residue));
    int used = 0;
    long at = HEADER_SIZE;
    long codeEnd = 0;
    long left = size();
    for (long i = 0; i < count; i++) {
      long start = at;
      long word = leb(at);
      at += lebSize(at);
      int source = (int) (word & 3);
      long length = word >>> 2;
      long extra = source == RESIDUE ? 0 : leb(at);
      at += source == RESIDUE ? 0 : lebSize(at);
      boolean fits = length > 0 && length <= left && source <= RESIDUE;
      if (source == CODE) {
        codeEnd += extra >>> 1 ^ -(extra & 1);
        fits &= codeEnd >= 0 && codeEnd <= Long.MAX_VALUE - left;
      } else if (source == DATA) {
        fits &= extra >= 0 && extra <= Integer.MAX_VALUE;
      } else {
        fits &= length <= kept.length - used;
      }
      if (!fits) {
        throw view.malformed(
            STRUCTURE,
            start,
            "%d bytes from source %d".formatted(length, source),
            "a piece of the original");
      }
      switch (source) {
        case CODE -> {
          taker.code(codeEnd, length);
          codeEnd = Math.addExact(codeEnd, length);
        }
        case DATA -> taker.data((int) extra, length);
        default -> {
          taker.residue(kept, used, (int) length);
          used += (int) length;
          codeEnd += length; // Something of that length mostly stands for it.
        }
      }
      left -= length;
    }
    if (left != 0 || used != kept.length || at != residue) {
      throw view.malformed(
          STRUCTURE, at, "%d bytes missing".formatted(left), "pieces of the whole original");
    }
  }

  private long leb(long at) {
    long value = 0;
    int size = lebSize(at);
    for (int i = 0; i < size; i++) {
      value |= (long) (view.u8(at + i, STRUCTURE) & 0x7f) << (7 * i);
    }
    return value;
  }

  private int lebSize(long at) {
    int size = 1;
    while (at + size <= residue && view.u8(at + size - 1, STRUCTURE) >= 0x80) {
      size++;
    }
    if (at + size > residue || size > 9) {
      throw view.malformed(STRUCTURE, at, "a number without an end", "one of at most 9 bytes");
    }
    return size;
  }

  /** A recipe that is being made: the pieces of a layout. */
  static final class Draft {
    private final ByteArrayOutputStream pieces = new ByteArrayOutputStream();
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final String file;
    private final long original;
    private long count;
    private long residueSize;
    private long codeEnd;

    Draft(Layout layout) {
      this.file = layout.file();
      this.original = layout.size();
      for (Layout.Range range : layout.ranges()) {
        switch (range.kind) {
          case MOVE -> {
            piece(DATA, range.length);
            leb(range.section);
          }
          case DROP -> residue(range.length);
          case KEEP, COPY -> patched(range, layout.patches());
        }
      }
      if (residueSize > MOST_RESIDUE || size() > MOST_BYTES) {
        throw new RefusedException(
            file,
            "its headers and what changes in it are %d bytes, more than the %d that a recipe holds"
                .formatted(residueSize, MOST_RESIDUE));
      }
    }

    private void patched(Layout.Range range, Patches patches) {
      long at = range.offset;
      for (int i = patches.firstAfter(at);
          i < patches.count() && patches.offset(i) < range.end();
          i++) {
        code(range, at, patches.offset(i));
        residue(patches.length(i));
        at = patches.offset(i) + patches.length(i);
      }
      code(range, at, range.end());
    }

    private void code(Layout.Range range, long from, long to) {
      if (to > from) {
        long start = range.codeOffset + from - range.offset;
        piece(CODE, to - from);
        long distance = start - codeEnd;
        leb(distance << 1 ^ distance >> 63);
        codeEnd = start + to - from;
      }
    }

    private void residue(long length) {
      piece(RESIDUE, length);
      residueSize += length;
      codeEnd += length;
    }

    private void piece(int source, long length) {
      count++;
      leb(length << 2 | source);
    }

    private void leb(long value) {
      long left = value;
      while (left >>> 7 != 0) {
        pieces.write((int) ((left & 0x7f) | 0x80));
        left >>>= 7;
      }
      pieces.write((int) left);
    }

    long size() {
      return HEADER_SIZE + pieces.size() + residueSize;
    }

    /** Adds original bytes that neither half has, in the order of the original. */
    void keep(byte[] bytes, int offset, int length) {
      kept.write(bytes, offset, length);
    }

    /** All that says how the original is put together: the recipe without digest and residue. */
    byte[] start() {
      ByteWriter bytes = new ByteWriter(HEADER_SIZE + pieces.size());
      bytes.u64(MAGIC).u64(original).u32(count).u32(0).u64(residueSize);
      return bytes.at(HEADER_SIZE).bytes(pieces.toByteArray()).array();
    }

    /** The recipe, its digest being that of its start and what was given out or kept. */
    byte[] encode(byte[] digest) {
      ByteWriter bytes = new ByteWriter(Math.toIntExact(size()));
      bytes.bytes(start()).bytes(kept.toByteArray());
      return bytes.at(DIGEST).bytes(digest).array();
    }
  }
}
