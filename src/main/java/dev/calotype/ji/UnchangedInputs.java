package dev.calotype.ji;

import dev.calotype.os.FileStat;
import dev.calotype.os.NativeAccess;
import dev.calotype.os.PathBytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The quick look at inputs, for the usual case: every one of them has the attributes of its
 * witness. It goes over the tables' bytes without making objects of them; that these tables are
 * right is known, as witnesses are kept only of tables that were decoded. Any doubt at all is a no,
 * and {@link InputChecker} finds out.
 */
final class UnchangedInputs {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final MemorySegment tables;
  private final Map<String, Path> roots;
  private final Witnesses.Remembered remembered;

  /** The root of the input before, between {@code '@'} and {@code '/'}, and its place. */
  private byte[] root = {};

  private @Nullable Path place;
  private @Nullable PathBytes name;
  private final @Nullable FileStat stat;

  private UnchangedInputs(
      byte[] tables, Map<String, Path> roots, Witnesses.Remembered remembered, boolean calls) {
    this.stat = calls ? FileStat.ofThread() : null;
    this.bytes = tables;
    this.tables = MemorySegment.ofArray(tables);
    this.roots = roots;
    this.remembered = remembered;
  }

  /**
   * Whether all inputs are as they were when they were found unchanged.
   *
   * @param tables the tables of the tail block, which match page one's root digest
   * @param key what the witnesses are kept under, which tells these tables and page one from others
   */
  static boolean areThey(byte[] tables, Expectations expectations, byte[] key) {
    Expectations.Draft wanted = expectations.all();
    MemorySegment header = MemorySegment.ofArray(tables);
    long count = u32(header, 8);
    long texts = tables.length - u32(header, 12);
    long start = texts - count * Tail.INPUT_SIZE;
    if (count == 0 || count > tables.length / Tail.INPUT_SIZE || start < Tail.HEADER_SIZE) {
      return false;
    }
    Witnesses.Remembered remembered = wanted.witnesses.read(key, wanted.roots, (int) count);
    return remembered.isFound()
        && new UnchangedInputs(tables, wanted.roots, remembered, paysFor(count))
            .all((int) count, (int) start, (int) texts);
  }

  private static boolean paysFor(long count) {
    boolean pays = false;
    for (long i = 0; i < count && !pays; i++) {
      pays = NativeAccess.pays();
    }
    return pays;
  }

  private boolean all(int count, int start, int texts) {
    int before = texts;
    int beforeEnd = texts;
    for (int i = 0; i < count; i++) {
      int at = start + i * Tail.INPUT_SIZE;
      long offset = u32(tables, at);
      long length = u32(tables, at + 4);
      if (offset > bytes.length - texts || length > bytes.length - texts - offset) {
        return false;
      }
      int from = texts + (int) offset;
      int to = from + (int) length;
      // Witnesses are in the order of the paths.
      if (i > 0 && Arrays.compareUnsigned(bytes, before, beforeEnd, bytes, from, to) >= 0) {
        return false;
      }
      if (!isUnchanged(i, at, from, to)) {
        return false;
      }
      before = from;
      beforeEnd = to;
    }
    return true;
  }

  private boolean isUnchanged(int index, int at, int from, int to) {
    int slash = from + 1;
    while (slash < to && bytes[slash] != '/') {
      slash++;
    }
    if (slash == to || !findRoot(from + 1, slash)) {
      return false;
    }
    int kind = (int) u32(tables, at + 16);
    long size = tables.get(LONG, at + 8);
    FileStat facts = stat;
    PathBytes path = name;
    if (facts != null && path != null && path.isWhole(bytes, slash + 1, to)) {
      if (facts.look(path.below(bytes, slash + 1, to))) {
        return kind == Stat.kind(facts.isFile(), facts.isFolder()).number()
            && (kind != Input.Kind.FILE.number() || facts.size() == size)
            && remembered.has(
                index, facts.size(), facts.modified(), facts.changed(), facts.inode());
      }
    }
    return isUnchanged(
        index, kind, size, new String(bytes, slash + 1, to - slash - 1, StandardCharsets.UTF_8));
  }

  /** The same by the JDK. */
  private boolean isUnchanged(int index, int kind, long size, String below) {
    Path folder = place;
    if (folder == null) {
      return false;
    }
    try {
      Stat stat = Stat.ofJava(folder.resolve(below));
      return kind == stat.kind().number()
          && (kind != Input.Kind.FILE.number() || stat.size() == size)
          && remembered.has(index, stat);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return kind == Input.Kind.MISSING.number();
    } catch (IOException e) {
      return false;
    }
  }

  /** Makes sure that {@link #place} is that of the root with this name. */
  private boolean findRoot(int from, int to) {
    if (place == null || !Arrays.equals(root, 0, root.length, bytes, from, to)) {
      root = Arrays.copyOfRange(bytes, from, to);
      place = roots.get(new String(root, StandardCharsets.UTF_8));
      name = place != null && stat != null ? PathBytes.ofFolder(place).orElse(null) : null;
    }
    return place != null;
  }

  private static long u32(MemorySegment tables, long at) {
    return Integer.toUnsignedLong(tables.get(INT, at));
  }
}
