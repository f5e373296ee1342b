package dev.calotype.graph;

import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process did to a graph's folder, in order, as strace saw it, and what a power loss may
 * leave of the graph.
 *
 * <p>The model: a sync makes all earlier changes of its file durable, or all earlier renames in its
 * folder. Of what is not durable, any blocks of writes and any truncations may be there, in any
 * combination; renames in their order, any number of them. A file may have its size without its
 * bytes.
 */
final class GraphTrace {
  static final String CALLS =
      "pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,link,linkat";

  private static final int BLOCK = 4096;
  private static final Pattern CALL =
      Pattern.compile("(\\d+)\\.(\\d+) (\\w+)\\((.*)\\) += (-?\\d+).*", Pattern.DOTALL);
  private static final Pattern LAST_NUMBER = Pattern.compile(", (\\d+)$");

  /** What changes a file or its folder. */
  private sealed interface Event {}

  @SuppressWarnings("ArrayRecordComponent")
  private record Write(String path, long offset, byte[] bytes) implements Event {}

  private record Truncate(String path, long size) implements Event {}

  /** Of a file, or of the folder. */
  private record Sync(String path) implements Event {}

  private record Rename(String from, String to) implements Event {}

  /**
   * What is there after a loss.
   *
   * @param content the graph's file; empty if there is none
   * @param words how it came to be, for people
   */
  @SuppressWarnings("ArrayRecordComponent")
  record State(byte[] content, String words) {
    @Override
    public String toString() {
      return words;
    }
  }

  /** A file, whatever its name is by now. */
  private static final class Inode {
    byte[] durable = {};
    final List<Event> pending = new ArrayList<>();
  }

  private final List<Event> events = new ArrayList<>();
  private final String target;
  private final String folder;
  private final byte[] old;

  private GraphTrace(Path target, byte[] old) {
    this.target = target.toString();
    this.folder = Objects.requireNonNull(target.getParent()).toString();
    this.old = old;
  }

  /**
   * Reads the logs of all threads, {@code log.TID}, and deletes them.
   *
   * @param old the graph's file before; empty if there was none
   */
  static GraphTrace read(Path log, Path target, byte[] old) throws IOException {
    GraphTrace trace = new GraphTrace(target, old);
    List<Matcher> calls = new ArrayList<>();
    for (String name : Bytes.names(Objects.requireNonNull(log.getParent()))) {
      if (name.startsWith(log.getFileName() + ".")) {
        Path one = log.resolveSibling(name);
        for (String line : Files.readAllLines(one, StandardCharsets.ISO_8859_1)) {
          Matcher call = CALL.matcher(line);
          if (call.matches() && !call.group(5).startsWith("-")) {
            calls.add(call);
          }
        }
        Files.delete(one);
      }
    }
    calls.sort(Comparator.comparingLong(GraphTrace::time));
    calls.forEach(trace::add);
    return trace;
  }

  int size() {
    return events.size();
  }

  /** The indices of the syncs of the graph, before and after it has its name, and of its folder. */
  List<Integer> syncs() {
    List<Integer> syncs = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      if (events.get(i) instanceof Sync) {
        syncs.add(i);
      }
    }
    return syncs;
  }

  /**
   * What may be there if the power goes after {@code moment} events.
   *
   * @param withoutSync the index of a sync to leave out, or -1
   */
  List<State> losses(int moment, int withoutSync) {
    Map<String, Inode> files = new HashMap<>();
    Inode first = new Inode();
    first.durable = old;
    files.put(target, first);
    List<Inode> named = new ArrayList<>(List.of(first));
    for (int i = 0; i < moment; i++) {
      switch (events.get(i)) {
        case Write write -> inode(files, write.path).pending.addAll(blocks(write));
        case Truncate truncate -> inode(files, truncate.path).pending.add(truncate);
        case Rename rename -> {
          Inode renamed = inode(files, rename.from);
          files.put(target, renamed);
          named.add(renamed);
        }
        case Sync sync -> {
          if (i == withoutSync) {
            continue;
          }
          if (sync.path.equals(folder)) {
            named.subList(0, named.size() - 1).clear();
          } else {
            Inode inode = inode(files, sync.path);
            inode.durable = apply(inode, all(inode.pending.size()), true);
            inode.pending.clear();
          }
        }
      }
    }
    List<State> states = new ArrayList<>();
    for (Inode inode : named) {
      addContents(states, inode, "after %d events, ".formatted(moment));
    }
    return states;
  }

  private static Inode inode(Map<String, Inode> files, String path) {
    return files.computeIfAbsent(path, p -> new Inode());
  }

  private static void addContents(List<State> states, Inode inode, String when) {
    int count = inode.pending.size();
    states.add(new State(apply(inode, new BitSet(), false), when + "nothing"));
    if (count == 0) {
      return;
    }
    states.add(new State(apply(inode, new BitSet(), true), when + "the size only"));
    states.add(new State(apply(inode, all(count), true), when + "all"));
    SplittableRandom random = new SplittableRandom(count);
    for (int i = 0; i < count; i++) {
      BitSet one = new BitSet();
      one.set(i);
      states.add(new State(apply(inode, one, true), when + "%d only".formatted(i)));
      BitSet others = all(count);
      others.clear(i);
      states.add(new State(apply(inode, others, true), when + "all but %d".formatted(i)));
      BitSet some = new BitSet();
      for (int b = 0; b < count; b++) {
        some.set(b, random.nextBoolean());
      }
      states.add(new State(apply(inode, some, random.nextBoolean()), when + some));
    }
  }

  private static BitSet all(int count) {
    BitSet all = new BitSet();
    all.set(0, count);
    return all;
  }

  /** The file with those of its changes that were kept, and with the size of all if asked for. */
  private static byte[] apply(Inode inode, BitSet kept, boolean sized) {
    byte[] content = inode.durable;
    for (int i = 0; i < inode.pending.size(); i++) {
      switch (inode.pending.get(i)) {
        case Write write -> {
          long end = write.offset + write.bytes.length;
          if ((sized || kept.get(i)) && end > content.length) {
            content = Arrays.copyOf(content, Math.toIntExact(end));
          }
          if (kept.get(i)) {
            content = content.clone();
            System.arraycopy(write.bytes, 0, content, (int) write.offset, write.bytes.length);
          }
        }
        case Truncate truncate -> {
          if (kept.get(i)) {
            content = Arrays.copyOf(content, Math.toIntExact(truncate.size));
          }
        }
        default -> throw new AssertionError("no change of a file");
      }
    }
    return content;
  }

  /** A write cut at the blocks of the file. */
  private static List<Event> blocks(Write write) {
    List<Event> blocks = new ArrayList<>();
    int at = 0;
    while (at < write.bytes.length) {
      int part = (int) Math.min(write.bytes.length - at, BLOCK - (write.offset + at) % BLOCK);
      byte[] bytes = Arrays.copyOfRange(write.bytes, at, at + part);
      blocks.add(new Write(write.path, write.offset + at, bytes));
      at += part;
    }
    return blocks;
  }

  private void add(Matcher call) {
    String arguments = call.group(4);
    switch (call.group(3)) {
      case "pwrite64" -> {
        byte[] bytes = texts(arguments).getFirst();
        if (bytes.length != Long.parseLong(call.group(5))) {
          throw new AssertionError("not all bytes are in the log");
        }
        addIfPart(new Write(file(arguments), lastNumber(arguments), bytes), file(arguments));
      }
      case "ftruncate" ->
          addIfPart(new Truncate(file(arguments), lastNumber(arguments)), file(arguments));
      case "fsync", "fdatasync" -> {
        String path = file(arguments);
        if (path.equals(folder)) {
          events.add(new Sync(path));
        } else {
          addIfPart(new Sync(path), path);
        }
      }
      default -> {
        String to = text(texts(arguments).getLast());
        if (to.equals(target)) {
          events.add(new Rename(text(texts(arguments).getFirst()), to));
        }
      }
    }
  }

  private void addIfPart(Event event, String path) {
    String temporary = "/." + Path.of(target).getFileName() + ".";
    if (path.equals(target) || (path.endsWith(".part") && path.contains(temporary))) {
      events.add(event);
    }
  }

  private static long time(Matcher call) {
    return Long.parseLong(call.group(1)) * 1_000_000 + Long.parseLong(call.group(2));
  }

  /** The file behind a descriptor, as {@code strace -y} has it. */
  private static String file(String arguments) {
    int start = arguments.indexOf('<');
    return text(bytes(arguments.substring(start + 1, arguments.indexOf('>', start))));
  }

  private static long lastNumber(String arguments) {
    Matcher number = LAST_NUMBER.matcher(arguments);
    if (!number.find()) {
      throw new AssertionError("no number");
    }
    return Long.parseLong(number.group(1));
  }

  private static List<byte[]> texts(String arguments) {
    List<byte[]> texts = new ArrayList<>();
    int at = 0;
    for (int start = arguments.indexOf('"', at); start >= 0; start = arguments.indexOf('"', at)) {
      int end = arguments.indexOf('"', start + 1);
      texts.add(bytes(arguments.substring(start + 1, end)));
      at = end + 1;
    }
    return texts;
  }

  private static byte[] bytes(String escaped) {
    return HexFormat.of().parseHex(escaped.replace("\\x", ""));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
