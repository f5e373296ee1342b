package dev.calotype.ji;

import dev.calotype.bytes.Zeros;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.util.function.LongConsumer;

/**
 * Looks at every byte of a data file: chunks against their digests, those against the roots, and
 * padding, which is zero. The tables and page one were compared when the tail block was read.
 */
final class DataFileVerifier {
  private final OpenFile file;
  private final PageOne page;
  private final Tail tail;
  private final LongConsumer progress;

  DataFileVerifier(OpenFile file, PageOne page, Tail tail, LongConsumer progress) {
    this.file = file;
    this.page = page;
    this.tail = tail;
    this.progress = progress;
  }

  void verify() throws IOException {
    byte[][] chunks = new byte[Lanes.MOST][0];
    long end = page.base() + PageOne.SIZE;
    for (Tail.Entry section : tail.sections()) {
      verifyPadding(end, section.offset());
      SectionReader reader = new SectionReader(file, section);
      reader.verifyRoot();
      for (long first = 0; first < reader.chunks(); first += Lanes.MOST) {
        long start = first;
        int lanes = (int) Math.min(Lanes.MOST, reader.chunks() - first);
        Lanes.run(
            lanes,
            lane -> {
              int length = reader.length(start + lane);
              if (chunks[lane].length < length) {
                chunks[lane] = new byte[length];
              }
              reader.read(start + lane, chunks[lane], length);
            });
        for (int lane = 0; lane < lanes; lane++) {
          progress.accept(reader.length(first + lane));
        }
      }
      end = section.offset() + section.stored();
    }
    verifyPadding(end, page.tailOffset());
  }

  private void verifyPadding(long start, long end) throws IOException {
    byte[] buffer = new byte[(int) Math.min(end - start, 1 << 16)];
    for (long at = start; at < end; at += buffer.length) {
      int part = (int) Math.min(buffer.length, end - at);
      file.readFully(at, buffer, 0, part);
      if (!Zeros.fill(buffer, 0, part)) {
        int i = 0;
        while (buffer[i] == 0) {
          i++;
        }
        throw Bytes.view(buffer, file)
            .malformed("padding", at + i, "0x%02x".formatted(buffer[i]), "0");
      }
    }
  }
}
