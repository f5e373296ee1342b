package dev.calotype.split;

import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.bytes.Chunks;
import dev.calotype.ji.Cause;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataSection;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.publish.Publication;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/** Puts a data file and a detached code object together again. */
public final class Join {
  private final DataFile data;
  private final CodeObject code;

  private Join(DataFile data, CodeObject code) {
    this.data = data;
    this.code = code;
  }

  /**
   * Writes the original image. Every byte of both halves is verified on the way, and nothing
   * appears unless all of it was right.
   *
   * @param data a data file that was checked; it stays open
   * @param code a code object that was checked; it stays open
   * @param target where the image goes
   * @param options whether it may replace a file, and how durable it is
   * @param progress given the number of bytes written since the last call
   * @return the size of the image in bytes
   * @throws RefusedException if the halves do not belong together
   * @throws MalformedImageException if one of them is damaged
   * @throws IOException if a file can't be read or written; nothing is left behind
   */
  public static long join(
      Validity.Fresh data,
      Validity.FreshCode code,
      Path target,
      WriteOptions options,
      LongConsumer progress)
      throws IOException {
    try (Publication file = Publication.beside(target, options.replace())) {
      belonging(data, code).write(file::write, progress);
      file.publish(options.durability());
      return file.position();
    }
  }

  /**
   * Writes the original image into a stream, which is not closed. What was written is right only if
   * this returns.
   *
   * @param data a data file that was checked; it stays open
   * @param code a code object that was checked; it stays open
   * @param progress given the number of bytes written since the last call
   * @throws RefusedException if the halves do not belong together
   * @throws MalformedImageException if one of them is damaged
   * @throws IOException if a file can't be read, or the stream not be written
   */
  public static void join(
      Validity.Fresh data, Validity.FreshCode code, OutputStream target, LongConsumer progress)
      throws IOException {
    belonging(data, code).write(target::write, progress);
  }

  /** Where the bytes go. */
  private interface Sink {
    void write(byte[] bytes, int offset, int length) throws IOException;
  }

  private static Join belonging(Validity.Fresh data, Validity.FreshCode code) {
    if (!code.code().note().dataId().equals(data.data().id())) {
      throw new RefusedException(
          code.file().toString(),
          "%s: it belongs to data %s, not to %s of %s"
              .formatted(
                  Cause.Code.CODE_DATA_ID.id(),
                  code.code().note().dataId().shortHex(),
                  data.data().id().shortHex(),
                  data.file()));
    }
    return new Join(data.data(), code.code());
  }

  private void write(Sink file, LongConsumer progress) throws IOException {
    String name = code.file().path().toString();
    Recipe recipe = Recipe.decode(code.recipe(), name);
    List<Source> sources = new ArrayList<>();
    try (Source body = new Source("code", code.newBodyStream())) {
      for (DataSection section : data.sections()) {
        sources.add(new Source("section " + section.name(), section.newInputStream()));
      }
      CRC32C crc = new CRC32C();
      byte[] buffer = new byte[Chunks.SIZE];
      for (Recipe.Piece piece : recipe.pieces()) {
        switch (piece.source()) {
          case CODE -> body.copy(piece, file, crc, buffer, progress);
          case DATA -> section(sources, piece, name).copy(piece, file, crc, buffer, progress);
          case RESIDUE -> copyResidue(recipe, piece, file, crc, name);
        }
      }
      body.drain(buffer);
      for (Source source : sources) {
        source.drain(buffer);
      }
      if ((int) crc.getValue() != recipe.crc()) {
        throw new MalformedImageException(
            name,
            "recipe",
            8,
            "CRC 0x%08x".formatted(recipe.crc()),
            "0x%08x".formatted((int) crc.getValue()));
      }
    }
  }

  private static Source section(List<Source> sources, Recipe.Piece piece, String file) {
    if (piece.section() < 0 || piece.section() >= sources.size()) {
      throw new MalformedImageException(
          file, "recipe", 0, "data section " + piece.section(), "one below " + sources.size());
    }
    return sources.get(piece.section());
  }

  private static void copyResidue(
      Recipe recipe, Recipe.Piece piece, Sink file, CRC32C crc, String name) throws IOException {
    byte[] residue = recipe.residue();
    if (piece.offset() > residue.length || piece.length() > residue.length - piece.offset()) {
      throw new MalformedImageException(
          name,
          "recipe",
          0,
          "residue at " + piece.offset(),
          "at most %d bytes".formatted(residue.length));
    }
    crc.update(residue, (int) piece.offset(), (int) piece.length());
    file.write(residue, (int) piece.offset(), (int) piece.length());
  }

  /** A verified stream that is read forwards only, as the recipe's pieces lie in it. */
  private static final class Source implements AutoCloseable {
    private final String name;
    private final InputStream stream;
    private long position;

    Source(String name, InputStream stream) {
      this.name = name;
      this.stream = stream;
    }

    void copy(Recipe.Piece piece, Sink file, CRC32C crc, byte[] buffer, LongConsumer progress)
        throws IOException {
      if (piece.offset() < position) {
        throw new MalformedImageException(
            name, "recipe", 0, "a piece at " + piece.offset(), "one from " + position + " on");
      }
      skip(piece.offset() - position, buffer);
      long left = piece.length();
      while (left > 0) {
        int length = read(left, buffer);
        crc.update(buffer, 0, length);
        file.write(buffer, 0, length);
        progress.accept(length);
        left -= length;
      }
    }

    private void skip(long count, byte[] buffer) throws IOException {
      long left = count;
      while (left > 0) {
        left -= read(left, buffer);
      }
    }

    private int read(long most, byte[] buffer) throws IOException {
      int length = stream.read(buffer, 0, (int) Math.min(buffer.length, most));
      if (length < 0) {
        throw new MalformedImageException(
            name, "recipe", 0, "bytes past offset " + position, "an end there");
      }
      position += length;
      return length;
    }

    void drain(byte[] buffer) throws IOException {
      int length = stream.read(buffer);
      while (length >= 0) {
        length = stream.read(buffer);
      }
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }
}
