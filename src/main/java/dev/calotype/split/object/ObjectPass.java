package dev.calotype.split.object;

import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Sha256;
import dev.calotype.ji.DataId;
import dev.calotype.ji.LinkablePairWriter;
import dev.calotype.map.OpenFile;
import dev.calotype.split.object.Layout.Kind;
import dev.calotype.split.object.Layout.Range;
import dev.calotype.split.object.Layout.TailPart;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Writes both halves of an object: first its data, in the order of the data file, then one pass
 * over the rest, and what goes to the tail once more.
 */
public final class ObjectPass {
  private static final int MARK_BYTES = 8;

  private final OpenFile file;
  private final Layout layout;
  private final List<MovedSection> moved;
  private final LinkablePairWriter pair;
  private final LongConsumer progress;
  private final byte[] buffer = new byte[Chunks.SIZE];
  private final Sha256 digest = new Sha256();
  private final ObjectRecipe.Draft recipe;

  /** A pass over {@code file}, telling how many bytes it read. */
  public ObjectPass(
      OpenFile file,
      Layout layout,
      List<MovedSection> moved,
      LinkablePairWriter pair,
      LongConsumer progress) {
    this.file = file;
    this.layout = layout;
    this.moved = moved;
    this.pair = pair;
    this.progress = progress;
    this.recipe = new ObjectRecipe.Draft(layout);
  }

  /**
   * Writes both halves; neither is published.
   *
   * @param note makes the code note for data of that id
   */
  public DataId write(Function<DataId, byte[]> note) throws IOException {
    for (Range range : layout.moves()) {
      move(range);
    }
    DataId id = pair.finishData();
    pair.write(layout.head(), 0, layout.head().length);
    digest.add(recipe.start());
    for (Range range : layout.ranges()) {
      switch (range.kind) {
        case KEEP -> {
          padTo(range.codeOffset);
          original(range, pair::write);
        }
        case COPY, DROP -> original(range, (_, _, _) -> {});
        case MOVE -> {}
      }
    }
    byte[] mine = digest.finish();
    byte[] mark = new Sha256().add(id.hex().getBytes(StandardCharsets.US_ASCII)).add(mine).finish();
    Layout.Known known =
        new Layout.Known(
            note.apply(id),
            recipe.encode(mine),
            HexFormat.of().formatHex(Arrays.copyOf(mark, MARK_BYTES)));
    for (TailPart part : layout.tail()) {
      padTo(part.at());
      if (part.copy().length > 0) {
        again(part.copy());
      } else {
        byte[] bytes = part.late().bytes(known);
        if (bytes.length != part.size()) {
          throw new IllegalStateException(
              "%d bytes for %d at 0x%x".formatted(bytes.length, part.size(), part.at()));
        }
        pair.write(bytes, 0, bytes.length);
      }
    }
    return id;
  }

  private void move(Range range) throws IOException {
    MovedSection section = moved.get(range.section);
    try (OutputStream data =
        pair.data().section(section.name(), section.alignment(), section.placeable())) {
      original(range, data::write);
    }
  }

  /** Takes the original bytes into account, and gives those that changed to the sink. */
  private void original(Range range, Sink sink) throws IOException {
    for (long at = range.offset; at < range.end(); at += buffer.length) {
      int length = (int) Math.min(buffer.length, range.end() - at);
      file.readFully(at, buffer, 0, length);
      if (range.kind != Kind.MOVE) {
        digest.add(buffer, 0, length);
        keepResidue(range.kind, at, length);
        layout.patches().apply(at, buffer, length);
      }
      sink.write(buffer, 0, length);
      progress.accept(length);
    }
  }

  private void keepResidue(Kind kind, long at, int length) {
    if (kind == Kind.DROP) {
      recipe.keep(buffer, 0, length);
      return;
    }
    Patches patches = layout.patches();
    for (int i = patches.firstAfter(at);
        i < patches.count() && patches.offset(i) < at + length;
        i++) {
      // A change may lie across two buffers.
      int from = (int) Math.max(0, patches.offset(i) - at);
      int to = (int) Math.min(length, patches.offset(i) + patches.length(i) - at);
      recipe.keep(buffer, from, to - from);
    }
  }

  private void again(Range range) throws IOException {
    for (long at = range.offset; at < range.end(); at += buffer.length) {
      int length = (int) Math.min(buffer.length, range.end() - at);
      file.readFully(at, buffer, 0, length);
      layout.patches().apply(at, buffer, length);
      pair.write(buffer, 0, length);
    }
  }

  private void padTo(long position) throws IOException {
    long missing = position - pair.position();
    pair.write(new byte[Math.toIntExact(missing)], 0, (int) missing);
  }

  private interface Sink {
    void write(byte[] bytes, int offset, int length) throws IOException;
  }
}
