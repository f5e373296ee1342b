package dev.calotype.cli;

import dev.calotype.MalformedImageException;
import dev.calotype.image.Image;
import dev.calotype.ji.CodeNote;
import java.io.Writer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An image and what became of looking at it. Its tables are shown one by one, so that a damaged one
 * hides no other.
 */
final class Inspection {
  private final Image image;
  private final String file;
  private final Optional<CodeNote> note;
  private final Optional<Carried> carried;
  private final boolean listsSymbols;
  private Optional<Failure> damage;

  /**
   * The data file that an image has in it.
   *
   * @param offset where it starts
   * @param size its size in bytes
   * @param id its content id, in hex
   */
  record Carried(long offset, long size, String id) {}

  /**
   * Starts looking.
   *
   * @param file the file as the user named it
   * @param note the note of a code object of ours
   * @param carried the data file in it
   * @param damage what was found damaged before
   */
  Inspection(
      Image image,
      String file,
      Optional<CodeNote> note,
      Optional<Carried> carried,
      boolean listsSymbols,
      Optional<Failure> damage) {
    this.image = image;
    this.file = file;
    this.note = note;
    this.carried = carried;
    this.listsSymbols = listsSymbols;
    this.damage = damage;
  }

  Image image() {
    return image;
  }

  String file() {
    return file;
  }

  Optional<CodeNote> note() {
    return note;
  }

  Optional<Carried> carried() {
    return carried;
  }

  /** Whether symbols are to be listed, not only counted. */
  boolean listsSymbols() {
    return listsSymbols;
  }

  /** The first damage found so far. */
  Optional<Failure> damage() {
    return damage;
  }

  /**
   * Shows a part.
   *
   * @param rehearsal shows it to nobody, to find out whether all of it can be read
   * @param show shows it
   */
  void part(Consumer<Writer> rehearsal, Runnable show) {
    try {
      rehearsal.accept(new Nobody(image));
    } catch (MalformedImageException e) {
      damage = damage.or(() -> Optional.of(Failure.of(e, file)));
      return;
    }
    show.run();
  }

  /**
   * Takes no text, and only so much of it: in a hostile file each of a million names may be the
   * same megabyte.
   */
  private static final class Nobody extends Writer {
    private static final long LEAST_CHARS = 16 << 20;
    private static final int CHARS_A_BYTE = 64;

    private final Image image;
    private final long most;
    private long written;

    Nobody(Image image) {
      this.image = image;
      this.most = LEAST_CHARS + CHARS_A_BYTE * image.bytes().byteSize();
    }

    @Override
    public void write(char[] text, int offset, int length) {
      written += length;
      if (written > most) {
        throw new MalformedImageException(
            image.file(),
            "names",
            0,
            "more than %d characters in one table".formatted(most),
            "names that do not all share their bytes");
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
