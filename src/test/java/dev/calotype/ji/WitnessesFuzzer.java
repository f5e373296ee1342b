package dev.calotype.ji;

import dev.calotype.bytes.Sha256;
import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;

/** A side file of witnesses of any bytes: a damaged one counts as none. */
public final class WitnessesFuzzer {
  private static final Path FOLDER = Path.of("target", "fuzz", "witnesses");
  private static final Witnesses WITNESSES = Witnesses.in(FOLDER);
  private static final byte[] KEY = new byte[Sha256.SIZE];
  private static final byte[] ID = Sha256.of(KEY);
  private static final int HEADER = 40;
  private static final int ENTRY = 32;
  private static final int CRC = 4;

  private WitnessesFuzzer() {}

  /** Takes an input. */
  public static void take(byte[] bytes) throws IOException {
    Files.createDirectories(FOLDER);
    look(bytes);
    byte[] mended = bytes.clone();
    int end = bytes.length - CRC;
    if (end >= HEADER) {
      System.arraycopy(ID, 0, mended, 8, ID.length);
      ByteBuffer view = DataFiles.view(mended);
      view.putInt(end, dev.calotype.ji.Bytes.crc(mended, 0, end));
    }
    look(mended);
  }

  private static void look(byte[] bytes) {
    Bytes.write(FOLDER.resolve(HexFormat.of().formatHex(ID, 0, 16)), bytes);
    int fitting = Math.max(0, (bytes.length - HEADER - CRC) / ENTRY);
    for (int count : new int[] {1, fitting, fitting + 1}) {
      Witnesses.Remembered remembered = WITNESSES.read(KEY, Map.of(), count);
      Stat stat = new Stat(Input.Kind.FILE, 1, 2, 3, 4);
      for (int i = 0; i < count; i++) {
        boolean had = remembered.has(i, stat);
        remembered.put(i, stat);
        if (!remembered.has(i, stat) || (had && count != fitting)) {
          throw new IllegalStateException("witness %d of %d".formatted(i, count));
        }
      }
    }
  }
}
