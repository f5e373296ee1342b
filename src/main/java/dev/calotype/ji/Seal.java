package dev.calotype.ji;

import dev.calotype.Durability;
import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.bytes.Sha256;
import dev.calotype.image.Format;
import dev.calotype.map.OpenFile;
import dev.calotype.publish.Publication;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * Fills size and digest into the note of linked code, once nothing changes it any more: docs/
 * code-note.md, "Sealing".
 *
 * <p>The digest is of the whole file. What a seal or a signature writes later counts as zeros: the
 * note's own flags, size, digest and checksum; the code signature of Mach-O; in PE the checksum,
 * the directory entry of the certificates and, being left out, the certificates at the end.
 */
public final class Seal {
  private static final int BUFFER = 1 << 20;

  private Seal() {}

  /**
   * Writes a sealed copy of a code object, or puts it in the code object's place. An ad hoc
   * signature in Mach-O is made to fit again.
   *
   * @param code a finished file whose note is unsealed, or sealed before
   * @param target where the sealed file goes; may be {@code code} itself
   * @param replace whether a file that is there may be replaced
   * @return the note as it is now
   * @throws MalformedImageException if the file or its note is damaged
   * @throws dev.calotype.UnsupportedFormatException if the file has no note
   * @throws RefusedException if it is a detached code object, which is always sealed, has two
   *     notes, or is signed with an identity, which has to sign again after sealing
   * @throws IOException if the file can't be read, or the target not be written
   */
  public static LinkedNote seal(Path code, Path target, Durability durability, boolean replace)
      throws IOException {
    try (OpenFile file = OpenFile.open(code)) {
      CodeObject object = CodeObject.find(file);
      if (!(object.note() instanceof LinkedNote note)) {
        throw new RefusedException(
            code.toString(), "a detached code object is sealed when it is written");
      }
      if (object.noteCount() > 1) {
        throw new RefusedException(
            code.toString(),
            "has %d notes of its data, and code has one data file".formatted(object.noteCount()));
      }
      SealedRanges ranges = SealedRanges.of(file, object.format(), object.noteOffset());
      ranges.signature().ifPresent(MachOSignature::requireAdHoc);
      String digest = digest(file, ranges, ranges.end(), _ -> {});
      byte[] bytes = LinkedNote.seal(object.noteBytes(), ranges.end(), digest);
      try (Publication copy = Publication.beside(target, replace)) {
        copy.takePermissionsOf(code);
        copy(file, copy);
        copy.overwrite(object.noteOffset(), bytes, 0, bytes.length);
        if (ranges.signature().isPresent()) {
          ranges.signature().get().sign(file, object.noteOffset(), bytes, copy);
        }
        file.requireUnchanged();
        copy.publish(durability);
      }
      return LinkedNote.decode(MemorySegment.ofArray(bytes), object.noteOffset(), target.toString())
          .withLinkage(note.linkage());
    }
  }

  /**
   * Compares a file with its seal.
   *
   * @param format of the file
   * @param progress given the number of bytes read since the last call
   * @throws MalformedImageException if it is not what was sealed
   */
  static void verify(
      OpenFile file, Format format, long noteOffset, LinkedNote note, LongConsumer progress)
      throws IOException {
    if (!note.sealed()) {
      return;
    }
    SealedRanges ranges = SealedRanges.of(file, format, noteOffset);
    long end = ranges.endFor(file, note.fileSize());
    if (end != note.fileSize()) {
      throw Bytes.view(new byte[0], file)
          .malformed(
              "file",
              Math.min(end, note.fileSize()),
              "%d bytes".formatted(end),
              "%d bytes, as the code note says".formatted(note.fileSize()));
    }
    if (!digest(file, ranges, end, progress).equals(note.digest())) {
      throw Bytes.view(new byte[0], file)
          .malformed(
              "sealed code",
              0,
              "bytes that do not match their digest",
              "the bytes that were sealed");
    }
  }

  private static String digest(OpenFile file, SealedRanges ranges, long end, LongConsumer progress)
      throws IOException {
    Sha256 digest = new Sha256();
    byte[] buffer = new byte[Math.clamp(end, 1, BUFFER)];
    for (long at = 0; at < end; at += buffer.length) {
      int length = (int) Math.min(buffer.length, end - at);
      file.readFully(at, buffer, 0, length);
      ranges.zero(buffer, at, length);
      digest.add(buffer, 0, length);
      progress.accept(length);
    }
    return PageOne.hex(digest.finish());
  }

  private static void copy(OpenFile file, Publication copy) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (long at = 0; at < file.size(); at += buffer.length) {
      int length = (int) Math.min(buffer.length, file.size() - at);
      file.readFully(at, buffer, 0, length);
      copy.write(buffer, 0, length);
    }
  }
}
