package dev.calotype.ji;

import dev.calotype.Durability;
import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.Sha256;
import dev.calotype.image.NoteFinder;
import dev.calotype.map.OpenFile;
import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Code notes and code objects of any bytes: decoded, checked at every tier, read, and sealed. Each
 * as it is, and with the checksums that let its lies come further.
 */
public final class CodeFuzzer {
  private static final int DETACHED_CRC = DetachedNote.SIZE - 4;
  private static final Path FOLDER = Path.of("target", "fuzz");
  private static final Path FILE = FOLDER.resolve("input.code");
  private static final Path SEALED = FOLDER.resolve("sealed.code");

  private static final List<Expectations> ASKED =
      List.of(
          Expectations.none(),
          Expectations.none()
              .withDataId(new DataId("ab".repeat(32)))
              .withHost(new Host("x86_64-elf", Set.of("avx2"), 16_384))
              .withCompiler("example 1.0")
              .withOption("opt-level", "3"));

  private CodeFuzzer() {}

  /** Takes the bytes of a note. */
  public static void takeNote(byte[] bytes) {
    decode(bytes);
    decode(mended(bytes));
  }

  /** Takes the bytes of a file. */
  public static void takeFile(byte[] bytes) throws IOException {
    Files.createDirectories(FOLDER);
    Optional<NoteFinder.Found> note = look(bytes);
    if (note.isPresent()) {
      byte[] file = bytes.clone();
      int at = (int) note.get().offset();
      int size = (int) note.get().bytes().byteSize();
      if (size == DetachedNote.SIZE) {
        mendAppendix(file, at);
      }
      byte[] mended = mended(Arrays.copyOfRange(file, at, at + size));
      System.arraycopy(mended, 0, file, at, size);
      look(file);
    }
  }

  private static void decode(byte[] note) {
    try {
      CodeNote.decode(MemorySegment.ofArray(note), 0, "input");
    } catch (MalformedImageException | UnsupportedFormatException e) {
      // Said so.
    }
  }

  private static Optional<NoteFinder.Found> look(byte[] bytes) throws IOException {
    Bytes.write(FILE, bytes);
    for (Expectations asked : ASKED) {
      for (Tier tier : Tier.values()) {
        try (Validity validity = CodeObject.check(FILE, asked.withTier(tier))) {
          if (validity instanceof Validity.FreshCode fresh) {
            read(fresh.code());
          }
        }
      }
    }
    CodeObject.readNote(FILE);
    seal();
    try (OpenFile file = OpenFile.open(FILE)) {
      CodeObject.isCodeObject(file);
      return NoteFinder.find(file, CodeNote.WANTED);
    } catch (MalformedImageException | UnsupportedFormatException e) {
      return Optional.empty();
    }
  }

  private static void read(CodeObject code) throws IOException {
    if (!(code.note() instanceof DetachedNote)) {
      return;
    }
    try (InputStream body = code.newBodyStream()) {
      code.recipe();
      body.transferTo(OutputStream.nullOutputStream());
    } catch (MalformedImageException e) {
      // Said so.
    }
  }

  /** What was sealed is fresh. */
  private static void seal() throws IOException {
    Files.deleteIfExists(SEALED);
    try {
      Seal.seal(FILE, SEALED, Durability.FAST, true);
    } catch (MalformedImageException | UnsupportedFormatException | RefusedException e) {
      return;
    }
    Expectations full = Expectations.none().withTier(Tier.FULL);
    try (Validity validity = CodeObject.check(SEALED, full)) {
      if (!(validity instanceof Validity.FreshCode)) {
        throw new IllegalStateException("sealed, and " + validity);
      }
    }
  }

  private static byte[] mended(byte[] note) {
    byte[] mended = note.clone();
    ByteBuffer view = DataFiles.view(mended);
    if (note.length == DetachedNote.SIZE && view.getInt(20) == Shape.DETACHED.number()) {
      view.putInt(DETACHED_CRC, crc(note, 0, DETACHED_CRC));
    } else if (note.length >= LinkedNote.CRC + 4) {
      view.putInt(LinkedNote.CRC, 0);
      int crc = crc(mended, LinkedNote.DESCRIPTOR, note.length - LinkedNote.DESCRIPTOR);
      view.putInt(LinkedNote.CRC, crc);
    }
    return mended;
  }

  /** What is between the note and the trailer is the appendix, and of its digest. */
  private static void mendAppendix(byte[] file, int note) {
    int start = note + DetachedNote.SIZE;
    int size = file.length - CodeTrailer.SIZE - start;
    if (size >= 0) {
      ByteBuffer view = DataFiles.view(file);
      view.putLong(note + 32, file.length).putLong(note + 40, start).putLong(note + 48, size);
      view.put(note + 88, Sha256.of(file, start, size));
      view.put(start + size, new CodeTrailer(note, file.length).encode());
    }
  }

  private static int crc(byte[] bytes, int offset, int length) {
    return dev.calotype.ji.Bytes.crc(bytes, offset, length);
  }
}
