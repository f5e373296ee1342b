package dev.calotype.cache;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * What is known of the use of a store: the file {@code usage}, and what sessions add to it. See
 * docs/store-upkeep.md, "Usage".
 *
 * <p>Losing it costs statistics alone, so a damaged file is one that is not there.
 */
final class Usage {
  /** The file's name. */
  static final String NAME = "usage";

  private static final byte[] MAGIC = {(byte) 0x8f, 'C', 'S', 'U', '\r', '\n', 0x1a, '\n'};
  private static final int HEADER_SIZE = 32;
  private static final int SESSION_SIZE = 24;
  private static final int ENTRY_SIZE = 40;
  private static final long MOST_BYTES = 1 << 30;
  private static final String STRUCTURE = "usage";

  private final Map<KeyPrefix, Use> uses = new HashMap<>();
  private final TreeMap<String, Long> counts = new TreeMap<>();
  private final TreeMap<String, Frames.Extent> sessions = new TreeMap<>();
  private OptionalLong cleanup = OptionalLong.empty();

  /** The last use of an entry and their number. */
  Use of(KeyPrefix key) {
    return uses.getOrDefault(key, Use.NEVER);
  }

  /** All counters by name. */
  Map<String, Long> counts() {
    return counts;
  }

  /** Of how many entries it knows something. */
  int size() {
    return uses.size();
  }

  /** When the last cleanup was, in seconds of the epoch. */
  OptionalLong cleanup() {
    return cleanup;
  }

  void setCleanup(long time) {
    cleanup = OptionalLong.of(Math.max(1, time)); // 0 is none, and a clock without a battery.
  }

  /** How far a session's log is in here. */
  Optional<Frames.Extent> session(String name) {
    return Optional.ofNullable(sessions.get(name));
  }

  void setSession(String name, Frames.Extent extent) {
    sessions.put(name, extent);
  }

  /** Forgets sessions that are gone. */
  void retainSessions(Predicate<String> isThere) {
    sessions.keySet().removeIf(isThere.negate());
  }

  /** Forgets entries that are gone. */
  void retainEntries(BiPredicate<KeyPrefix, Use> isThere) {
    uses.entrySet().removeIf(use -> !isThere.test(use.getKey(), use.getValue()));
  }

  void used(KeyPrefix key, long last, long count) {
    uses.merge(key, new Use(last, count, 0), (old, more) -> old.and(more.count(), more.last()));
  }

  void counted(String name, long amount) {
    counts.merge(name, amount, Long::sum);
  }

  void marked(KeyPrefix key, int marks) {
    uses.put(key, of(key).marked(marks));
  }

  /** Reads the file; without one, or with a damaged one, nothing is known. */
  static Usage read(Path file) throws IOException {
    Usage usage = new Usage();
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MOST_BYTES) {
      return usage;
    }
    byte[] bytes = Files.readAllBytes(file);
    int body = bytes.length - Sha256.SIZE;
    if (body < HEADER_SIZE
        || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
        || !Arrays.equals(
            Sha256.of(bytes, 0, body), Arrays.copyOfRange(bytes, body, bytes.length))) {
      return usage;
    }
    try {
      usage.decode(new ByteView(MemorySegment.ofArray(bytes), file.toString()), body);
      return usage;
    } catch (MalformedImageException e) {
      return new Usage();
    }
  }

  /** When the last cleanup was, from the first bytes of the file alone. */
  static OptionalLong readCleanup(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes(16);
      if (bytes.length == 16 && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
        long last = new ByteView(MemorySegment.ofArray(bytes), "usage").u64(8, STRUCTURE);
        return last == 0 ? OptionalLong.empty() : OptionalLong.of(last);
      }
    } catch (NoSuchFileException e) {
      // None yet.
    }
    return OptionalLong.empty();
  }

  private void decode(ByteView view, long body) {
    long last = view.u64(8, STRUCTURE);
    cleanup = last == 0 ? OptionalLong.empty() : OptionalLong.of(last);
    long sessionCount = view.u32(16, STRUCTURE);
    long entryCount = view.u64(24, STRUCTURE);
    long at = HEADER_SIZE;
    view.require(at, sessionCount * SESSION_SIZE, STRUCTURE);
    for (long i = 0; i < sessionCount; i++, at += SESSION_SIZE) {
      sessions.put(
          hex(view.u64(at, STRUCTURE)),
          new Frames.Extent((int) view.u32(at + 16, STRUCTURE), view.u64(at + 8, STRUCTURE)));
    }
    view.require(at, Math.multiplyExact(entryCount, (long) ENTRY_SIZE), STRUCTURE);
    for (long i = 0; i < entryCount; i++, at += ENTRY_SIZE) {
      uses.put(
          KeyPrefix.at(view, at),
          new Use(
              view.u64(at + 16, STRUCTURE),
              view.u64(at + 24, STRUCTURE),
              (int) view.u32(at + 32, STRUCTURE)));
    }
    Records.readCounts(view, at, body, this);
  }

  /** The bytes of the file: the same for the same knowledge. */
  byte[] encode() {
    int names = 0;
    for (String name : counts.keySet()) {
      names += 9 + name.getBytes(StandardCharsets.UTF_8).length;
    }
    int body = HEADER_SIZE + sessions.size() * SESSION_SIZE + uses.size() * ENTRY_SIZE + names;
    ByteWriter out = new ByteWriter(body + Sha256.SIZE);
    out.bytes(MAGIC).u64(cleanup.orElse(0)).u32(sessions.size()).u32(0).u64(uses.size());
    sessions.forEach((name, extent) ->
        out.u64(Long.parseUnsignedLong(name, 16)).u64(extent.end()).u32(extent.epoch()).u32(0));
    List<Map.Entry<KeyPrefix, Use>> sorted =
        uses.entrySet().stream()
            .sorted(
                Map.Entry.comparingByKey(
                    Comparator.comparing(KeyPrefix::high, Long::compareUnsigned)
                        .thenComparing(KeyPrefix::low, Long::compareUnsigned)))
            .toList();
    for (Map.Entry<KeyPrefix, Use> entry : sorted) {
      Use use = entry.getValue();
      out.u64(entry.getKey().high()).u64(entry.getKey().low());
      out.u64(use.last()).u64(use.count()).u32(use.marks()).u32(0);
    }
    counts.forEach((name, amount) -> Records.count(out, name, amount));
    return out.bytes(Sha256.of(out.array(), 0, body)).array();
  }

  private static String hex(long id) {
    return HexFormat.of().toHexDigits(id);
  }
}
