package dev.calotype.split;

import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.Chunks;
import dev.calotype.image.Image;
import dev.calotype.image.MachOImage;
import dev.calotype.image.PeImage;
import dev.calotype.image.Target;
import dev.calotype.image.elf.ElfFile;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.CodeObjectWriter;
import dev.calotype.ji.DataId;
import dev.calotype.ji.PairWriter;
import dev.calotype.ji.WriteOptions;
import dev.calotype.map.OpenFile;
import dev.calotype.split.coff.PeDetachment;
import dev.calotype.split.elf.ElfDetachment;
import dev.calotype.split.macho.MachODetachment;
import dev.calotype.split.plan.Detachment;
import dev.calotype.split.plan.Moved;
import dev.calotype.split.plan.Part;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/**
 * A linked image and the plan for taking its data out of it. Owns the open file, so that what was
 * planned is what gets written. Nothing is written before {@link #write}.
 *
 * <p>Not safe for use by several threads.
 */
public final class Split implements AutoCloseable {
  private final OpenFile file;
  private final Target target;
  private final Detachment detachment;

  private Split(OpenFile file, Target target, Detachment detachment) {
    this.file = file;
    this.target = target;
    this.detachment = detachment;
  }

  /**
   * Decides what of an image is data that can leave.
   *
   * @param sections the sections to move; empty for all read-only data that neither code nor loader
   *     minds losing
   * @throws RefusedException if the image can't be split, with the reason
   * @throws dev.calotype.MalformedImageException if it is damaged
   * @throws dev.calotype.UnsupportedFormatException if it is of another format
   * @throws IOException if it can't be read
   */
  public static Split plan(Path path, List<String> sections) throws IOException {
    OpenFile file = OpenFile.open(path);
    try (Arena arena = Arena.ofConfined()) {
      if (CodeObject.isCodeObject(file)) {
        throw new RefusedException(path.toString(), "is a code object already");
      }
      MemorySegment bytes = file.map(arena);
      return file.whileWhole(() -> {
        return switch (Image.of(bytes, path.toString())) {
          case ElfFile image ->
              new Split(file, image.target(), ElfDetachment.plan(image, sections));
          case PeImage image -> new Split(file, image.target(), PeDetachment.plan(image, sections));
          case MachOImage image ->
              new Split(file, image.target(), MachODetachment.plan(image, sections));
          case Image other ->
              throw new UnsupportedFormatException(
                  path.toString(), other.format().title() + " as an image to split");
        };
      });
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Every section with bytes in the file, in file order, and where it goes. */
  public List<SectionChoice> choices() {
    return detachment.choices();
  }

  /** What the image was made for. */
  public Target target() {
    return target;
  }

  /** The size of the image in bytes. */
  public long size() {
    return file.size();
  }

  /** Writes both halves. See {@link #write(Path, Path, WriteOptions, LongConsumer)}. */
  public DataId write(Path data, Path code, WriteOptions options) throws IOException {
    return write(data, code, options, _ -> {});
  }

  /**
   * Writes both halves and makes them appear together.
   *
   * @param options the target is recorded whatever it says
   * @param progress given the number of bytes read since the last call
   * @return the content id of the data file
   * @throws dev.calotype.FileChangedException if the image was written to meanwhile
   * @throws IOException if a file can't be read or written; nothing is left behind
   */
  public DataId write(Path data, Path code, WriteOptions options, LongConsumer progress)
      throws IOException {
    try (PairWriter pair = PairWriter.create(data, code, options.withTarget(target.id()))) {
      Pass pass = new Pass(pair, progress);
      for (Part part : detachment.parts()) {
        pass.write(part);
      }
      pass.padTo(detachment.tailOffset());
      byte[] tail = detachment.tail();
      pair.code().write(tail, 0, tail.length);
      file.requireUnchanged();
      return pair.publish(
          new Recipe(
                  file.size(), (int) pass.crc.getValue(), pass.pieces, pass.residue.toByteArray())
              .encode());
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** One pass over the image, from its first to its last byte. */
  private final class Pass {
    private final PairWriter pair;
    private final LongConsumer progress;
    private final byte[] buffer = new byte[Chunks.SIZE];
    private final CRC32C crc = new CRC32C();
    private final List<Recipe.Piece> pieces = new ArrayList<>();
    private final ByteArrayOutputStream residue = new ByteArrayOutputStream();

    Pass(PairWriter pair, LongConsumer progress) {
      this.pair = pair;
      this.progress = progress;
    }

    void write(Part part) throws IOException {
      CodeObjectWriter code = pair.code();
      switch (part.kind()) {
        case KEEP -> {
          padTo(part.codeOffset());
          pieces.add(piece(Recipe.Source.CODE, 0, part.codeOffset(), part));
          copy(part, code::write);
        }
        case MOVE -> {
          pieces.add(piece(Recipe.Source.DATA, part.section(), 0, part));
          Moved moved = detachment.moved().get(part.section());
          try (OutputStream section = pair.data().section(moved.name(), moved.alignment(), false)) {
            copy(part, section::write);
          }
        }
        case REPLACE -> {
          padTo(part.codeOffset());
          pieces.add(piece(Recipe.Source.RESIDUE, 0, residue.size(), part));
          copy(part, residue::write);
          byte[] replacement = detachment.replacement(part);
          code.write(replacement, 0, replacement.length);
        }
      }
    }

    void padTo(long position) throws IOException {
      long missing = position - pair.code().position();
      pair.code().write(new byte[Math.toIntExact(missing)], 0, (int) missing);
    }

    private static Recipe.Piece piece(Recipe.Source source, int section, long offset, Part part) {
      return new Recipe.Piece(source, section, offset, part.length());
    }

    private void copy(Part part, Sink sink) throws IOException {
      long end = part.offset() + part.length();
      for (long at = part.offset(); at < end; at += buffer.length) {
        int length = (int) Math.min(buffer.length, end - at);
        file.readFully(at, buffer, 0, length);
        crc.update(buffer, 0, length);
        sink.write(buffer, 0, length);
        progress.accept(length);
      }
    }
  }

  private interface Sink {
    void write(byte[] bytes, int offset, int length) throws IOException;
  }
}
