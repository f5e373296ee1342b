package dev.calotype.split;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.bytes.Chunks;
import dev.calotype.image.Image;
import dev.calotype.image.PeImage;
import dev.calotype.image.Segment;
import dev.calotype.image.elf.ElfFile;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Seal;
import dev.calotype.ji.Shape;
import dev.calotype.map.OpenFile;
import dev.calotype.publish.Publication;
import dev.calotype.split.elf.ElfEmbedding;
import dev.calotype.split.plan.Embedding;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * Puts a data file into a finished shared object, which is code of the shape {@link Shape#WITHIN}
 * then: one file, that loads as before, that {@link DataFile#check} finds the data in and {@link
 * CodeObject#check} the code note. docs/containers.md, "Within".
 */
public final class Embed {
  private Embed() {}

  /**
   * Writes the shared object with the data in it, sealed and durably: it appears whole or not at
   * all, with the permissions of the image.
   *
   * @param image a shared object; it is only read
   * @param data a data file that was checked; it stays open. What is copied is not verified
   * @param target where the result goes
   * @param origin what the code note records of the code's making; the target is recorded whatever
   *     it says
   * @param replace whether a file that is there may be replaced
   * @param progress given the number of bytes read since the last call
   * @return the code note
   * @throws RefusedException if the image can't take a data file, with the reason
   * @throws dev.calotype.MalformedImageException if it is damaged
   * @throws dev.calotype.UnsupportedFormatException if it is of another format
   * @throws dev.calotype.FileChangedException if a file was written to meanwhile
   * @throws IOException if a file can't be read or written; nothing is left behind
   */
  public static LinkedNote within(
      Path image, DataFile data, Path target, Origin origin, boolean replace, LongConsumer progress)
      throws IOException {
    try (OpenFile file = OpenFile.open(image)) {
      if (CodeObject.isCodeObject(file)) {
        throw new RefusedException(image.toString(), "is a code object already");
      }
      Embedding embedding = plan(file, data, origin);
      try (Publication out = Publication.beside(target, replace)) {
        out.takePermissionsOf(image);
        write(file, embedding, data, out, progress);
        file.requireUnchanged();
        data.file().requireUnchanged();
        out.fill();
        return Seal.seal(out.temporary(), target, Durability.DURABLE, replace);
      }
    }
  }

  private static Embedding plan(OpenFile file, DataFile data, Origin origin) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = file.map(arena);
      String name = file.path().toString();
      return file.whileWhole(() -> {
        Image image = Image.of(bytes, name);
        LinkedNote note =
            LinkedNote.unsealed(
                Shape.WITHIN, pageSize(image), data.id(), origin.withTarget(image.target().id()));
        byte[] encoded = note.encode(image.target().byteOrder());
        return switch (image) {
          case ElfFile elf -> new ElfEmbedding(elf, data.size(), encoded);
          case Image other ->
              throw new RefusedException(
                  name,
                  "is %s; there, a linker puts the data in: see docs/containers.md"
                      .formatted(other.format().title()));
        };
      });
    }
  }

  /** The largest page that the code was laid out for. */
  private static long pageSize(Image image) {
    if (image instanceof PeImage) {
      return 0;
    }
    long least = 1L << 16;
    for (Segment segment : image.segments()) {
      if (segment.isLoaded()) {
        least = Math.min(least, segment.alignment());
      }
    }
    return Long.bitCount(least) == 1 && least >= 4096 ? least : 0;
  }

  private static void write(
      OpenFile file, Embedding embedding, DataFile data, Publication out, LongConsumer progress)
      throws IOException {
    byte[] head = embedding.head();
    byte[] buffer = new byte[Chunks.SIZE];
    for (long at = 0; at < file.size(); at += buffer.length) {
      int length = (int) Math.min(buffer.length, file.size() - at);
      file.readFully(at, buffer, 0, length);
      out.write(buffer, 0, length);
      progress.accept(length);
    }
    out.overwrite(0, head, 0, head.length);
    out.skip(embedding.dataOffset() - out.position());
    SharedData.copy(data, out, progress);
    out.skip(embedding.tailOffset() - out.position());
    out.write(embedding.tail());
  }
}
