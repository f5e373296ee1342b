package dev.calotype.image.archive;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Container.IndexedSymbol;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The symbol indexes of all flavours, each as an iterable that decodes while it goes. */
final class ArchiveIndex {
  private static final String STRUCTURE = "archive symbol index";

  private ArchiveIndex() {}

  /**
   * The index of an archive, wherever it is; nothing if it has none.
   *
   * @param hasTwo whether the second member named {@code /} is Microsoft's, which is sorted
   */
  static Iterable<IndexedSymbol> of(ArchiveFile archive, boolean hasTwo) {
    ByteView view = archive.view();
    if (view.size() == ArchiveHeader.FIRST) {
      return List.of();
    }
    ArchiveHeader first = archive.header(ArchiveHeader.FIRST);
    if (hasTwo) {
      return linkerMember(view, archive.header(first.next()), archive.special("/<ECSYMBOLS>/"));
    }
    if (first.rawName().equals("/")) {
      return systemV(view, first, 4);
    }
    if (first.rawName().equals("/SYM64/")) {
      return systemV(view, first, 8);
    }
    return first.isSpecial(view) && !first.rawName().startsWith("/")
        ? bsd(view, first, first.name(view, null).contains("_64") ? 8 : 4)
        : List.of();
  }

  /** A count, that many offsets, and that many names, all big-endian. */
  private static Iterable<IndexedSymbol> systemV(ByteView file, ArchiveHeader header, int word) {
    ByteView view = file.withOrder(ByteOrder.BIG_ENDIAN);
    long start = header.payload();
    long end = start + header.size();
    require(view, header, start, word);
    long count = word(view, start, word);
    requireCount(view, header, start + word, count, word);
    long offsets = start + word;
    long names = offsets + count * word;
    return () -> {
      Names text = new Names(view, names, end);
      return iterate(
          count, i -> symbol(view, text.next(), word(view, offsets + i * word, word), offsets));
    };
  }

  /**
   * The size of the entries, entries of a name's and a member's offset, the size of the names and
   * the names ({@code ranlib.h}), in the byte order of the machine that wrote it.
   */
  private static Iterable<IndexedSymbol> bsd(ByteView file, ArchiveHeader header, int word) {
    long start = header.payload() + header.inlineName();
    long end = header.payload() + header.size();
    require(file, header, start, word);
    ByteView view = inItsOrder(file, start, end, word);
    long bytes = word(view, start, word);
    long entries = start + word;
    if (bytes < 0 || bytes % (2L * word) != 0 || bytes > end - entries - word) {
      throw view.malformed(
          STRUCTURE,
          start,
          "%s bytes of entries".formatted(Long.toUnsignedString(bytes)),
          "at most %d, entries of %d".formatted(end - entries - word, 2 * word));
    }
    long names = entries + bytes + word;
    return () ->
        iterate(
            bytes / (2L * word),
            i -> {
              long at = entries + i * 2 * word;
              long name = word(view, at, word);
              if (name < 0 || name > end - names) {
                throw view.malformed(
                    STRUCTURE,
                    at,
                    "name offset 0x%x".formatted(name),
                    "one within %d bytes of names".formatted(end - names));
              }
              return symbol(
                  view,
                  view.string(names + name, end, STRUCTURE),
                  word(view, at + word, word),
                  at + word);
            });
  }

  /** Little-endian, unless only the other order makes sense of the first number. */
  private static ByteView inItsOrder(ByteView view, long start, long end, int word) {
    long most = end - start - 2L * word;
    ByteView big = view.withOrder(ByteOrder.BIG_ENDIAN);
    return !fits(word(view, start, word), most, word) && fits(word(big, start, word), most, word)
        ? big
        : view;
  }

  private static boolean fits(long bytes, long most, int word) {
    return bytes >= 0 && bytes <= most && bytes % (2L * word) == 0;
  }

  /**
   * The second linker member: a count and the members' offsets, a count and for each symbol its
   * member's number from 1, and the names. {@code /<ECSYMBOLS>/} has more symbols of the same
   * members.
   */
  private static Iterable<IndexedSymbol> linkerMember(
      ByteView view, ArchiveHeader second, @Nullable ArchiveHeader more) {
    long start = second.payload();
    require(view, second, start, 4);
    long members = view.u32(start, STRUCTURE);
    requireCount(view, second, start + 4, members, 4);
    Offsets offsets = new Offsets(view, start + 4, members);
    Iterable<IndexedSymbol> symbols = numbered(view, second, start + 4 + members * 4, offsets);
    if (more == null) {
      return symbols;
    }
    Iterable<IndexedSymbol> others = numbered(view, more, more.payload(), offsets);
    return () -> new Chain(symbols.iterator(), others.iterator());
  }

  private static Iterable<IndexedSymbol> numbered(
      ByteView view, ArchiveHeader header, long at, Offsets members) {
    long end = header.payload() + header.size();
    require(view, header, at, 4);
    long count = view.u32(at, STRUCTURE);
    requireCount(view, header, at + 4, count, 2);
    long numbers = at + 4;
    return () -> {
      Names text = new Names(view, numbers + count * 2, end);
      return iterate(
          count,
          i ->
              symbol(
                  view,
                  text.next(),
                  members.get(view.u16(numbers + i * 2, STRUCTURE), numbers + i * 2),
                  numbers + i * 2));
    };
  }

  private static IndexedSymbol symbol(ByteView view, String name, long member, long at) {
    if (!view.contains(member, ArchiveHeader.SIZE)) {
      throw view.malformed(
          STRUCTURE,
          at,
          "a member at 0x%x".formatted(member),
          "one within the file's %d bytes".formatted(view.size()));
    }
    return new IndexedSymbol(name, member);
  }

  private static long word(ByteView view, long at, int size) {
    return size == 8 ? view.u64(at, STRUCTURE) : view.u32(at, STRUCTURE);
  }

  /** Throws unless {@code size} bytes from {@code at} belong to the member. */
  private static void require(ByteView view, ArchiveHeader header, long at, int size) {
    requireCount(view, header, at, 1, size);
  }

  /** Throws unless {@code count} entries from {@code at} belong to the member. */
  private static void requireCount(
      ByteView view, ArchiveHeader header, long at, long count, int size) {
    long most = Math.max(0, header.payload() + header.size() - at) / size;
    if (count < 0 || count > most) {
      throw view.malformed(
          STRUCTURE,
          at,
          "%s entries of %d bytes".formatted(Long.toUnsignedString(count), size),
          "at most %d before the index ends".formatted(most));
    }
  }

  /** Makes the symbol at an index; asked once for each, in order. */
  private interface Decoder {
    IndexedSymbol get(long index);
  }

  private static Iterator<IndexedSymbol> iterate(long count, Decoder decoder) {
    return new Iterator<>() {
      private long next;

      @Override
      public boolean hasNext() {
        return next < count;
      }

      @Override
      public IndexedSymbol next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return decoder.get(next++);
      }
    };
  }

  /** Names one after the other. */
  private static final class Names {
    private final ByteView view;
    private final long end;
    private long at;

    Names(ByteView view, long at, long end) {
      this.view = view;
      this.at = at;
      this.end = end;
    }

    String next() {
      int length = view.stringLength(at, end, STRUCTURE);
      String name = view.string(at, end, STRUCTURE);
      at += length + 1L;
      return name;
    }
  }

  /**
   * Where the members' headers are.
   *
   * @param at where the first offset is
   * @param count how many there are, checked
   */
  private record Offsets(ByteView view, long at, long count) {
    long get(int number, long where) {
      if (number < 1 || number > count) {
        throw view.malformed(STRUCTURE, where, "member " + number, "one from 1 to " + count);
      }
      return view.u32(at + (number - 1) * 4L, STRUCTURE);
    }
  }

  /** One after the other. */
  private record Chain(Iterator<IndexedSymbol> first, Iterator<IndexedSymbol> second)
      implements Iterator<IndexedSymbol> {
    @Override
    public boolean hasNext() {
      return first.hasNext() || second.hasNext();
    }

    @Override
    public IndexedSymbol next() {
      return first.hasNext() ? first.next() : second.next();
    }
  }
}
