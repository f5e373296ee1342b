package dev.calotype.ji;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Sha256;
import dev.calotype.publish.Publication;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes a detached code object as a stream: the body, which is the remainder of an image, then the
 * note, the appendix and the trailer. Got from {@link PairWriter}.
 *
 * <p>Not safe for use by several threads.
 */
public final class CodeObjectWriter {
  /** The alignment of the note in bytes. */
  public static final int NOTE_ALIGNMENT = 8;

  /** Less than this is done sooner than another thread is woken. */
  private static final int LEAST_BYTES_FOR_TWO = 1 << 18;

  private final Publication file;
  private final Chunks body = new Chunks();

  CodeObjectWriter(Path target, WriteOptions options) throws IOException {
    this.file = Publication.beside(target, options.replace());
  }

  /** How many bytes of body were written. */
  public long position() {
    return file.position();
  }

  /** Appends to the body: digests and writes at once, since neither needs what the other does. */
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Lanes.run(
        length < LEAST_BYTES_FOR_TWO ? 1 : Math.min(2, Lanes.MOST),
        lane -> {
          if (lane == 0) {
            file.write(bytes, offset, length);
          }
          if (lane == 1 || length < LEAST_BYTES_FOR_TWO || Lanes.MOST == 1) {
            body.add(bytes, offset, length);
          }
        });
  }

  Publication file() {
    return file;
  }

  /**
   * Ends the body and writes the rest.
   *
   * @param recipe what joining needs; stored as it is and covered by the digest
   * @throws RefusedException if that is more than a reader accepts
   */
  void finish(DataId dataId, String target, byte[] recipe) throws IOException {
    long noteOffset = file.position();
    if (noteOffset % NOTE_ALIGNMENT != 0) {
      throw new IllegalStateException("the body ends at " + noteOffset);
    }
    byte[] digests = body.finish();
    long appendixSize = 16L + digests.length + recipe.length;
    if (appendixSize > CodeObject.MOST_APPENDIX_BYTES) {
      throw new RefusedException(
          file.target().toString(),
          "its headers and digests would take %d bytes, more than a reader accepts"
              .formatted(appendixSize));
    }
    ByteWriter appendix = new ByteWriter((int) appendixSize);
    appendix.u64(digests.length / Sha256.SIZE).u64(recipe.length);
    appendix.bytes(digests).bytes(recipe);
    long appendixOffset = noteOffset + DetachedNote.SIZE;
    long fileSize = appendixOffset + appendix.array().length + CodeTrailer.SIZE;
    DetachedNote note =
        new DetachedNote(
            true,
            fileSize,
            appendixOffset,
            appendix.array().length,
            dataId,
            PageOne.hex(Sha256.of(appendix.array())),
            target);
    file.write(note.encode());
    file.write(appendix.array());
    file.write(new CodeTrailer(noteOffset, fileSize).encode());
  }
}
