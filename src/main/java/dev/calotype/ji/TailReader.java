package dev.calotype.ji;

import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Sha256;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Decodes the tables of a tail block, whose every number is hostile until checked:
 * docs/data-file-format.md, "Tail block".
 */
final class TailReader {
  private static final String STRUCTURE = "tail block";
  private static final char REPLACEMENT = '\ufffd';
  private static final int DIGEST_CHARS = 2 * Sha256.SIZE;

  private final ByteView view;
  private final PageOne page;
  private final long texts;
  private final long digestCount;
  private final long packCount;

  /**
   * How many bytes of texts nobody has read yet: a text read twice would be a cheap way to work.
   */
  private long textsLeft;

  private TailReader(ByteView view, PageOne page, long texts) {
    this.view = view;
    this.page = page;
    this.texts = texts;
    this.textsLeft = view.size() - texts;
    this.digestCount = view.u64(24, STRUCTURE);
    this.packCount = view.u64(32, STRUCTURE);
  }

  /**
   * Reads the tables, after proving by page one's root digest that they are as written.
   *
   * @throws dev.calotype.MalformedImageException if they are not, or contradict themselves or page
   *     one
   */
  static Tail read(OpenFile file, PageOne page) throws IOException {
    byte[] tables = readTables(file, page);
    ByteView view = Bytes.view(tables, file);
    long sections = view.u32(0, STRUCTURE);
    long facts = view.u32(4, STRUCTURE);
    long inputs = view.u32(8, STRUCTURE);
    long texts = view.u32(12, STRUCTURE);
    long factsAt = Tail.HEADER_SIZE + sections * Tail.SECTION_SIZE;
    long inputsAt = factsAt + facts * Tail.FACT_SIZE;
    long textsAt = inputsAt + inputs * Tail.INPUT_SIZE;
    if (textsAt + texts != tables.length) {
      throw view.malformed(
          STRUCTURE,
          page.tailOffset(),
          "tables of %d bytes".formatted(textsAt + texts),
          "the %d that page one says".formatted(tables.length));
    }
    TailReader reader = new TailReader(view, page, textsAt);
    reader.checkSizes();
    Tail tail =
        new Tail(reader.sections(sections), reader.origin(factsAt, facts, inputsAt, inputs));
    reader.checkAgainstPage(tail);
    return tail;
  }

  /**
   * The bytes of the tables, proved by page one's root digest to be as written.
   *
   * @throws dev.calotype.MalformedImageException if they are not
   */
  static byte[] readTables(OpenFile file, PageOne page) throws IOException {
    long size = page.tablesSize();
    if (size < Tail.HEADER_SIZE || size > Tail.MOST_TABLE_BYTES) {
      throw Bytes.view(new byte[0], file)
          .malformed(
              STRUCTURE,
              page.tailOffset(),
              "tables of %d bytes".formatted(size),
              "%d to %d".formatted(Tail.HEADER_SIZE, Tail.MOST_TABLE_BYTES));
    }
    byte[] tables = Bytes.read(file, page.tailOffset(), (int) size);
    if (!page.has(PageOne.ROOT, Sha256.of(tables))) {
      throw Bytes.view(tables, file)
          .malformed(
              STRUCTURE,
              page.tailOffset(),
              "bytes that do not match their digest",
              "the bytes that were written");
    }
    return tables;
  }

  private void checkSizes() {
    long room = page.tailSize() - page.tablesSize();
    boolean fits =
        digestCount >= 0
            && packCount >= 0
            && digestCount <= room / Sha256.SIZE
            && packCount <= room / Packing.ENTRY_SIZE
            && digestCount * Sha256.SIZE + packCount * Packing.ENTRY_SIZE == room;
    if (!fits) {
      throw malformed(
          STRUCTURE,
          24,
          "%d chunk digests and %d packed chunks".formatted(digestCount, packCount),
          "as many as fill %d bytes".formatted(room));
    }
  }

  private List<Tail.Entry> sections(long count) {
    List<Tail.Entry> sections = new ArrayList<>();
    long digests = page.tailOffset() + page.tablesSize();
    long packs = digests + digestCount * Sha256.SIZE;
    long chunks = 0;
    long packed = 0;
    long end = page.base() + PageOne.SIZE;
    for (long i = 0; i < count; i++) {
      long at = Tail.HEADER_SIZE + i * Tail.SECTION_SIZE;
      String structure = "section table entry " + i;
      int alignment = view.u16(at + 36, structure);
      int storage = view.u16(at + 38, structure);
      if (alignment > DataFileWriter.MOST_ALIGNMENT_BITS || storage > Tail.PACKED) {
        throw malformed(
            structure,
            at + 36,
            "alignment 2^%d, storage %d".formatted(alignment, storage),
            "at most 2^%d, 0 or 1".formatted(DataFileWriter.MOST_ALIGNMENT_BITS));
      }
      long offset = view.u64(at, structure);
      requireOffset(offset, alignment, at, structure);
      Tail.Entry entry =
          new Tail.Entry(
              text(at + 24, structure),
              page.base() + offset,
              view.u64(at + 8, structure),
              view.u64(at + 16, structure),
              (int) view.u32(at + 32, structure),
              alignment,
              storage,
              view.u64(at + 40, structure),
              digests + chunks * Sha256.SIZE,
              digest(at + 48, structure),
              packs + packed * Packing.ENTRY_SIZE,
              digest(at + 80, structure));
      if (!isPlaced(entry, end, chunks)) {
        throw malformed(
            structure,
            at,
            "%d bytes, %d in the file, at 0x%x"
                .formatted(entry.size(), entry.stored(), entry.offset()),
            "a section after the one before it and before the tail block");
      }
      sections.add(entry);
      chunks += Chunks.count(entry.size());
      packed += entry.isPacked() ? Chunks.count(entry.size()) : 0;
      end = entry.offset() + entry.stored();
      if (chunks > digestCount || packed > packCount) {
        break;
      }
    }
    if (chunks != digestCount || packed != packCount) {
      throw malformed(
          STRUCTURE,
          24,
          "%d chunk digests and %d packed chunks".formatted(digestCount, packCount),
          "%d and %d".formatted(chunks, packed));
    }
    return List.copyOf(sections);
  }

  /** Offsets count from the start of the data file, and so does alignment. */
  private void requireOffset(long offset, int alignment, long at, String structure) {
    if (offset < 0 || offset > page.tailOffset() - page.base() || offset % (1L << alignment) != 0) {
      throw malformed(
          structure,
          at,
          "a section at 0x%x, aligned to 2^%d".formatted(offset, alignment),
          "one so aligned, before the tail block");
    }
  }

  private boolean isPlaced(Tail.Entry entry, long end, long chunks) {
    return entry.offset() >= end
        && entry.size() >= 0
        && entry.stored() >= 0
        && entry.offset() <= page.tailOffset()
        && entry.stored() <= page.tailOffset() - entry.offset()
        && (entry.isPacked() || (entry.stored() == entry.size() && Group.isNone(entry.packRoot())))
        && entry.firstChunk() == chunks;
  }

  private Origin origin(long factsAt, long facts, long inputsAt, long inputs) {
    Origin.Draft draft = new Origin.Draft();
    for (long i = 0; i < facts; i++) {
      addFact(draft, factsAt + i * Tail.FACT_SIZE, "fact " + i);
    }
    for (long i = 0; i < inputs; i++) {
      Input input = input(inputsAt + i * Tail.INPUT_SIZE, "input " + i);
      if (draft.inputs.put(input.path(), input) != null) {
        throw malformed("input " + i, 0, "a second " + input.path(), "one");
      }
    }
    return new Origin(draft);
  }

  private void addFact(Origin.Draft draft, long at, String structure) {
    int kind = view.u16(at, structure);
    int comparison = view.u16(at + 2, structure);
    long offset = view.u32(at + 4, structure);
    long nameLength = view.u32(at + 8, structure);
    String name = text(at, offset, nameLength, structure);
    String value = text(at, offset + nameLength, view.u32(at + 12, structure), structure);
    boolean compares = kind == Tail.FACT_OPTION || kind == Tail.FACT_VARIABLE;
    boolean isUnset = kind == Tail.FACT_VARIABLE && comparison != Tail.SET;
    if ((!compares && comparison != 0)
        || (isUnset && comparison != 0)
        || ((isUnset || kind == Tail.FACT_FEATURE) && !value.isEmpty())) {
      throw malformed(
          structure,
          at,
          "kind %d, comparison %d, '%s'".formatted(kind, comparison, value),
          "a fact");
    }
    Object older;
    switch (kind) {
      case Tail.FACT_COMPILER -> {
        older = draft.compiler.isEmpty() ? null : draft.compiler;
        draft.compiler = value;
      }
      case Tail.FACT_TARGET -> {
        older = draft.target.isEmpty() ? null : draft.target;
        draft.target = value;
      }
      case Tail.FACT_MODULE -> {
        older = draft.module.isEmpty() ? null : draft.module;
        draft.module = value;
      }
      case Tail.FACT_OPTION -> {
        Comparison how = Comparison.of(comparison, view, page.tailOffset() + at + 2, structure);
        older = draft.options.put(name, new Origin.Option(value, how));
      }
      case Tail.FACT_UPSTREAM -> older = draft.upstreams.put(name, dataId(value, at, structure));
      case Tail.FACT_VARIABLE ->
          older =
              draft.variables.put(
                  name, comparison == Tail.SET ? Optional.of(value) : Optional.empty());
      case Tail.FACT_FEATURE -> older = draft.features.add(name) ? null : name;
      default -> older = null; // A later minor version's: nothing this version compares.
    }
    if (older != null) {
      throw malformed(structure, at, "a second one of its kind and name", "one");
    }
  }

  private DataId dataId(String hex, long at, String structure) {
    if (!DataId.isId(hex)) {
      throw malformed(structure, at, "no id", "%d hexadecimal digits".formatted(DIGEST_CHARS));
    }
    return new DataId(hex);
  }

  private Input input(long at, String structure) {
    String path = text(at, structure);
    long size = view.u64(at + 8, structure);
    long kind = view.u32(at + 16, structure);
    byte[] digest = digest(at + 24, structure);
    Optional<Input.Kind> known = Input.Kind.of(kind);
    if (!Input.isPath(path) || known.isEmpty() || size < 0) {
      throw malformed(structure, at, "kind %d, %d bytes".formatted(kind, size), "an input's");
    }
    Input.Kind of = known.get();
    boolean sized = of == Input.Kind.FILE || size == 0;
    if (!sized || (of == Input.Kind.MISSING && !Group.isNone(digest))) {
      throw malformed(structure, at, "size or digest of " + of.words(), "none");
    }
    return new Input(path, of, size, of == Input.Kind.MISSING ? "" : PageOne.hex(digest));
  }

  /** What page one says of the tables has to be true, or a header-tier check compared nothing. */
  private void checkAgainstPage(Tail tail) {
    Origin origin = tail.origin();
    require(PageOne.MODULE, Group.digest(origin.module()), "module digest");
    require(PageOne.COMPILER, Group.digest(origin.compiler()), "compiler digest");
    require(PageOne.TARGET, Group.digest(origin.target()), "target digest");
    require(PageOne.OPTIONS, Group.digest(origin.optionTexts()), "option digest");
    require(PageOne.UPSTREAMS, Group.digest(origin.upstreamTexts()), "upstream digest");
    require(PageOne.VARIABLES, Group.digest(origin.variableTexts()), "variable digest");
    require(PageOne.INPUTS, Group.digest(origin.inputs().keySet()), "input digest");
    require(PageOne.ID, tail.contentId().bytes(), "content id");
    if (!page.hasFeatures(origin.features())) {
      throw view.malformed(
          "features", page.base() + PageOne.FEATURES_SIZE, "other ones", "the tail block's");
    }
    if (view.u32(16, STRUCTURE) != Integer.toUnsignedLong(page.flags())) {
      throw view.malformed("flags", page.base() + 0x28, "other ones", "the tail block's");
    }
  }

  private void require(int field, byte[] digest, String structure) {
    if (!page.has(field, digest)) {
      throw view.malformed(
          structure, page.base() + field, "one of other content", "the tail block's");
    }
  }

  private byte[] digest(long at, String structure) {
    byte[] digest = new byte[Sha256.SIZE];
    view.slice(at, Sha256.SIZE, structure).asByteBuffer().get(digest);
    return digest;
  }

  private String text(long at, String structure) {
    return text(at, view.u32(at, structure), view.u32(at + 4, structure), structure);
  }

  private String text(long at, long offset, long length, String structure) {
    if (offset > view.size() - texts || length > view.size() - texts - offset) {
      throw malformed(structure, at, "text of %d bytes".formatted(length), "one within the texts");
    }
    textsLeft -= length;
    if (textsLeft < 0) {
      throw malformed(structure, at, "texts that share bytes", "each for itself");
    }
    byte[] text = new byte[(int) length];
    view.slice(texts + offset, length, structure).asByteBuffer().get(text);
    String decoded = new String(text, StandardCharsets.UTF_8);
    // Replacement characters would make two texts out of one.
    if (decoded.indexOf(REPLACEMENT) >= 0
        && !Arrays.equals(decoded.getBytes(StandardCharsets.UTF_8), text)) {
      throw malformed(structure, at, "text that is not UTF-8", "UTF-8");
    }
    return decoded;
  }

  private RuntimeException malformed(String structure, long at, String actual, String expected) {
    return view.malformed(structure, page.tailOffset() + at, actual, expected);
  }
}
