package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.map.OpenFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Turns looking at a file into a verdict: what is wrong with the file is an answer. */
final class Answer {
  /** A way to open a file. */
  interface Opening {
    OpenFile of(Path path) throws IOException;
  }

  /** A look at an open file. */
  interface Look {
    Validity at(OpenFile file) throws IOException;
  }

  /** A part of a look, done at a tier of its own. */
  interface Part {
    Validity verdict() throws IOException;
  }

  private Answer() {}

  /**
   * Opens the file and looks at it. It stays open only if the answer is fresh, and so owns it.
   *
   * @throws IOException only if the file is there and can't be read
   */
  static Validity open(Path path, Tier tier, Opening opening, Look look) throws IOException {
    OpenFile file;
    try {
      file = opening.of(path);
    } catch (NoSuchFileException e) {
      return new Validity.Absent(path, tier);
    }
    boolean owned = false;
    try {
      Validity answer = of(path, tier, () -> look.at(file));
      owned = answer instanceof Validity.Fresh || answer instanceof Validity.FreshCode;
      return answer;
    } finally {
      if (!owned) {
        file.close();
      }
    }
  }

  /** The verdict, or the one that an exception on the way to it stands for. */
  static Validity of(Path path, Tier tier, Part part) throws IOException {
    try {
      return part.verdict();
    } catch (MalformedImageException e) {
      String reason = "%s, expected %s".formatted(e.actual(), e.expected());
      return new Validity.Damaged(path, tier, e.structure(), e.offset(), reason);
    } catch (UnsupportedFormatException e) {
      return new Validity.Foreign(path, tier, e.kind(), e.found());
    } catch (EOFException e) {
      return new Validity.Damaged(path, tier, "file", 0, "it shrank while it was being checked");
    }
  }
}
