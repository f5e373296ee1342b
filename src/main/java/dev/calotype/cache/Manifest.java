package dev.calotype.cache;

import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Sha256;
import dev.calotype.ji.DataId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What belongs to an entry: docs/store.md, "Manifest".
 *
 * @param key the entry's key
 * @param isFast whether it was published without syncing
 * @param members its files, by name
 * @param signature who signed it
 */
record Manifest(Key key, boolean isFast, List<Member> members, Optional<Signature> signature) {
  /** The file's name. */
  static final String NAME = "manifest";

  static final int MOST_BYTES = 1 << 20;
  static final int MOST_MEMBERS = 4096;

  private static final byte[] MAGIC = {(byte) 0x8f, 'C', 'S', 'E', '\r', '\n', 0x1a, '\n'};
  private static final int MAJOR = 1;
  private static final int HEADER_SIZE = 64;
  private static final int MEMBER_SIZE = 80;
  private static final int SIGNATURE_SIZE = Sha256.SIZE + 64;
  private static final int FAST = 1;
  private static final int SIGNED = 2;
  private static final String STRUCTURE = "manifest";
  private static final byte[] NO_ID = new byte[Sha256.SIZE];

  /** Copies the list. */
  Manifest {
    members = List.copyOf(members);
  }

  /**
   * What proves that the holder of a key wrote the manifest.
   *
   * @param keyId which key
   * @param signed what was signed
   * @param bytes the signature
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Signature(byte[] keyId, byte[] signed, byte[] bytes) {}

  /** The one of that kind, if there is one only or more; the first by name. */
  Optional<Member> first(Member.Kind kind) {
    for (Member member : members) {
      if (member.kind() == kind) {
        return Optional.of(member);
      }
    }
    return Optional.empty();
  }

  /** The member of that name. */
  Optional<Member> member(String name) {
    return members.stream().filter(member -> member.name().equals(name)).findFirst();
  }

  /** How many bytes all files have that it names. */
  long size() {
    return members.stream().mapToLong(Member::size).sum();
  }

  /** The same with these members besides or instead of those of the same names; not signed. */
  Manifest with(List<Member> changed) {
    List<Member> all = new ArrayList<>(members);
    all.removeIf(old -> changed.stream().anyMatch(one -> one.name().equals(old.name())));
    all.addAll(changed);
    all.sort(Comparator.comparing(Member::name)); // ASCII, so this is the order of bytes.
    return new Manifest(key, isFast, all, Optional.empty());
  }

  /**
   * The bytes of the file.
   *
   * @throws RefusedException if there are none, or more than a reader takes
   */
  static byte[] encode(Key key, boolean isFast, List<Member> members, Optional<Signing> signing) {
    List<Member> sorted = new ArrayList<>(members);
    sorted.sort(Comparator.comparing(Member::name));
    int names = sorted.stream().mapToInt(member -> member.name().length()).sum();
    int body = HEADER_SIZE + key.encoding().length + sorted.size() * MEMBER_SIZE + names;
    int size = body + Sha256.SIZE + (signing.isPresent() ? SIGNATURE_SIZE : 0);
    if (size > MOST_BYTES || sorted.isEmpty() || sorted.size() > MOST_MEMBERS) {
      throw new RefusedException(
          key.hex(),
          "an entry has 1 to %d files and a manifest of up to %d bytes, not %d and %d"
              .formatted(MOST_MEMBERS, MOST_BYTES, sorted.size(), size));
    }
    ByteWriter out = new ByteWriter(size);
    out.bytes(MAGIC).u16(MAJOR).u16(0).u32(size);
    out.u32((isFast ? FAST : 0) | (signing.isPresent() ? SIGNED : 0));
    out.u32(key.encoding().length).u32(sorted.size()).u32(0);
    out.bytes(key.digest()).bytes(key.encoding());
    for (Member member : sorted) {
      byte[] name = member.name().getBytes(StandardCharsets.US_ASCII);
      out.u16(member.kind().number() | name.length << 8).u16(0);
      out.u32(member.generation()).u64(member.size()).bytes(member.digest());
      out.bytes(member.dataId().map(id -> HexFormat.of().parseHex(id.hex())).orElse(NO_ID));
      out.bytes(name);
    }
    out.bytes(Sha256.of(out.array(), 0, body));
    if (signing.isPresent()) {
      out.bytes(signing.get().keyId());
      out.bytes(signing.get().sign(out.array(), 0, body + 2 * Sha256.SIZE));
    }
    return out.array();
  }

  /**
   * What a file says.
   *
   * @param bytes all of it
   * @param file its name for errors
   * @throws dev.calotype.MalformedImageException if it is damaged
   * @throws UnsupportedFormatException if it is of another major version
   */
  static Manifest decode(byte[] bytes, String file) {
    return decode(bytes, Optional.empty(), file);
  }

  /** The same, quicker if it is the manifest of that key. */
  static Manifest decode(byte[] bytes, Key expected, String file) {
    return decode(bytes, Optional.of(expected), file);
  }

  private static Manifest decode(byte[] bytes, Optional<Key> expected, String file) {
    ByteView view = new ByteView(MemorySegment.ofArray(bytes), file);
    view.require(0, HEADER_SIZE + Sha256.SIZE, STRUCTURE);
    if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw view.malformed(STRUCTURE, 0, "no magic", "a manifest");
    }
    int flags = (int) view.u32(16, STRUCTURE);
    boolean isSigned = (flags & SIGNED) != 0;
    int end = bytes.length - (isSigned ? SIGNATURE_SIZE : 0);
    int body = end - Sha256.SIZE;
    if (view.u32(12, STRUCTURE) != bytes.length || body < HEADER_SIZE) {
      throw view.malformed(
          STRUCTURE, 12, bytes.length + " bytes", view.u32(12, STRUCTURE) + " bytes");
    }
    byte[] digest = Sha256.of(bytes, 0, body);
    if (!Arrays.equals(digest, 0, Sha256.SIZE, bytes, body, end)) {
      throw view.malformed(
          STRUCTURE, 0, "bytes that do not match their digest", "the bytes that were written");
    }
    // Magic, versions, size, flags and digest are in one place in every version of the format.
    int major = view.u16(8, STRUCTURE);
    if (major != MAJOR) {
      throw new UnsupportedFormatException(
          file,
          "a manifest of format %d (this reads %d)".formatted(major, MAJOR),
          major > MAJOR
              ? UnsupportedFormatException.Kind.TOO_NEW
              : UnsupportedFormatException.Kind.TOO_OLD);
    }
    long keySize = view.u32(20, STRUCTURE);
    long count = view.u32(24, STRUCTURE);
    if (keySize > body - HEADER_SIZE || count == 0 || count > MOST_MEMBERS) {
      throw view.malformed(
          STRUCTURE, 20, "%d bytes of key, %d members".formatted(keySize, count), "an entry");
    }
    int membersAt = HEADER_SIZE + (int) keySize;
    Key key = key(bytes, membersAt, expected, file);
    if (!Arrays.equals(key.digest(), 0, Sha256.SIZE, bytes, 32, HEADER_SIZE)) {
      throw view.malformed(STRUCTURE, 32, "a digest that is not the key's", key.hex());
    }
    List<Member> members = members(view, membersAt, body, (int) count);
    Optional<Signature> signature =
        isSigned
            ? Optional.of(
                new Signature(
                    Arrays.copyOfRange(bytes, end, end + Sha256.SIZE),
                    Arrays.copyOf(bytes, end + Sha256.SIZE),
                    Arrays.copyOfRange(bytes, end + Sha256.SIZE, bytes.length)))
            : Optional.empty();
    return new Manifest(key, (flags & FAST) != 0, members, signature);
  }

  private static Key key(byte[] bytes, int end, Optional<Key> expected, String file) {
    if (expected.isPresent()) {
      byte[] encoding = expected.get().encoding();
      if (Arrays.equals(encoding, 0, encoding.length, bytes, HEADER_SIZE, end)) {
        return expected.get();
      }
    }
    return KeyEncoding.decode(Arrays.copyOfRange(bytes, HEADER_SIZE, end), file);
  }

  private static List<Member> members(ByteView view, int start, int end, int count) {
    List<Member> members = new ArrayList<>();
    Member.Kind[] kinds = Member.Kind.values();
    long at = start;
    for (int i = 0; i < count; i++) {
      int kind = view.u8(at, STRUCTURE);
      int nameSize = view.u8(at + 1, STRUCTURE);
      if (kind == 0 || kind > kinds.length || at + MEMBER_SIZE + nameSize > end) {
        throw view.malformed(STRUCTURE, at, "a member of kind " + kind, "one within its members");
      }
      byte[] id = bytes(view, at + 48, Sha256.SIZE);
      String name = new String(bytes(view, at + MEMBER_SIZE, nameSize), StandardCharsets.US_ASCII);
      Member member =
          new Member(
              name,
              kinds[kind - 1],
              (int) view.u32(at + 4, STRUCTURE),
              view.u64(at + 8, STRUCTURE),
              bytes(view, at + 16, Sha256.SIZE),
              Arrays.equals(id, NO_ID)
                  ? Optional.empty()
                  : Optional.of(new DataId(HexFormat.of().formatHex(id))));
      boolean inOrder = members.isEmpty() || members.getLast().name().compareTo(name) < 0;
      boolean isData = member.kind() == Member.Kind.DATA;
      boolean isSecond = isData && members.stream().anyMatch(one -> one.kind() == Member.Kind.DATA);
      if (!Member.isName(name)
          || !inOrder
          || member.size() < 0
          || isSecond
          || (isData && member.dataId().isEmpty())) {
        throw view.malformed(STRUCTURE, at, "a member " + name, "one that may be there");
      }
      members.add(member);
      at += MEMBER_SIZE + nameSize;
    }
    // A later minor version may have more to say there.
    if (at != end && view.u16(10, STRUCTURE) == 0) {
      throw view.malformed(STRUCTURE, at, "bytes behind the members", "their end");
    }
    return members;
  }

  private static byte[] bytes(ByteView view, long at, int size) {
    return view.slice(at, size, STRUCTURE).toArray(ValueLayout.JAVA_BYTE);
  }
}
