package dev.calotype.ji;

import dev.calotype.bytes.Sha256;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Compares recorded inputs with what is there now: by attributes where a witness says that these
 * attributes mean this content, else by reading.
 */
final class InputChecker {
  private final Map<String, Path> roots;
  private final Witnesses witnesses;
  private final Witnesses.Remembered remembered;
  private final LongConsumer progress;
  private final List<Cause> causes = new ArrayList<>();

  private InputChecker(Expectations.Draft wanted, byte[] key, int count, LongConsumer progress) {
    this.roots = wanted.roots;
    this.witnesses = wanted.witnesses;
    this.remembered = witnesses.read(key, roots, count);
    this.progress = progress;
  }

  /**
   * What is different, in the inputs' order.
   *
   * @param key digests page one, so the tables that record the inputs
   * @param progress given the number of bytes read since the last call
   */
  static List<Cause> check(
      Expectations expectations, Origin origin, byte[] key, LongConsumer progress) {
    if (origin.inputs().isEmpty()) {
      return List.of();
    }
    InputChecker checker =
        new InputChecker(expectations.all(), key, origin.inputs().size(), progress);
    int index = 0;
    for (Input input : origin.inputs().values()) {
      checker.look(index, input);
      index++;
    }
    checker.remembered.save();
    return checker.causes;
  }

  private void look(int index, Input input) {
    Path root = roots.get(input.root());
    if (root == null) {
      add(Cause.Code.ROOT_UNKNOWN, input, "a place of @" + input.root(), "");
      return;
    }
    try {
      compare(index, input, root.resolve(input.below()));
    } catch (NoSuchFileException | NotDirectoryException e) {
      if (input.kind() != Input.Kind.MISSING) {
        add(Cause.Code.INPUT_MISSING, input, input.kind().words(), "");
      }
    } catch (IOException e) {
      String reason = e.getMessage();
      add(Cause.Code.INPUT_UNREADABLE, input, input.kind().words(), reason == null ? "" : reason);
    }
  }

  private void compare(int index, Input input, Path place) throws IOException {
    long now = witnesses.clock().getAsLong(); // Before the look: what changes later is younger.
    Stat stat = Stat.of(place);
    if (input.kind() == Input.Kind.MISSING) {
      add(Cause.Code.INPUT_APPEARED, input, "nothing", "something");
    } else if (stat.kind() != input.kind()) {
      String actual = stat.kind() == Input.Kind.MISSING ? "something else" : stat.kind().words();
      add(Cause.Code.INPUT_KIND, input, input.kind().words(), actual);
    } else if (input.kind() == Input.Kind.FILE && stat.size() != input.size()) {
      add(Cause.Code.INPUT_SIZE, input, input.size() + " bytes", stat.size() + " bytes");
    } else if (!remembered.has(index, stat)) {
      compareContent(input, place);
      boolean same = causes.isEmpty() || !causes.getLast().subject().equals(input.path());
      // Attributes got again: the file may have changed while it was read.
      if (same && Witnesses.isAtRest(stat, now) && stat.equals(Stat.of(place))) {
        remembered.put(index, stat);
      }
    }
  }

  private void compareContent(Input input, Path place) throws IOException {
    String digest;
    if (input.kind() == Input.Kind.FILE) {
      Sha256 content = new Sha256();
      progress.accept(Input.fileDigest(place, content));
      digest = PageOne.hex(content.finish());
    } else {
      digest = PageOne.hex(Input.folderDigest(place));
    }
    if (!digest.equals(input.digest())) {
      add(Cause.Code.INPUT_CONTENT, input, input.digest(), digest);
    }
  }

  private void add(Cause.Code code, Input input, String expected, String actual) {
    causes.add(new Cause(code, input.path(), expected, actual));
  }
}
