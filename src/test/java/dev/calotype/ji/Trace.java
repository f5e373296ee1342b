package dev.calotype.ji;

import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one thread did to one file and its folder, in order, as strace saw it, and what a power loss
 * may leave of it.
 *
 * <p>The model: a sync makes all earlier writes to its file durable, or all earlier changes of its
 * folder. Of what is not durable, any blocks of writes may be there, in any combination; changes of
 * the folder in their order, any number of them. A file may have its size without its bytes.
 */
final class Trace {
  static final String CALLS =
      "openat,pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat";

  private static final int BLOCK = 4096;
  private static final Pattern CALL = Pattern.compile("(\\w+)\\((.*)\\) += (-?\\d+).*");
  private static final Pattern NUMBERS = Pattern.compile(", (\\d+), (\\d+)$");

  /**
   * One call that counts.
   *
   * @param kind {@code write}, {@code sync} of the file, {@code folder} for its sync, {@code
   *     appear} for the temporary under the target's name
   * @param offset where bytes were written
   * @param bytes which
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Event(String kind, long offset, byte[] bytes) {}

  /**
   * What is there after a loss.
   *
   * @param isThere whether there is a file under the target's name
   * @param content what it has
   * @param words how it came to be, for people
   */
  @SuppressWarnings("ArrayRecordComponent")
  record State(boolean isThere, byte[] content, String words) {
    @Override
    public String toString() {
      return words;
    }
  }

  private final List<Event> events;
  private final byte[] old;

  private Trace(List<Event> events, byte[] old) {
    this.events = events;
    this.old = old;
  }

  /** Reads the log of the thread that wrote {@code target}; logs are {@code log.TID}. */
  static Trace read(Path log, Path target, byte[] old) throws IOException {
    for (String name : Bytes.names(Objects.requireNonNull(log.getParent()))) {
      if (name.startsWith(log.getFileName() + ".")) {
        Path one = log.resolveSibling(name);
        List<Event> events = parse(Files.readAllLines(one, StandardCharsets.ISO_8859_1), target);
        Files.delete(one);
        if (!events.isEmpty()) {
          deleteLogs(log);
          return new Trace(events, old);
        }
      }
    }
    throw new AssertionError("no thread wrote " + target);
  }

  int size() {
    return events.size();
  }

  Optional<byte[]> old() {
    return old.length == 0 ? Optional.empty() : Optional.of(old);
  }

  /** The indices of all syncs. */
  List<Integer> syncs() {
    List<Integer> syncs = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      String kind = events.get(i).kind;
      if (kind.equals("sync") || kind.equals("folder")) {
        syncs.add(i);
      }
    }
    return syncs;
  }

  /** The new file when nothing is lost. */
  byte[] complete() {
    List<State> states = losses(events.size(), -1);
    return states.stream()
        .filter(state -> state.words.endsWith("all blocks"))
        .toList()
        .getLast()
        .content;
  }

  static boolean same(byte[] a, byte[] b) {
    return Arrays.equals(a, b);
  }

  /**
   * What may be there if the power goes after {@code moment} events.
   *
   * @param withoutSync the index of a sync to leave out, or -1
   */
  List<State> losses(int moment, int withoutSync) {
    List<Event> durable = new ArrayList<>();
    List<Event> pending = new ArrayList<>();
    boolean appeared = false;
    boolean appearedDurably = false;
    for (int i = 0; i < moment; i++) {
      Event event = events.get(i);
      switch (event.kind) {
        case "write" -> pending.add(event);
        case "appear" -> appeared = true;
        case "sync" -> {
          if (i != withoutSync) {
            durable.addAll(pending);
            pending.clear();
          }
        }
        case "folder" -> appearedDurably |= appeared && i != withoutSync;
        default -> throw new AssertionError(event.kind);
      }
    }
    List<State> states = new ArrayList<>();
    String when = "after %d events, ".formatted(moment);
    if (!appearedDurably) {
      states.add(new State(old.length > 0, old, when + "not renamed"));
    }
    if (appeared) {
      addContents(states, durable, blocks(pending), when);
    }
    return states;
  }

  private static void addContents(
      List<State> states, List<Event> durable, List<Event> blocks, String when) {
    int count = blocks.size();
    add(states, durable, blocks, new BitSet(), false, when + "no blocks");
    BitSet all = new BitSet();
    all.set(0, count);
    if (count > 0) {
      SplittableRandom random = new SplittableRandom(count);
      for (int i = 0; i < count; i++) {
        BitSet one = new BitSet();
        one.set(i);
        add(states, durable, blocks, one, true, when + "block %d only".formatted(i));
        BitSet others = (BitSet) all.clone();
        others.clear(i);
        add(states, durable, blocks, others, true, when + "all but block %d".formatted(i));
        BitSet some = new BitSet();
        for (int b = 0; b < count; b++) {
          some.set(b, random.nextBoolean());
        }
        add(states, durable, blocks, some, random.nextBoolean(), when + "blocks " + some);
      }
    }
    add(states, durable, blocks, all, true, when + "all blocks");
  }

  private static void add(
      List<State> states,
      List<Event> durable,
      List<Event> blocks,
      BitSet kept,
      boolean sized,
      String words) {
    List<Event> there = new ArrayList<>(durable);
    long size = 0;
    for (int i = 0; i < blocks.size(); i++) {
      if (kept.get(i)) {
        there.add(blocks.get(i));
      }
      size = sized ? Math.max(size, end(blocks.get(i))) : size;
    }
    for (Event event : there) {
      size = Math.max(size, end(event));
    }
    byte[] content = new byte[Math.toIntExact(size)];
    for (Event event : there) {
      System.arraycopy(event.bytes, 0, content, (int) event.offset, event.bytes.length);
    }
    states.add(new State(true, content, words));
  }

  private static long end(Event event) {
    return event.offset + event.bytes.length;
  }

  /** Writes cut at the blocks of the file. */
  private static List<Event> blocks(List<Event> writes) {
    List<Event> blocks = new ArrayList<>();
    for (Event write : writes) {
      int at = 0;
      while (at < write.bytes.length) {
        int part = (int) Math.min(write.bytes.length - at, BLOCK - (write.offset + at) % BLOCK);
        byte[] bytes = Arrays.copyOfRange(write.bytes, at, at + part);
        blocks.add(new Event("write", write.offset + at, bytes));
        at += part;
      }
    }
    return blocks;
  }

  private static List<Event> parse(List<String> lines, Path target) {
    List<Event> events = new ArrayList<>();
    Map<String, String> files = new HashMap<>();
    for (String line : lines) {
      Matcher call = CALL.matcher(line);
      if (!call.matches() || call.group(3).startsWith("-")) {
        continue;
      }
      String arguments = call.group(2);
      List<byte[]> texts = texts(arguments);
      String first = arguments.split(",", 2)[0];
      String name = files.getOrDefault(first, "");
      switch (call.group(1)) {
        case "openat" -> files.put(call.group(3), text(texts.getFirst()));
        case "pwrite64" -> {
          if (isPart(name, target)) {
            events.add(new Event("write", offset(arguments), texts.getFirst()));
          }
        }
        case "fsync", "fdatasync" -> {
          if (isPart(name, target)) {
            events.add(new Event("sync", 0, new byte[0]));
          } else if (Path.of(name).equals(target.getParent())) {
            events.add(new Event("folder", 0, new byte[0]));
          }
        }
        case "rename", "renameat", "renameat2", "link", "linkat" -> {
          if (text(texts.getLast()).equals(target.toString())) {
            events.add(new Event("appear", 0, new byte[0]));
          }
        }
        default -> {} // Removing the temporary's name changes nothing for the target.
      }
    }
    return events;
  }

  private static boolean isPart(String name, Path target) {
    return name.endsWith(".part") && name.contains("/." + target.getFileName() + ".");
  }

  private static long offset(String arguments) {
    Matcher numbers = NUMBERS.matcher(arguments);
    if (!numbers.find()) {
      throw new AssertionError("no offset");
    }
    return Long.parseLong(numbers.group(2));
  }

  private static List<byte[]> texts(String arguments) {
    List<byte[]> texts = new ArrayList<>();
    int at = 0;
    // Not by a pattern: a write of a megabyte is four of text, too deep for a group that repeats.
    for (int start = arguments.indexOf('"', at); start >= 0; start = arguments.indexOf('"', at)) {
      int end = arguments.indexOf('"', start + 1);
      texts.add(HexFormat.of().parseHex(arguments.substring(start + 1, end).replace("\\x", "")));
      at = end + 1;
    }
    return texts;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void deleteLogs(Path log) throws IOException {
    for (String name : Bytes.names(Objects.requireNonNull(log.getParent()))) {
      if (name.startsWith(log.getFileName() + ".")) {
        Files.delete(log.resolveSibling(name));
      }
    }
  }
}
