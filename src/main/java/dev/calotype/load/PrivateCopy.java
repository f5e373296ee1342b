package dev.calotype.load;

import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.map.OpenFile;
import dev.calotype.os.Descriptor;
import dev.calotype.os.MemoryFile;
import java.io.IOException;
import java.nio.file.Path;

/** Copies of both halves in sealed memory, checked in full after they were sealed. */
final class PrivateCopy {
  private static final int BUFFER = 1 << 16;

  private PrivateCopy() {}

  /** Copies a data file and checks the copy. */
  static Validity.Fresh of(Validity.Fresh data, Closing closing) throws IOException {
    MemoryFile copy = closing.add(copy(data.data().file()));
    return check(data, copy.path(), closing);
  }

  /** Copies a code object and checks the copy. */
  static Validity.FreshCode of(Validity.FreshCode code, Closing closing) throws IOException {
    MemoryFile copy = closing.add(copy(code.code().file()));
    Expectations full = expectations(code.code().note().dataId());
    Validity answer = closing.add(CodeObject.check(copy.path(), full));
    if (answer instanceof Validity.FreshCode fresh) {
      return fresh;
    }
    throw refusal(answer, code.file().toString());
  }

  /** The data within a copy of its code. */
  static Validity.Fresh within(Validity.Fresh data, Validity.FreshCode copy, Closing closing)
      throws IOException {
    return check(data, copy.file(), closing);
  }

  /** The file behind a verdict again, every byte of it checked. */
  static void verify(Validity.Fresh data) throws IOException {
    OpenFile file = data.data().file();
    try (Closing closing = new Closing();
        Descriptor descriptor = Descriptor.of(file.newDescriptor())) {
      String path = "/proc/self/fd/" + descriptor.number();
      Validity answer = closing.add(DataFile.check(Path.of(path), expectations(data.data().id())));
      if (!(answer instanceof Validity.Fresh)) {
        throw refusal(answer, data.file().toString());
      }
    }
  }

  private static Validity.Fresh check(Validity.Fresh data, Path copy, Closing closing)
      throws IOException {
    Validity answer = closing.add(DataFile.check(copy, expectations(data.data().id())));
    if (answer instanceof Validity.Fresh fresh) {
      return fresh;
    }
    throw refusal(answer, data.file().toString());
  }

  private static Expectations expectations(DataId id) {
    return Expectations.none().withDataId(id).withTier(Tier.FULL);
  }

  private static MemoryFile copy(OpenFile file) throws IOException {
    MemoryFile copy = new MemoryFile("calotype");
    boolean done = false;
    try {
      byte[] buffer = new byte[BUFFER];
      for (long at = 0; at < file.size(); at += buffer.length) {
        int length = (int) Math.min(buffer.length, file.size() - at);
        file.readFully(at, buffer, 0, length);
        copy.write(buffer, 0, length);
      }
      copy.seal();
      done = true;
      return copy;
    } finally {
      if (!done) {
        copy.close();
      }
    }
  }

  private static RuntimeException refusal(Validity answer, String file) {
    return answer instanceof Validity.Damaged bad
        ? new MalformedImageException(
            file, bad.structure(), bad.offset(), bad.reason(), "the bytes that were written")
        : new RefusedException(file, "is not what was checked any more");
  }
}
