package dev.calotype.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one thread did below a folder, in order, as strace saw it, and what a power loss may leave.
 *
 * <p>The model: of what a folder's names became since it was synced, the first changes are there,
 * any number of them; each folder by itself. Of a file's blocks that were written since it was
 * synced, any are there, and the rest is zeros; or the file is as short as it was.
 */
final class DiskTrace {
  static final String CALLS =
      "openat,mkdir,pwrite64,write,fsync,rename,link,unlink,rmdir,chmod,fchmodat,close";

  private static final int BLOCK = 4096;
  private static final Pattern CALL = Pattern.compile("(\\w+)\\((.*)\\) += (-?\\d+).*");
  private static final Pattern OFFSET = Pattern.compile(", (\\d+), (\\d+)$");

  /** Something that changes what is there, or makes it durable. */
  private interface Event {
    void on(Disk disk);
  }

  /** A folder or a file. */
  private static final class Node {
    final boolean isFolder;

    /** A folder's names when it was last synced, and each of its states since. */
    final List<Map<String, Node>> states = new ArrayList<>(List.of(new TreeMap<>()));

    /** A file's bytes when it was last synced, and now. */
    byte[] synced = {};

    byte[] now = {};

    Node(boolean isFolder) {
      this.isFolder = isFolder;
    }

    Map<String, Node> names() {
      return states.getLast();
    }

    void change(String name, Node node) {
      Map<String, Node> next = new TreeMap<>(names());
      next.put(name, node);
      states.add(next);
    }

    void remove(String name) {
      Map<String, Node> next = new TreeMap<>(names());
      next.remove(name);
      states.add(next);
    }

    void sync() {
      states.subList(0, states.size() - 1).clear();
      synced = now.clone();
    }

    boolean isPending() {
      return isFolder ? states.size() > 1 : !Arrays.equals(synced, now);
    }
  }

  /** Everything below the folder. */
  private static final class Disk {
    final Path root;
    final Node top = new Node(true);

    Disk(Path root) {
      this.root = root;
    }

    Node find(Path path) {
      Node node = top;
      for (Path name : root.equals(path) ? List.<Path>of() : root.relativize(path)) {
        Node next = node.names().get(name.toString());
        if (next == null) {
          throw new AssertionError("no " + path);
        }
        node = next;
      }
      return node;
    }

    Node parent(Path path) {
      return find(path.resolveSibling(""));
    }

    boolean has(Path path) {
      try {
        find(path);
        return true;
      } catch (AssertionError e) {
        return false;
      }
    }

    List<Node> pending() {
      Map<Node, Boolean> all = new LinkedHashMap<>();
      collect(top, all);
      return all.keySet().stream().filter(Node::isPending).toList();
    }

    private static void collect(Node node, Map<Node, Boolean> all) {
      if (all.put(node, true) == null && node.isFolder) {
        node.states.forEach(state -> state.values().forEach(child -> collect(child, all)));
      }
    }
  }

  /**
   * One thing that happened.
   *
   * @param words the call, for people
   * @param path the file that was synced, or where it happened
   * @param isSync whether it is a sync
   * @param event what it does
   */
  private record Step(String words, Path path, boolean isSync, Event event) {}

  /** What may be there after a power loss. */
  interface State {
    /** Puts it into a folder that is empty. */
    void write(Path folder) throws IOException;
  }

  private final Path root;
  private final List<Step> before = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();

  private DiskTrace(Path root) {
    this.root = root;
  }

  /**
   * Reads the log of the thread that did the most below a folder; logs are {@code log.TID}.
   *
   * @param root the folder; what it had before is durable
   * @param copy a copy of it as it was before
   */
  static DiskTrace read(Path log, Path root, Path copy) throws IOException {
    DiskTrace most = new DiskTrace(root);
    for (String name : EntryWalk.names(log.resolveSibling(""))) {
      if (name.startsWith(log.getFileName() + ".")) {
        DiskTrace one = new DiskTrace(root);
        one.parse(Files.readAllLines(log.resolveSibling(name), StandardCharsets.ISO_8859_1));
        most = one.steps.size() > most.steps.size() ? one : most;
      }
    }
    most.load(copy, root);
    return most;
  }

  int size() {
    return steps.size();
  }

  /** The call of a step, for people. */
  String words(int step) {
    return steps.get(step).words;
  }

  /** What a step was done to. */
  Path path(int step) {
    return steps.get(step).path;
  }

  /** The steps that sync something. */
  List<Integer> syncs() {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).isSync) {
        all.add(i);
      }
    }
    return all;
  }

  /**
   * What may be there if the power goes after some steps.
   *
   * @param withoutSync the index of a sync to leave out, or −1
   */
  List<State> losses(int count, int withoutSync) {
    Disk disk = new Disk(root);
    before.forEach(step -> step.event.on(disk));
    for (int i = 0; i < count; i++) {
      if (i != withoutSync) {
        steps.get(i).event.on(disk);
      }
    }
    List<Node> pending = disk.pending();
    List<State> all = new ArrayList<>();
    all.add(state(disk, _ -> Integer.MAX_VALUE));
    all.add(state(disk, _ -> 0));
    for (Node one : pending) {
      all.add(state(disk, node -> node.equals(one) ? 0 : Integer.MAX_VALUE));
      all.add(state(disk, node -> node.equals(one) ? Integer.MAX_VALUE : 0));
      if (one.isFolder && one.states.size() > 2) {
        int some = one.states.size() / 2;
        all.add(state(disk, node -> node.equals(one) ? some : Integer.MAX_VALUE));
      } else if (!one.isFolder) {
        all.add(state(disk, node -> node.equals(one) ? 1 : Integer.MAX_VALUE));
      }
    }
    SplittableRandom random = new SplittableRandom(count);
    for (int i = 0; i < 3 && !pending.isEmpty(); i++) {
      Map<Node, Integer> choice = new HashMap<>();
      pending.forEach(node -> choice.put(node, random.nextInt(node.states.size() + 3)));
      all.add(state(disk, node -> choice.getOrDefault(node, Integer.MAX_VALUE)));
    }
    return all;
  }

  /** What a choice of how much of each thing survived makes of the disk. */
  private static State state(Disk disk, ToIntFunction<Node> survived) {
    return folder -> write(disk.top, folder, survived);
  }

  private static void write(Node node, Path path, ToIntFunction<Node> survived)
      throws IOException {
    int much = survived.applyAsInt(node);
    if (!node.isFolder) {
      Files.write(path, content(node, much));
      Files.setPosixFilePermissions(
          path, EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
      return;
    }
    if (!Files.isDirectory(path)) {
      PrivateFiles.makeFolder(path);
    }
    Map<String, Node> names = node.states.get(Math.min(much, node.states.size() - 1));
    for (Map.Entry<String, Node> name : names.entrySet()) {
      write(name.getValue(), path.resolve(name.getKey()), survived);
    }
  }

  private static byte[] content(Node file, int much) {
    if (!file.isPending() || much > 2) {
      return file.now;
    }
    if (much == 0) {
      return file.synced;
    }
    // It has its size; of blocks that were not synced, only every other one has its bytes.
    byte[] bytes = Arrays.copyOf(file.synced, file.now.length);
    for (int at = much == 1 ? file.now.length : BLOCK; at < file.now.length; at += 2 * BLOCK) {
      int end = Math.min(at + BLOCK, file.now.length);
      System.arraycopy(file.now, at, bytes, at, end - at);
    }
    return bytes;
  }

  /** What was there before, as steps, and synced. */
  private void load(Path copy, Path as) throws IOException {
    for (String name : EntryWalk.names(copy)) {
      Path child = copy.resolve(name);
      Path path = as.resolve(name);
      boolean isFolder = Files.isDirectory(child);
      byte[] content = isFolder ? new byte[0] : Files.readAllBytes(child);
      before.add(
          new Step(
              "",
              path,
              false,
              disk -> {
                Node node = new Node(isFolder);
                node.now = content;
                node.sync();
                disk.parent(path).change(name, node);
                disk.parent(path).sync();
              }));
      if (isFolder) {
        load(child, path);
      }
    }
  }

  private void parse(List<String> lines) {
    Map<String, Path> open = new HashMap<>();
    Map<String, Integer> positions = new HashMap<>();
    for (String line : lines) {
      Matcher call = CALL.matcher(line);
      if (!call.matches() || call.group(3).startsWith("-")) {
        continue;
      }
      String arguments = call.group(2);
      List<byte[]> texts = texts(arguments);
      String number = arguments.split("[,)]", 2)[0];
      switch (call.group(1)) {
        case "openat" -> {
          Path path = Path.of(text(texts.getFirst()));
          if (path.startsWith(root)) {
            open.put(call.group(3), path);
            positions.put(call.group(3), 0);
            if (arguments.contains("O_CREAT")) {
              add("create", path, disk -> create(disk, path, false));
            }
          }
        }
        case "mkdir" -> {
          Path path = Path.of(text(texts.getFirst()));
          add("mkdir", path, disk -> create(disk, path, true));
        }
        case "pwrite64", "write" -> {
          if (open.containsKey(number)) {
            Path path = open.get(number);
            Matcher offset = OFFSET.matcher(arguments);
            boolean isPlaced = call.group(1).equals("pwrite64") && offset.find();
            int at = isPlaced ? Integer.parseInt(offset.group(2)) : positions.getOrDefault(number, 0);
            byte[] bytes = Arrays.copyOf(texts.getFirst(), Integer.parseInt(call.group(3)));
            positions.merge(number, bytes.length, Integer::sum);
            // By its node, as it may have another name by then.
            add("write", path, disk -> write(disk, path, at, bytes));
          }
        }
        case "fsync" -> {
          if (open.containsKey(number)) {
            Path path = open.get(number);
            steps.add(new Step("fsync " + path, path, true, disk -> disk.find(path).sync()));
          }
        }
        case "rename" -> {
          Path from = Path.of(text(texts.getFirst()));
          Path to = Path.of(text(texts.getLast()));
          add("rename", to, disk -> rename(disk, from, to));
        }
        case "link" -> {
          Path from = Path.of(text(texts.getFirst()));
          Path to = Path.of(text(texts.getLast()));
          add("link", to, disk -> disk.parent(to).change(name(to), disk.find(from)));
        }
        case "unlink", "rmdir" -> {
          Path path = Path.of(text(texts.getFirst()));
          add(call.group(1), path, disk -> disk.parent(path).remove(name(path)));
        }
        case "close" -> open.remove(number);
        default -> {} // Modes are always synced here.
      }
    }
  }

  private void add(String what, Path path, Event event) {
    if (path.startsWith(root)) {
      steps.add(new Step(what + " " + path, path, false, event));
    }
  }

  private static void create(Disk disk, Path path, boolean isFolder) {
    if (!disk.has(path)) {
      disk.parent(path).change(name(path), new Node(isFolder));
    }
  }

  private static void write(Disk disk, Path path, int at, byte[] bytes) {
    Node file = disk.find(path);
    byte[] now = Arrays.copyOf(file.now, Math.max(file.now.length, at + bytes.length));
    System.arraycopy(bytes, 0, now, at, bytes.length);
    file.now = now;
  }

  private static void rename(Disk disk, Path from, Path to) {
    Node node = disk.find(from);
    disk.parent(from).remove(name(from));
    disk.parent(to).change(name(to), node);
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static List<byte[]> texts(String arguments) {
    List<byte[]> texts = new ArrayList<>();
    for (int start = arguments.indexOf('"'); start >= 0; ) {
      int end = arguments.indexOf('"', start + 1);
      texts.add(HexFormat.of().parseHex(arguments.substring(start + 1, end).replace("\\x", "")));
      start = arguments.indexOf('"', end + 1);
    }
    return texts;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
