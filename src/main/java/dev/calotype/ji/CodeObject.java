package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Sha256;
import dev.calotype.image.Format;
import dev.calotype.image.NoteFinder;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/**
 * A code object, open. Got from {@link #check}, so nothing reads a file that was not checked.
 *
 * <p>Safe for use by several threads.
 */
public final class CodeObject implements AutoCloseable {
  /** What a reader takes into memory at most; a GiB of code has 32 KiB of digests. */
  static final long MOST_APPENDIX_BYTES = 16 << 20;

  private static final String APPENDIX = "code appendix";

  private final OpenFile file;
  private final NoteFinder.Found found;
  private final long noteOffset;
  private final CodeNote note;

  /** The chunks' digests, once the appendix was read and verified. */
  private volatile Optional<byte[]> digests = Optional.empty();

  private CodeObject(OpenFile file, NoteFinder.Found found, CodeNote note) {
    this.file = file;
    this.found = found;
    this.noteOffset = found.offset();
    this.note = note;
  }

  /**
   * Says whether a code object may be used. Reads positionally into private memory, never maps and
   * never loads.
   *
   * @param expectations {@link Expectations#dataId()} is the data it must belong to
   * @return the answer, for any content and for no file at all
   * @throws IOException only if the file is there and can't be read
   */
  public static Validity check(Path path, Expectations expectations) throws IOException {
    return check(path, expectations, _ -> {});
  }

  /**
   * The same, telling how far it got.
   *
   * @param progress given the number of bytes read since the last call
   */
  public static Validity check(Path path, Expectations expectations, LongConsumer progress)
      throws IOException {
    return open(path, expectations, OpenFile::openToRead, progress);
  }

  /**
   * The same of a file that is open already.
   *
   * @param file the answer's from now on: closed with it, or at once if it is not fresh
   */
  public static Validity check(OpenFile file, Expectations expectations) throws IOException {
    return open(file.path(), expectations, _ -> file, _ -> {});
  }

  private static Validity open(
      Path path, Expectations expectations, Answer.Opening opening, LongConsumer progress)
      throws IOException {
    Tier tier = expectations.tier();
    return Answer.open(
        path,
        tier,
        opening,
        file -> {
          CodeObject code = find(file);
          if (tier == Tier.FULL) {
            code.verify(progress);
          }
          List<Cause> causes = code.compare(expectations);
          return causes.isEmpty()
              ? new Validity.FreshCode(path, tier, code)
              : new Validity.Stale(path, tier, causes);
        });
  }

  /**
   * The note of a code object as it stands there, without a verdict on the file; empty if it can't
   * be found or read, whatever the reason.
   */
  public static Optional<CodeNote> readNote(Path path) throws IOException {
    try (OpenFile file = OpenFile.open(path)) {
      return Optional.of(find(file).note());
    } catch (MalformedImageException | UnsupportedFormatException | NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Whether a file is a code object of ours, damaged or not, by its headers or by its end. */
  public static boolean isCodeObject(OpenFile file) throws IOException {
    try {
      if (NoteFinder.find(file, CodeNote.WANTED).isPresent()) {
        return true;
      }
    } catch (MalformedImageException | UnsupportedFormatException e) {
      // Its end may still tell.
    }
    return CodeTrailer.find(file).isPresent();
  }

  /** The note; what is linked has the addresses of its cells and holes in it. */
  public CodeNote note() {
    return note;
  }

  /** How many notes there are where this one was found. */
  int noteCount() {
    return found.count();
  }

  /** The format of the file. */
  Format format() {
    return found.format();
  }

  /** Where the note starts in the file. */
  public long noteOffset() {
    return noteOffset;
  }

  /** A copy of the note as it stands in the file. */
  byte[] noteBytes() {
    return found.bytes().toArray(ValueLayout.JAVA_BYTE);
  }

  /**
   * The size of the body, the remainder of the image, which starts the file.
   *
   * @throws IllegalStateException if this is not a detached code object
   */
  public long bodySize() {
    detached();
    return noteOffset;
  }

  /** The file under all this. */
  public OpenFile file() {
    return file;
  }

  /**
   * What joining needs, verified.
   *
   * @throws IllegalStateException if this is not a detached code object
   * @throws MalformedImageException if it is damaged
   */
  public byte[] recipe() throws IOException {
    return appendix().recipe;
  }

  /**
   * Reads the body, each chunk verified before its bytes are handed out.
   *
   * @return a stream that throws {@link MalformedImageException} where bytes are not as they were
   *     written
   */
  public InputStream newBodyStream() throws IOException {
    return body(_ -> {});
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  static CodeObject find(OpenFile file) throws IOException {
    NoteFinder.Found found = findNote(file);
    CodeNote note = CodeNote.decode(found.bytes(), found.offset(), file.path().toString());
    if (note instanceof LinkedNote linked) {
      return new CodeObject(file, found, Placement.of(linked, found, file.path().toString()));
    }
    CodeObject code = new CodeObject(file, found, note);
    code.checkPlaces((DetachedNote) note);
    return code;
  }

  private static NoteFinder.Found findNote(OpenFile file) throws IOException {
    RuntimeException noWay;
    try {
      Optional<NoteFinder.Found> found = NoteFinder.find(file, CodeNote.WANTED);
      if (found.isPresent()) {
        return found.get();
      }
      noWay =
          new UnsupportedFormatException(
              file.path().toString(), "an image without a note of Calotype's");
    } catch (MalformedImageException | UnsupportedFormatException e) {
      noWay = e;
    }
    throw withoutNote(file, noWay);
  }

  /** Headers that lead to no note are damage if the end of the file says that there is one. */
  private static RuntimeException withoutNote(OpenFile file, RuntimeException noWay)
      throws IOException {
    if (noWay instanceof MalformedImageException || CodeTrailer.find(file).isEmpty()) {
      return noWay;
    }
    return Bytes.view(new byte[0], file)
        .malformed("image headers", 0, "no way to the code note", "one, as the trailer says");
  }

  private void checkPlaces(DetachedNote note) throws IOException {
    ByteView view = Bytes.view(new byte[0], file);
    if (note.fileSize() != file.size()) {
      throw view.malformed(
          "file",
          Math.min(Math.max(note.fileSize(), 0), file.size()),
          "%d bytes".formatted(file.size()),
          "%d bytes, as the code note says".formatted(note.fileSize()));
    }
    boolean placed =
        note.appendixOffset() == noteOffset + DetachedNote.SIZE
            && note.appendixSize() >= 16
            && note.appendixSize() == file.size() - note.appendixOffset() - CodeTrailer.SIZE;
    if (!placed || note.appendixSize() > MOST_APPENDIX_BYTES) {
      throw view.malformed(
          "code note",
          noteOffset,
          "an appendix of %d bytes at 0x%x".formatted(note.appendixSize(), note.appendixOffset()),
          "one between the note and the trailer");
    }
  }

  /** What a check with these expectations would find different, by the note alone. */
  public List<Cause> compare(Expectations expectations) {
    List<Cause> causes = new ArrayList<>();
    if (!note.sealed()) {
      causes.add(new Cause(Cause.Code.UNSEALED, "a sealed note", "an unsealed one"));
    }
    if (expectations.dataId().isPresent() && !expectations.dataId().get().same(note.dataId())) {
      causes.add(
          new Cause(
              Cause.Code.CODE_DATA_ID, expectations.dataId().get().hex(), note.dataId().hex()));
    }
    if (note instanceof LinkedNote linked) {
      causes.addAll(Comparer.compareCode(expectations, linked.origin()));
      pageSize(expectations, linked.pageSize()).ifPresent(causes::add);
      return causes;
    }
    if (expectations.target().isPresent() && !expectations.target().get().equals(note.target())) {
      causes.add(new Cause(Cause.Code.TARGET, expectations.target().get(), note.target()));
    }
    // A detached note records no compiler, and what is not recorded is not what was asked for.
    if (expectations.compiler().isPresent()) {
      causes.add(new Cause(Cause.Code.COMPILER, expectations.compiler().get(), ""));
    }
    return causes;
  }

  /** Code laid out for larger pages than the host's is laid out for the host's. */
  private static Optional<Cause> pageSize(Expectations expectations, long recorded) {
    OptionalLong host = expectations.pageSize();
    return host.isPresent() && recorded != 0 && recorded < host.getAsLong()
        ? Optional.of(
            new Cause(
                Cause.Code.PAGE_SIZE,
                "pages of up to " + host.getAsLong(),
                "pages of up to " + recorded))
        : Optional.empty();
  }

  private DetachedNote detached() {
    if (note instanceof DetachedNote detached) {
      return detached;
    }
    throw new IllegalStateException("a code object of the shape " + note.shape().id());
  }

  /**
   * Verifies every byte, as the full tier does.
   *
   * @param progress given the number of bytes read since the last call
   * @throws MalformedImageException if one is not as it was sealed or written
   */
  public void verify(LongConsumer progress) throws IOException {
    if (note instanceof LinkedNote linked) {
      Seal.verify(file, found.format(), noteOffset, linked, progress);
      return;
    }
    body(progress).drain();
    Optional<CodeTrailer> trailer = CodeTrailer.find(file);
    if (trailer.isEmpty() || !trailer.get().equals(new CodeTrailer(noteOffset, file.size()))) {
      throw Bytes.view(new byte[0], file)
          .malformed(
              "trailer",
              file.size() - CodeTrailer.SIZE,
              "bytes that are not one",
              "the bytes that were written");
    }
  }

  private VerifiedStream body(LongConsumer progress) throws IOException {
    // Whoever joins has just read the appendix for its recipe.
    byte[] digests = this.digests.isPresent() ? this.digests.get() : appendix().digests;
    return new VerifiedStream(
        noteOffset,
        (chunk, target, length) -> {
          progress.accept(length);
          int at = Math.toIntExact(chunk * Sha256.SIZE);
          byte[] digest = Arrays.copyOfRange(digests, at, at + Sha256.SIZE);
          Chunk.read(file, "code", chunk * Chunks.SIZE, target, length);
          Chunk.verify(file, "code", chunk * Chunks.SIZE, target, length, digest);
        });
  }

  private static final class Appendix {
    private final byte[] digests;
    private final byte[] recipe;

    Appendix(byte[] digests, byte[] recipe) {
      this.digests = digests;
      this.recipe = recipe;
    }
  }

  private Appendix appendix() throws IOException {
    DetachedNote note = detached();
    byte[] bytes = Bytes.read(file, note.appendixOffset(), (int) note.appendixSize());
    ByteView view = Bytes.view(bytes, file);
    if (!PageOne.hex(Sha256.of(bytes)).equals(note.digest())) {
      throw view.malformed(
          APPENDIX,
          note.appendixOffset(),
          "bytes that do not match their digest",
          "the bytes that were written");
    }
    long chunks = view.u64(0, APPENDIX);
    long recipe = view.u64(8, APPENDIX);
    if (chunks != Chunks.count(noteOffset)
        || recipe != note.appendixSize() - 16 - chunks * Sha256.SIZE) {
      throw view.malformed(
          APPENDIX,
          note.appendixOffset(),
          "%d chunk digests, %d bytes of recipe".formatted(chunks, recipe),
          "%d chunk digests and the rest".formatted(Chunks.count(noteOffset)));
    }
    int split = 16 + (int) chunks * Sha256.SIZE;
    Appendix appendix =
        new Appendix(
            Arrays.copyOfRange(bytes, 16, split), Arrays.copyOfRange(bytes, split, bytes.length));
    digests = Optional.of(appendix.digests);
    return appendix;
  }
}
