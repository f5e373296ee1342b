package dev.calotype.cache;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The records of logs: docs/store-upkeep.md, "Logs". */
final class Records {
  private static final int USES = 1;
  private static final int COUNTS = 2;
  private static final int MISS = 3;
  private static final int MARK = 4;

  private static final int USE_SIZE = 32;
  private static final int MOST_USES = (Frames.MOST_PAYLOAD - 1) / USE_SIZE;
  private static final int MOST_NAME = 255;
  private static final String STRUCTURE = "record";

  /** A miss of a longer key is counted, but not explained. */
  static final int MOST_KEY = 16 << 10;

  private Records() {}

  static List<byte[]> uses(Map<KeyPrefix, Use> uses) {
    List<byte[]> records = new ArrayList<>();
    List<Map.Entry<KeyPrefix, Use>> all = List.copyOf(uses.entrySet());
    for (int start = 0; start < all.size(); start += MOST_USES) {
      List<Map.Entry<KeyPrefix, Use>> part =
          all.subList(start, Math.min(start + MOST_USES, all.size()));
      ByteWriter out = new ByteWriter(1 + part.size() * USE_SIZE);
      out.bytes(new byte[] {USES});
      for (Map.Entry<KeyPrefix, Use> use : part) {
        out.u64(use.getKey().high()).u64(use.getKey().low());
        out.u64(use.getValue().last()).u64(use.getValue().count());
      }
      records.add(out.array());
    }
    return records;
  }

  static byte[] counts(Map<String, Long> counts) {
    int size = 1;
    for (String name : counts.keySet()) {
      size += 9 + name.getBytes(StandardCharsets.UTF_8).length;
    }
    ByteWriter out = new ByteWriter(size);
    out.bytes(new byte[] {COUNTS});
    counts.forEach((name, amount) -> count(out, name, amount));
    return out.array();
  }

  static void count(ByteWriter out, String name, long amount) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MOST_NAME) {
      throw new IllegalArgumentException(name);
    }
    out.bytes(new byte[] {(byte) bytes.length}).bytes(bytes).u64(amount);
  }

  static byte[] miss(LoggedMiss miss) {
    byte[] reason = miss.reason().getBytes(StandardCharsets.UTF_8);
    ByteWriter out = new ByteWriter(10 + reason.length + miss.key().length);
    out.bytes(new byte[] {MISS}).u64(miss.time());
    out.bytes(new byte[] {(byte) reason.length}).bytes(reason).bytes(miss.key());
    return out.array();
  }

  static byte[] mark(KeyPrefix key, int marks) {
    return new ByteWriter(21)
        .bytes(new byte[] {MARK})
        .u64(key.high())
        .u64(key.low())
        .u32(marks)
        .array();
  }

  /** Reads one; of a kind of a later version nothing. */
  static void read(ByteView payload, Usage usage, Consumer<LoggedMiss> misses) {
    try {
      long end = payload.size();
      switch (payload.u8(0, STRUCTURE)) {
        case USES -> {
          for (long at = 1; at + USE_SIZE <= end; at += USE_SIZE) {
            long last = payload.u64(at + 16, STRUCTURE);
            long count = payload.u64(at + 24, STRUCTURE);
            usage.used(KeyPrefix.at(payload, at), Math.max(0, last), Math.max(0, count));
          }
        }
        case COUNTS -> readCounts(payload, 1, end, usage);
        case MISS -> {
          int size = payload.u8(9, STRUCTURE);
          misses.accept(
              new LoggedMiss(
                  payload.u64(1, STRUCTURE),
                  new String(bytes(payload, 10, size), StandardCharsets.UTF_8),
                  bytes(payload, 10L + size, end - 10 - size)));
        }
        case MARK -> usage.marked(KeyPrefix.at(payload, 1), (int) payload.u32(17, STRUCTURE));
        default -> {}
      }
    } catch (MalformedImageException e) {
      // Its checksum is right, so somebody else's version wrote it: nothing for us.
    }
  }

  static void readCounts(ByteView view, long from, long end, Usage usage) {
    long at = from;
    while (at < end) {
      int size = view.u8(at, STRUCTURE);
      String name = new String(bytes(view, at + 1, size), StandardCharsets.UTF_8);
      usage.counted(name, view.u64(at + 1 + size, STRUCTURE));
      at += 9 + size;
    }
  }

  private static byte[] bytes(ByteView view, long at, long size) {
    return view.slice(at, size, STRUCTURE).toArray(ValueLayout.JAVA_BYTE);
  }
}
