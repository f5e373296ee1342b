package dev.calotype.image.archive;

import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.EntryList;
import dev.calotype.image.Binary;
import dev.calotype.image.Container;
import dev.calotype.image.Format;
import dev.calotype.image.Member;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** An archive. Headers follow each other, so finding the members takes one walk over all. */
public final class ArchiveFile implements Container {
  /** {@code !<arch>} and {@code !<thin>}, each with its line feed, as big-endian numbers. */
  private static final long ARCH = 0x213c617263683e0aL;

  private static final long THIN = 0x213c7468696e3e0aL;

  private static final long[] NOT_WALKED = {};

  /** Two linker members, the long names and a few of Microsoft's. */
  private static final int MOST_SPECIAL = 8;

  private final ByteView view;
  private final boolean isThin;
  private final BiFunction<MemorySegment, String, Binary> opener;

  /** The members' headers, after the first walk; two threads may both walk, to the same end. */
  private volatile long[] walked = NOT_WALKED;

  private ArchiveFile(
      ByteView view, boolean isThin, BiFunction<MemorySegment, String, Binary> opener) {
    this.view = view;
    this.isThin = isThin;
    this.opener = opener;
  }

  /**
   * Reads the magic. See {@link Binary#of}.
   *
   * @param opener reads a member, given its bytes and its name
   */
  public static ArchiveFile of(
      MemorySegment bytes, String name, BiFunction<MemorySegment, String, Binary> opener) {
    ByteView view = new ByteView(bytes.asReadOnly(), name);
    String structure = "archive magic";
    view.require(0, ArchiveHeader.FIRST, structure);
    long magic = Long.reverseBytes(view.u64(0, structure));
    if (magic != ARCH && magic != THIN) {
      throw view.malformed(structure, 0, "0x%016x".formatted(magic), "!<arch> or !<thin>");
    }
    return new ArchiveFile(view, magic == THIN, opener);
  }

  ByteView view() {
    return view;
  }

  Binary open(MemorySegment bytes, String name) {
    return opener.apply(bytes, name);
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
    return Format.ARCHIVE;
  }

  @Override
  public String type() {
    return ArchiveFlavour.of(view, isThin).title();
  }

  @Override
  public List<Member> members() {
    long[] headers = walked;
    if (headers.length == 0) {
      headers = walk();
      walked = headers;
    }
    long[] known = headers;
    return new EntryList<>(known.length, i -> new ArchiveMember(this, i, header(known[i])));
  }

  @Override
  public Iterable<IndexedSymbol> symbolIndex() {
    return ArchiveIndex.of(this, ArchiveFlavour.of(view, isThin) == ArchiveFlavour.COFF);
  }

  /** The header at an offset. */
  ArchiveHeader header(long at) {
    return ArchiveHeader.read(view, at, isThin);
  }

  /** The first special member of that name, from those that come before all others. */
  @Nullable ArchiveHeader special(String name) {
    long at = ArchiveHeader.FIRST;
    // The bound keeps each name of an archive of nothing but indexes from a walk over all of them.
    for (int i = 0; i < MOST_SPECIAL && at < view.size(); i++) {
      ArchiveHeader header = header(at);
      if (!header.isSpecial(view)) {
        return null;
      }
      if (header.rawName().equals(name)) {
        return header;
      }
      at = header.next();
    }
    return null;
  }

  private long[] walk() {
    long[] headers = new long[16];
    int count = 0;
    long at = ArchiveHeader.FIRST;
    // The byte that makes the last member even may be missing.
    while (at < view.size()) {
      ArchiveHeader header = header(at);
      if (!header.isSpecial(view)) {
        headers = count == headers.length ? Arrays.copyOf(headers, count * 2) : headers;
        headers[count++] = at;
      }
      at = header.next();
    }
    return Arrays.copyOf(headers, count);
  }
}
