package dev.calotype.split;

import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.emit.ObjectTarget;
import dev.calotype.image.ElfImage;
import dev.calotype.image.ExportFinder;
import dev.calotype.image.Image;
import dev.calotype.ji.DataFile;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Proves that a shared object around a data file is the one that {@link SharedData} writes: what is
 * around the data has no digest, and a loader believes every byte of it. Tools that change a
 * library are allowed to, but what they made is not loaded.
 */
public final class SharedDataProof {
  private static final int BUFFER = 1 << 16;
  private static final String STRUCTURE = "container";

  private final DataFile data;
  private final OpenFile file;

  private SharedDataProof(DataFile data) {
    this.data = data;
    this.file = data.file();
  }

  /**
   * Compares all bytes but the data's with those that would be written.
   *
   * @throws MalformedImageException if one differs
   * @throws RefusedException if it is no such shared object
   * @throws IOException if it can't be read
   */
  public static void require(DataFile data) throws IOException {
    new SharedDataProof(data).require();
  }

  /**
   * Whether a data file is in the very shared object that would be written.
   *
   * @throws IOException if it can't be read
   */
  static boolean isOf(SharedData shared, DataFile data) throws IOException {
    try {
      new SharedDataProof(data).require(shared);
      return true;
    } catch (MalformedImageException e) {
      return false;
    }
  }

  private void require() throws IOException {
    require(read());
  }

  private void require(SharedData shared) throws IOException {
    byte[] head = shared.head();
    byte[] tail = shared.tail();
    long tailOffset = file.size() - tail.length;
    if (data.base() < head.length || tailOffset < data.base() + data.size()) {
      throw differs(0);
    }
    compare(0, head);
    requireZeros(head.length, data.base());
    requireZeros(data.base() + data.size(), tailOffset);
    compare(tailOffset, tail);
  }

  /** The plan that such a file would come from. */
  private SharedData read() throws IOException {
    ElfImage image;
    try (Arena arena = Arena.ofConfined()) {
      image =
          Image.of(file.map(arena), file.path().toString()) instanceof ElfImage elf ? elf : null;
      Optional<String> soname = image == null ? Optional.empty() : file.whileWhole(image::soname);
      String end = "-%s.so".formatted(data.id().hex().substring(0, 16));
      if (image == null || soname.isEmpty() || !soname.get().endsWith(end)) {
        throw new RefusedException(
            file.path().toString(), "is no shared object of the name that its data gives it");
      }
      int machine = image.machine();
      ObjectTarget target =
          Arrays.stream(ObjectTarget.values())
              .filter(it -> it.target().bits() == 64 && it.machine() == machine)
              .findFirst()
              .orElseThrow(() -> differs(0));
      String name = soname.get().substring(0, soname.get().length() - end.length());
      List<Exported> exports = new ArrayList<>();
      ExportFinder.visit(
          file,
          (symbol, address, size) ->
              exports.add(new Exported(symbol, address - data.base(), size)));
      SharedData shared = SharedData.of(data, target);
      for (Exported one : exports) {
        shared = shared.withSymbol(one.name, one.offset, one.size);
      }
      return shared.withName(name);
    }
  }

  private record Exported(String name, long offset, long size) {}

  private void compare(long offset, byte[] expected) throws IOException {
    byte[] actual = new byte[expected.length];
    file.readFully(offset, actual, 0, actual.length);
    int at = Arrays.mismatch(actual, expected);
    if (at >= 0) {
      throw differs(offset + at);
    }
  }

  private void requireZeros(long from, long to) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (long at = from; at < to; at += BUFFER) {
      int length = (int) Math.min(BUFFER, to - at);
      file.readFully(at, buffer, 0, length);
      for (int i = 0; i < length; i++) {
        if (buffer[i] != 0) {
          throw differs(at + i);
        }
      }
    }
  }

  private MalformedImageException differs(long offset) {
    return new MalformedImageException(
        file.path().toString(), STRUCTURE, offset, "other bytes", "those that embed writes");
  }
}
