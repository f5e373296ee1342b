package dev.calotype.emit;

import dev.calotype.RefusedException;
import dev.calotype.image.Format;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The symbols of an object in the order in which formats want them: local ones, those defined here
 * for others, undefined ones.
 */
final class ObjectSymbols {
  /** The section number of what is defined elsewhere. */
  static final int UNDEFINED = 0;

  /** The section number of a value that is no place. */
  static final int ABSOLUTE = -1;

  /**
   * A symbol and where it is.
   *
   * @param symbol its name and properties
   * @param section the number of its section, {@link #UNDEFINED} or {@link #ABSOLUTE}
   */
  record Entry(ObjectSymbol symbol, int section) {}

  private final ObjectTarget target;
  private final Map<String, Entry> all = new HashMap<>();
  private final List<Entry> locals = new ArrayList<>();
  private final List<Entry> globals = new ArrayList<>();
  private final List<Entry> undefined = new ArrayList<>();
  private final Map<String, Integer> indexes = new HashMap<>();

  ObjectSymbols(ObjectTarget target) {
    this.target = target;
  }

  /** Adds a symbol; an undefined one that is defined or undefined already is that one. */
  void add(ObjectSymbol symbol, int section) {
    Entry entry = new Entry(symbol, section);
    if (section == UNDEFINED) {
      if (all.putIfAbsent(symbol.name(), entry) == null) {
        undefined.add(entry);
      }
      return;
    }
    if (all.put(symbol.name(), entry) != null) {
      throw new RefusedException(
          target.triple(), "symbol %s is defined twice".formatted(symbol.name()));
    }
    (symbol.isLocal() ? locals : globals).add(entry);
  }

  /** A local symbol at a place of which a relocation needs one, made when it is first asked for. */
  String label(int section, long offset) {
    // No name in C starts so, and assemblers' own labels go on with no dot.
    String name =
        (target.target().format() == Format.MACHO ? "l_." : ".L.") + section + "." + offset;
    if (!all.containsKey(name)) {
      add(ObjectSymbol.data(name, offset, 0).local(), section);
    }
    return name;
  }

  /** Numbers the symbols from {@code first}; none is added after that. */
  void number(int first) {
    int index = first;
    for (Entry entry : inOrder()) {
      indexes.put(entry.symbol.name(), index++);
    }
  }

  /** The number of a symbol that was added. */
  int index(String name) {
    return Objects.requireNonNull(indexes.get(name));
  }

  /** Gives a symbol another number. */
  void number(String name, int index) {
    indexes.put(name, index);
  }

  /** All of them. */
  List<Entry> inOrder() {
    List<Entry> order = new ArrayList<>(locals);
    order.addAll(globals);
    order.addAll(undefined);
    return order;
  }

  int localCount() {
    return locals.size();
  }

  int globalCount() {
    return globals.size();
  }

  int undefinedCount() {
    return undefined.size();
  }
}
