package dev.calotype.ji;

import dev.calotype.bytes.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Encodes the tables of a tail block: docs/data-file-format.md, "Tail block". */
final class TailWriter {
  private final List<byte[]> texts = new ArrayList<>();
  private final List<Fact> facts = new ArrayList<>();
  private int textSize;

  private record Fact(int kind, int comparison, int text, int nameLength, int valueLength) {}

  private TailWriter() {}

  /**
   * The block up to the chunk digests.
   *
   * @param flags the flags of page one
   * @param digests how many chunk digests follow
   * @param packs how many table entries of packed chunks follow those
   * @throws IllegalArgumentException if that is more than a reader accepts
   */
  static byte[] encode(Tail tail, int flags, long digests, long packs) {
    return new TailWriter().tables(tail, flags, digests, packs);
  }

  private byte[] tables(Tail tail, int flags, long digests, long packs) {
    int[] names = new int[tail.sections().size()];
    for (int i = 0; i < names.length; i++) {
      names[i] = text(tail.sections().get(i).name());
    }
    collect(tail.origin());
    List<Input> inputs = List.copyOf(tail.origin().inputs().values());
    int[] paths = new int[inputs.size()];
    for (int i = 0; i < paths.length; i++) {
      paths[i] = text(inputs.get(i).path());
    }
    int fixed =
        Tail.HEADER_SIZE
            + names.length * Tail.SECTION_SIZE
            + facts.size() * Tail.FACT_SIZE
            + paths.length * Tail.INPUT_SIZE;
    int roundedTexts = (int) Bytes.roundUp(textSize, 8);
    if (fixed + (long) roundedTexts > Tail.MOST_TABLE_BYTES) {
      throw new IllegalArgumentException(
          "tables of %d bytes, more than a reader accepts".formatted(fixed + (long) roundedTexts));
    }
    ByteWriter out = new ByteWriter(fixed + roundedTexts);
    out.u32(names.length).u32(facts.size()).u32(paths.length).u32(roundedTexts);
    out.u32(flags).u32(0).u64(digests).u64(packs);
    for (int i = 0; i < names.length; i++) {
      section(out, tail.sections().get(i), names[i]);
    }
    for (Fact fact : facts) {
      out.u16(fact.kind).u16(fact.comparison);
      out.u32(fact.text).u32(fact.nameLength).u32(fact.valueLength);
    }
    for (int i = 0; i < paths.length; i++) {
      input(out, inputs.get(i), paths[i]);
    }
    for (byte[] text : texts) {
      out.bytes(text);
    }
    return out.array();
  }

  private void collect(Origin origin) {
    single(Tail.FACT_COMPILER, origin.compiler());
    single(Tail.FACT_TARGET, origin.target());
    single(Tail.FACT_MODULE, origin.module());
    origin
        .options()
        .forEach((name, option) ->
            fact(Tail.FACT_OPTION, option.comparison().number(), name, option.value()));
    origin.upstreams().forEach((name, id) -> fact(Tail.FACT_UPSTREAM, 0, name, id.hex()));
    origin
        .variables()
        .forEach((name, value) ->
            fact(Tail.FACT_VARIABLE, value.isPresent() ? Tail.SET : 0, name, value.orElse("")));
    origin.features().forEach(name -> fact(Tail.FACT_FEATURE, 0, name, ""));
  }

  private void single(int kind, String value) {
    if (!value.isEmpty()) {
      fact(kind, 0, "", value);
    }
  }

  private void fact(int kind, int comparison, String name, String value) {
    int at = text(name);
    int nameLength = textSize - at;
    text(value);
    facts.add(new Fact(kind, comparison, at, nameLength, textSize - at - nameLength));
  }

  private int text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int at = textSize;
    texts.add(bytes);
    textSize = Math.addExact(textSize, bytes.length);
    return at;
  }

  private static void section(ByteWriter out, Tail.Entry section, int name) {
    out.u64(section.offset())
        .u64(section.size())
        .u64(section.stored())
        .u32(name)
        .u32(section.name().getBytes(StandardCharsets.UTF_8).length)
        .u32(section.flags())
        .u16(section.alignment())
        .u16(section.storage())
        .u64(section.firstChunk())
        .bytes(section.root())
        .bytes(section.packRoot());
  }

  private static void input(ByteWriter out, Input input, int path) {
    int end = out.position() + Tail.INPUT_SIZE;
    out.u32(path)
        .u32(input.path().getBytes(StandardCharsets.UTF_8).length)
        .u64(input.size())
        .u32(input.kind().number())
        .u32(0)
        .bytes(HexFormat.of().parseHex(input.digest()));
    out.at(end);
  }
}
