package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The facts of a note: docs/code-note.md, "Bytes". */
final class NoteFacts {
  private static final String STRUCTURE = "code note";

  private static final int MODULE = 1;
  private static final int COMPILER = 2;
  private static final int TARGET = 3;
  private static final int FEATURE = 4;
  private static final int OPTION = 5;
  private static final int SLOTS = 6;
  private static final int IMPORT = 7;
  private static final int HOLE = 8;
  private static final int FUNCTION = 9;

  private final ByteView view;
  private final long offset;
  private final List<SlotRun> slots = new ArrayList<>();
  private final List<ImportCell> imports = new ArrayList<>();
  private final List<Hole> holes = new ArrayList<>();
  private final List<CodeFunction> functions = new ArrayList<>();
  private final Origin.Draft origin = new Origin.Draft();
  private int lastPlaced;

  private NoteFacts(ByteView view, long offset) {
    this.view = view;
    this.offset = offset;
  }

  static byte[] encode(Origin origin, Linkage linkage) {
    ByteArrayOutputStream facts = new ByteArrayOutputStream();
    text(facts, MODULE, 0, origin.module(), "");
    text(facts, COMPILER, 0, origin.compiler(), "");
    text(facts, TARGET, 0, origin.target(), "");
    origin.features().forEach(feature -> text(facts, FEATURE, 0, feature, ""));
    origin
        .options()
        .forEach((name, option) ->
            text(facts, OPTION, option.comparison().number(), name, option.value()));
    for (SlotRun run : linkage.slots()) {
      fact(facts, SLOTS, 0, run.section(), numbers(run.offsets()));
    }
    linkage.imports().forEach(cell -> text(facts, IMPORT, 0, cell.name(), cell.type()));
    for (Hole hole : linkage.holes()) {
      fact(facts, HOLE, 0, hole.section(), numbers(List.of(hole.size())));
    }
    linkage
        .functions()
        .forEach(function -> text(facts, FUNCTION, 0, function.name(), function.type()));
    return facts.toByteArray();
  }

  /**
   * Reads the facts in {@code [start, end)} of a note.
   *
   * @param offset where the note starts in its file, for errors
   * @throws MalformedImageException if one is no fact
   */
  static NoteFacts decode(ByteView view, long start, long end, long offset) {
    NoteFacts facts = new NoteFacts(view, offset);
    for (long at = start; at < end; ) {
      at = facts.read(at, end);
    }
    return facts;
  }

  Origin origin() {
    return new Origin(origin);
  }

  /**
   * What is connected when the code is loaded.
   *
   * @throws MalformedImageException if two of a kind have the same name
   */
  Linkage linkage(long start) {
    try {
      return Linkage.of(slots, imports, holes, functions);
    } catch (IllegalArgumentException e) {
      throw malformed(start, String.valueOf(e.getMessage()), "facts of different names");
    }
  }

  private long read(long at, long end) {
    if (end - at < 8) {
      throw malformed(at, "%d bytes".formatted(end - at), "a fact");
    }
    int kind = view.u8(at, STRUCTURE);
    int nameLength = view.u16(at + 2, STRUCTURE);
    long valueLength = view.u32(at + 4, STRUCTURE);
    long value = at + 8 + nameLength;
    if (end - value < valueLength) {
      throw malformed(at, "a fact of %d bytes".formatted(8 + nameLength + valueLength), "less");
    }
    String name = text(at + 8, nameLength);
    if (kind >= FEATURE && kind <= FUNCTION && (name.isEmpty() || name.indexOf('\0') >= 0)) {
      throw malformed(at, "a fact without a name", "a name");
    }
    try {
      add(kind, name, at, value, valueLength);
    } catch (IllegalArgumentException e) {
      throw malformed(at, String.valueOf(e.getMessage()), "a fact of kind " + kind);
    }
    return value + valueLength;
  }

  private void add(int kind, String name, long at, long value, long length) {
    if (kind >= SLOTS && kind <= HOLE) {
      if (kind < lastPlaced) {
        throw malformed(at, "kind %d after %d".formatted(kind, lastPlaced), "their order");
      }
      lastPlaced = kind;
    }
    switch (kind) {
      case MODULE -> origin.module = name;
      case COMPILER -> origin.compiler = name;
      case TARGET -> origin.target = name;
      case FEATURE -> origin.features.add(name);
      case OPTION -> {
        Comparison how =
            Comparison.of(view.u8(at + 1, STRUCTURE), view, offset + at + 1, STRUCTURE);
        origin.options.put(name, new Origin.Option(text(value, length), how));
      }
      case SLOTS -> slots.add(new SlotRun(name, numbers(at, value, length), 0));
      case IMPORT -> imports.add(new ImportCell(name, text(value, length), 0));
      case HOLE -> {
        List<Long> size = numbers(at, value, length);
        holes.add(new Hole(name, size.size() == 1 ? size.getFirst() : 0, 0));
      }
      case FUNCTION -> functions.add(new CodeFunction(name, text(value, length)));
      default -> {} // A later minor version's.
    }
  }

  private String text(long at, long length) {
    MemorySegment text = view.slice(at, length, STRUCTURE);
    return new String(text.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  private List<Long> numbers(long at, long value, long length) {
    if (length % 8 != 0) {
      throw malformed(at, "%d bytes".formatted(length), "numbers of 8 bytes");
    }
    List<Long> numbers = new ArrayList<>();
    for (long i = 0; i < length; i += 8) {
      numbers.add(view.u64(value + i, STRUCTURE));
    }
    return numbers;
  }

  private MalformedImageException malformed(long at, String actual, String expected) {
    return view.malformed(STRUCTURE, offset + at, actual, expected);
  }

  private static byte[] numbers(List<Long> numbers) {
    ByteWriter bytes = new ByteWriter(8 * numbers.size());
    numbers.forEach(bytes::u64);
    return bytes.array();
  }

  private static void text(
      ByteArrayOutputStream facts, int kind, int comparison, String name, String value) {
    fact(facts, kind, comparison, name, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Kind (1), comparison (1), lengths (2 + 4), name, value. Nothing for an empty name. */
  private static void fact(
      ByteArrayOutputStream facts, int kind, int comparison, String name, byte[] value) {
    byte[] first = name.getBytes(StandardCharsets.UTF_8);
    if (first.length > 0xffff) {
      throw new IllegalArgumentException("a name of %d bytes".formatted(first.length));
    }
    if (first.length > 0) {
      ByteWriter fact = new ByteWriter(8);
      fact.u16(kind | comparison << 8).u16(first.length).u32(value.length);
      facts.writeBytes(fact.array());
      facts.writeBytes(first);
      facts.writeBytes(value);
    }
  }
}
