package dev.calotype.testing;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What llvm-readobj says of a file, in its own style: {@code Name: value} lines in nested {@code
 * Name {…}} and {@code Name […]} blocks.
 *
 * @param name the block's name, without its bracket; the whole text of a line without a colon
 * @param value what follows the colon; empty for a block, but the number of {@code Flags [ (0x6)}
 * @param children what is in the block
 */
public record Readobj(String name, String value, List<Readobj> children) {
  /** Runs llvm-readobj on a file. */
  public static Readobj of(Path file, String... options) {
    List<String> command = new ArrayList<>(List.of(Tools.require("llvm-readobj-19")));
    command.addAll(List.of(options));
    command.add(file.toString());
    return parse(Run.of(command.toArray(String[]::new)).succeeded().out());
  }

  /** Reads what it printed. */
  public static Readobj parse(String text) {
    Readobj root = new Readobj("", "", new ArrayList<>());
    Deque<Readobj> open = new ArrayDeque<>(List.of(root));
    for (String line : text.lines().map(String::strip).filter(l -> !l.isEmpty()).toList()) {
      if (line.equals("}") || line.equals("]")) {
        open.pop();
      } else if (line.endsWith(")") && line.contains(" [ (0x")) {
        int bracket = line.indexOf(" [ (0x");
        String flags = line.substring(bracket + 4, line.length() - 1);
        Readobj block = new Readobj(line.substring(0, bracket), flags, new ArrayList<>());
        open.element().children.add(block);
        open.push(block);
      } else if (line.endsWith("{") || line.endsWith("[")) {
        Readobj block =
            new Readobj(line.substring(0, line.length() - 1).strip(), "", new ArrayList<>());
        open.element().children.add(block);
        open.push(block);
      } else if (line.contains(" [ (0x")) {
        // A set of flags: its number comes before its members.
        int bracket = line.indexOf(" [ (");
        Readobj block =
            new Readobj(
                line.substring(0, bracket),
                line.substring(bracket + 4, line.length() - 1),
                new ArrayList<>());
        open.element().children.add(block);
        open.push(block);
      } else {
        int colon = line.indexOf(": ");
        open.element()
            .children
            .add(
                colon < 0
                    ? new Readobj(line, "", List.of())
                    : new Readobj(
                        line.substring(0, colon), line.substring(colon + 2).strip(), List.of()));
      }
    }
    return root;
  }

  /** The first child of that name. */
  public Optional<Readobj> child(String wanted) {
    return children.stream().filter(child -> child.name.equals(wanted)).findFirst();
  }

  /** All blocks of that name, at any depth, in order. */
  public List<Readobj> all(String wanted) {
    return descendants().filter(node -> node.name.equals(wanted)).toList();
  }

  /** The value of the first child of that name. */
  public String text(String wanted) {
    return child(wanted)
        .orElseThrow(() -> new AssertionError("no " + wanted + " in " + this))
        .value;
  }

  /** The same without the number in brackets that follows a name: {@code .text (2E 74 …)}. */
  public String word(String wanted) {
    String text = text(wanted);
    int bracket = text.lastIndexOf(" (");
    return bracket < 0 ? text : text.substring(0, bracket);
  }

  /** The value of the first child of that name as a number, {@code 0x…} in hex. */
  public long number(String wanted) {
    String text = word(wanted);
    return text.startsWith("0x")
        ? Long.parseUnsignedLong(text.substring(2), 16)
        : Long.parseLong(text);
  }

  private Stream<Readobj> descendants() {
    return children.stream().flatMap(child -> Stream.concat(Stream.of(child), child.descendants()));
  }
}
