package dev.calotype.ji;

import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Sha256;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.util.function.LongConsumer;

/**
 * Looks at every byte of a data file: chunks against their digests, roots against the chunk
 * digests, the content id against the roots, texts against page one, and padding, which is zero.
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
    require(tail.contentId().same(page.id()), "content id", 0x30);
    require(PageOne.digest(tail.compiler()).equals(page.compiler()), "compiler digest", 0x70);
    require(PageOne.digest(tail.target()).equals(page.target()), "target digest", 0x90);
    long end = PageOne.SIZE;
    for (Tail.Entry section : tail.sections()) {
      verifyPadding(end, section.offset());
      verifyContent(section);
      end = section.offset() + section.size();
    }
    verifyPadding(end, page.tailOffset());
  }

  private void require(boolean holds, String structure, long offset) {
    if (!holds) {
      throw Bytes.view(new byte[0], file)
          .malformed(structure, offset, "one of other content", "the tail block's");
    }
  }

  private void verifyContent(Tail.Entry section) throws IOException {
    String structure = "section " + section.name();
    Sha256 root = new Sha256();
    VerifiedStream.Digests digests =
        chunk -> {
          byte[] digest = Bytes.read(file, section.digests() + chunk * Sha256.SIZE, Sha256.SIZE);
          root.add(digest);
          progress.accept(Math.min(Chunks.SIZE, section.size() - chunk * Chunks.SIZE));
          return digest;
        };
    new VerifiedStream(file, structure, section.offset(), section.size(), digests).drain();
    if (!PageOne.hex(root.finish()).equals(section.root())) {
      throw Bytes.view(new byte[0], file)
          .malformed(structure, section.digests(), "chunk digests of other content", "its root's");
    }
  }

  private void verifyPadding(long start, long end) throws IOException {
    byte[] buffer = new byte[(int) Math.min(end - start, 1 << 16)];
    for (long at = start; at < end; at += buffer.length) {
      int part = (int) Math.min(buffer.length, end - at);
      file.readFully(at, buffer, 0, part);
      for (int i = 0; i < part; i++) {
        if (buffer[i] != 0) {
          throw Bytes.view(buffer, file)
              .malformed("padding", at + i, "0x%02x".formatted(buffer[i]), "0");
        }
      }
    }
  }
}
