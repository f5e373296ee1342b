package dev.calotype.split;

import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Sha256;
import dev.calotype.image.Image;
import dev.calotype.image.Section;
import dev.calotype.ji.Cause;
import dev.calotype.ji.CodeNote;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataSection;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.map.OpenFile;
import dev.calotype.publish.Publication;
import dev.calotype.split.object.ObjectRecipe;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Puts a data file and the object that was split from it together again. */
public final class ObjectJoin {
  private static final List<String> RECIPES =
      List.of(".calrecipe", ".calrcp", "__LLVM,__calrecipe");

  private final OpenFile code;
  private final List<InputStream> sections = new ArrayList<>();
  private final Publication target;
  private final LongConsumer progress;
  private final Sha256 digest = new Sha256();
  private final byte[] buffer = new byte[Chunks.SIZE];

  private ObjectJoin(OpenFile code, Publication target, LongConsumer progress) {
    this.code = code;
    this.target = target;
    this.progress = progress;
  }

  /** Whether a file has a code note that {@link ObjectSplit} wrote, linked or not. */
  public static boolean isObjectOrLinked(Path code) throws IOException {
    return CodeObject.readNote(code).filter(LinkedNote.class::isInstance).isPresent();
  }

  /**
   * Writes the original object. Every byte that is used is verified on the way, and nothing appears
   * unless all of it was right.
   *
   * @param data a data file that was checked; it stays open
   * @param code the object that was split, before a linker had it
   * @param target where the object goes
   * @param options whether it may replace a file, and how durable it is
   * @param progress given the number of bytes written since the last call
   * @return the size of the object in bytes
   * @throws RefusedException if the halves do not belong together, or linking changed the code
   * @throws MalformedImageException if one of them is damaged
   * @throws IOException if a file can't be read or written; nothing is left behind
   */
  public static long join(
      Validity.Fresh data, Path code, Path target, WriteOptions options, LongConsumer progress)
      throws IOException {
    try (OpenFile file = OpenFile.open(code)) {
      requireMatch(data, file);
      ObjectRecipe recipe = ObjectRecipe.of(recipe(file), code.toString());
      try (Publication publication = Publication.beside(target, options.replace())) {
        ObjectJoin join = new ObjectJoin(file, publication, progress);
        join.write(data.data().sections(), recipe);
        file.requireUnchanged();
        publication.publish(options.durability());
        return publication.position();
      }
    }
  }

  private static void requireMatch(Validity.Fresh data, OpenFile file) throws IOException {
    String name = file.path().toString();
    Optional<CodeNote> note = CodeObject.readNote(file.path());
    if (note.isEmpty()) {
      throw new RefusedException(name, "has no code note");
    }
    if (!note.get().dataId().equals(data.data().id())) {
      throw new RefusedException(
          name,
          "%s: it belongs to data %s, not to %s of %s"
              .formatted(
                  Cause.Code.CODE_DATA_ID.id(),
                  note.get().dataId().shortHex(),
                  data.data().id().shortHex(),
                  data.file()));
    }
  }

  private record Place(long offset, long size) {}

  private static byte[] recipe(OpenFile file) throws IOException {
    String name = file.path().toString();
    Optional<Place> place = Optional.empty();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = file.map(arena);
      place = file.whileWhole(() -> find(Image.of(bytes, name)));
    }
    if (place.isEmpty()) {
      throw new RefusedException(
          name, "has no recipe: only the object before linking can be joined, and no stripped one");
    }
    Place found = place.get();
    if (found.size > ObjectRecipe.MOST_BYTES
        || found.offset < 0
        || found.offset > file.size() - found.size) {
      throw new MalformedImageException(
          name,
          "recipe",
          found.offset,
          "%d bytes".formatted(found.size),
          "at most %d within the file".formatted(ObjectRecipe.MOST_BYTES));
    }
    byte[] recipe = new byte[(int) found.size];
    file.readFully(found.offset, recipe, 0, recipe.length);
    return recipe;
  }

  private static Optional<Place> find(Image image) {
    return RECIPES.stream()
        .map(image::section)
        .flatMap(Optional::stream)
        .findFirst()
        .map((Section section) -> new Place(section.offset(), section.fileSize()));
  }

  private void write(List<DataSection> all, ObjectRecipe recipe) throws IOException {
    try {
      for (DataSection section : all) {
        sections.add(section.newInputStream());
      }
      digest.add(recipe.start());
      recipe.forEach(new Writer());
      for (InputStream section : sections) {
        while (section.read(buffer) >= 0) {
          // What the object does not have is verified all the same.
        }
      }
    } finally {
      for (InputStream section : sections) {
        section.close();
      }
    }
    if (!Arrays.equals(digest.finish(), recipe.digest())) {
      throw new MalformedImageException(
          code.path().toString(),
          "object",
          0,
          "bytes that do not match the recipe's digest",
          "the bytes that were written");
    }
  }

  /** Writes the pieces as they come. */
  private final class Writer implements ObjectRecipe.Taker<IOException> {
    @Override
    public void code(long offset, long length) throws IOException {
      if (offset > code.size() || length > code.size() - offset) {
        throw new MalformedImageException(
            code.path().toString(),
            "recipe",
            offset,
            "%d bytes of the object".formatted(length),
            "an end within its %d bytes".formatted(code.size()));
      }
      for (long at = offset; at < offset + length; at += buffer.length) {
        int part = (int) Math.min(buffer.length, offset + length - at);
        code.readFully(at, buffer, 0, part);
        digest.add(buffer, 0, part);
        put(buffer, 0, part);
      }
    }

    @Override
    public void data(int section, long length) throws IOException {
      if (section >= sections.size()) {
        throw new MalformedImageException(
            code.path().toString(),
            "recipe",
            0,
            "data section " + section,
            "one below " + sections.size());
      }
      long left = length;
      while (left > 0) {
        int read = sections.get(section).read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          throw new MalformedImageException(
              code.path().toString(),
              "recipe",
              0,
              "%d more bytes of data section %d".formatted(left, section),
              "an end there");
        }
        put(buffer, 0, read);
        left -= read;
      }
    }

    @Override
    public void residue(byte[] bytes, int offset, int length) throws IOException {
      digest.add(bytes, offset, length);
      put(bytes, offset, length);
    }

    private void put(byte[] bytes, int offset, int length) throws IOException {
      target.write(bytes, offset, length);
      progress.accept(length);
    }
  }
}
