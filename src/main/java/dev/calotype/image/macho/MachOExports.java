package dev.calotype.image.macho;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Export;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The exports trie ({@code mach-o/loader.h}, "export_off"): a node is a ULEB128 size with that many
 * bytes about the name that ends there, a count of children, and for each the text that leads to it
 * and a ULEB128 offset from the trie's start.
 *
 * @param view the file
 * @param start where the trie starts in the file
 * @param size its size in bytes; it lies within the file, checked by whoever makes this
 * @param base the address that those in the trie are relative to
 * @param libraries the names of the libraries that re-exports count from 1
 */
record MachOExports(ByteView view, long start, long size, long base, List<String> libraries)
    implements Iterable<Export> {
  private static final String STRUCTURE = "exports trie";

  /** Names as long as the longest text that is read elsewhere. */
  private static final int MOST_NAME_BYTES = 1 << 20;

  private static final long KIND = 3;
  private static final long KIND_ABSOLUTE = 2;
  private static final long REEXPORT = 8;

  @Override
  public Iterator<Export> iterator() {
    return new Walk();
  }

  /** A node whose children are not all visited. */
  private static final class Node {
    final int nameLength;
    long next;
    int childrenLeft;

    Node(int nameLength) {
      this.nameLength = nameLength;
    }
  }

  private final class Walk implements Iterator<Export> {
    private final long end = start + size;
    private final Deque<Node> path = new ArrayDeque<>();

    /** A tree reaches each node once: whoever comes twice goes in circles, or doubles the work. */
    private final BitSet visited = new BitSet();

    private byte[] name = new byte[64];
    private int nameLength;
    private long at;
    private @Nullable Export export;
    private boolean isStarted;

    @Override
    public boolean hasNext() {
      if (!isStarted) {
        isStarted = true;
        if (size != 0) {
          enter(0);
        }
      }
      while (export == null && !path.isEmpty()) {
        Node node = path.element();
        if (node.childrenLeft == 0) {
          path.pop();
        } else {
          node.childrenLeft--;
          at = node.next;
          nameLength = node.nameLength;
          appendEdge();
          long child = number();
          node.next = at;
          enter(child);
        }
      }
      return export != null;
    }

    @Override
    public Export next() {
      if (!hasNext() || export == null) {
        throw new NoSuchElementException();
      }
      Export found = export;
      export = null;
      return found;
    }

    private void enter(long node) {
      if (node < 0 || node >= size) {
        throw view.malformed(
            STRUCTURE, at, "a node at " + Long.toUnsignedString(node), "one below " + size);
      }
      // Mapped files can be larger than this, tries can't: link-edit offsets have 32 bits.
      int index = (int) Math.min(node, Integer.MAX_VALUE);
      if (visited.get(index)) {
        throw view.malformed(STRUCTURE, start + node, "a node reached twice", "a tree");
      }
      visited.set(index);
      at = start + node;
      long information = number();
      if (information > end - at || information < 0) {
        throw view.malformed(
            STRUCTURE,
            at,
            Long.toUnsignedString(information) + " bytes of information",
            "an end within the trie's %d bytes".formatted(size));
      }
      long children = at + information;
      if (information != 0) {
        export = terminal();
      }
      at = children;
      Node entered = new Node(nameLength);
      entered.childrenLeft = u8();
      entered.next = at;
      path.push(entered);
    }

    private Export terminal() {
      String text = new String(name, 0, nameLength, StandardCharsets.UTF_8);
      long flags = number();
      if ((flags & REEXPORT) != 0) {
        long ordinal = number();
        long imported = at;
        int length = view.stringLength(imported, end, STRUCTURE);
        String symbol = length == 0 ? text : view.string(imported, end, STRUCTURE);
        return new Export(
            text, OptionalLong.empty(), 0, Optional.of(library(ordinal) + ":" + symbol));
      }
      // With a resolver, the first address is the stub's that calls it.
      long address = number();
      return new Export(
          text,
          OptionalLong.empty(),
          (flags & KIND) == KIND_ABSOLUTE ? address : base + address,
          Optional.empty());
    }

    private String library(long ordinal) {
      if (ordinal < 1 || ordinal > libraries.size()) {
        throw view.malformed(
            STRUCTURE,
            at,
            "library " + Long.toUnsignedString(ordinal),
            "one of %d, from 1".formatted(libraries.size()));
      }
      return libraries.get((int) ordinal - 1);
    }

    private void appendEdge() {
      int next = u8();
      while (next != 0) {
        if (nameLength == name.length) {
          name = Arrays.copyOf(name, name.length * 2);
        }
        if (nameLength == MOST_NAME_BYTES) {
          throw view.malformed(
              STRUCTURE, at, "a longer name", "at most %d bytes".formatted(MOST_NAME_BYTES));
        }
        name[nameLength++] = (byte) next;
        next = u8();
      }
    }

    /** ULEB128 (DWARF 5, section 7.6). */
    private long number() {
      long from = at;
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        int next = u8();
        long bits = next & 0x7fL;
        if (bits << shift >>> shift != bits) {
          break;
        }
        value |= bits << shift;
        if ((next & 0x80) == 0) {
          return value;
        }
      }
      throw view.malformed(STRUCTURE, from, "a number of over 64 bits", "a shorter one");
    }

    private int u8() {
      if (at >= end) {
        throw view.malformed(STRUCTURE, at, "the end of the trie", "a node");
      }
      return view.u8(at++, STRUCTURE);
    }
  }
}
