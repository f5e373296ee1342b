package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.map.OpenFile;
import dev.calotype.publish.Publication;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * The code objects beside a data file: one negative, many prints. The set is what is in the folder,
 * so nothing is kept in memory or in another file, and the data file is never touched. Names and
 * the order of preference are in docs/code-sets.md.
 *
 * <p>Immutable; safe for use by several threads and processes.
 */
public final class CodeSet {
  private static final int BUFFER = 1 << 20;

  private final Path data;
  private final DataId id;
  private final CodeName names;

  private CodeSet(Path data, DataId id) {
    this.data = data;
    this.id = id;
    this.names = new CodeName(String.valueOf(data.getFileName()));
  }

  /**
   * The set of a data file.
   *
   * @param data needs not stay open
   */
  public static CodeSet of(Validity.Fresh data) {
    return new CodeSet(data.file(), data.data().id());
  }

  /** The data that the code has to belong to. */
  public DataId dataId() {
    return id;
  }

  /**
   * The files that are named as code of this data, by file name; whatever they are.
   *
   * @throws IOException if the folder can't be read
   */
  public List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(
            folder(), file -> names.tag(String.valueOf(file.getFileName())).isPresent())) {
      all.forEach(files::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    // A stream of "." gives "./m.so".
    files.replaceAll(file -> data.resolveSibling(String.valueOf(file.getFileName())));
    files.sort((a, b) -> Group.ORDER.compare(name(a), name(b)));
    return files;
  }

  /** The tag in a file's name; empty if it has none, or is not named as code of this data. */
  public String tag(Path file) {
    return names.tag(name(file)).orElse("");
  }

  /**
   * Answers about all of them, by file name: at the header tier, a few small reads each.
   *
   * @param expectations what is asked besides belonging to this data
   * @return the answers; close each
   */
  public List<Validity> check(Expectations expectations) throws IOException {
    List<Validity> answers = new ArrayList<>();
    try {
      for (Path file : files()) {
        answers.add(CodeObject.check(file, expectations.withDataId(id)));
      }
      return answers;
    } catch (IOException | RuntimeException e) {
      CodeChoice.close(answers);
      throw e;
    }
  }

  /**
   * The best code for a host.
   *
   * @param host {@link Host#current()} for this one
   * @param wanted options by name, which decide between code that fits equally well
   * @return the best, if one fits, and what became of the others; close it
   * @throws IOException if the folder or a file in it can't be read
   */
  public CodeChoice pick(Host host, Map<String, String> wanted) throws IOException {
    return pick(Expectations.none().withHost(host), wanted);
  }

  /**
   * The best code that is as expected.
   *
   * @param expectations what has to be so, a host among it
   * @param wanted options by name, which decide between code that fits equally well
   */
  public CodeChoice pick(Expectations expectations, Map<String, String> wanted) throws IOException {
    List<Validity> answers = check(expectations.withTier(Tier.HEADER));
    return CodeChoice.of(answers, wanted);
  }

  /**
   * The best of some files that is as expected, wherever they are. What is equally good comes as it
   * was given.
   *
   * @param expectations what has to be so, the data and a host among it
   * @param wanted options by name, which decide between code that fits equally well
   */
  public static CodeChoice pick(
      List<Path> files, Expectations expectations, Map<String, String> wanted) throws IOException {
    List<Validity> answers = new ArrayList<>();
    try {
      for (Path file : files) {
        answers.add(CodeObject.check(file, expectations));
      }
    } catch (IOException | RuntimeException e) {
      CodeChoice.close(answers);
      throw e;
    }
    return CodeChoice.of(answers, wanted);
  }

  /**
   * The same of files that are open already.
   *
   * @param files the choice's from now on: closed, except for the best one, which goes with it
   */
  public static CodeChoice pickOpen(
      List<OpenFile> files, Expectations expectations, Map<String, String> wanted)
      throws IOException {
    List<Validity> answers = new ArrayList<>();
    try {
      for (OpenFile file : files) {
        answers.add(CodeObject.check(file, expectations));
      }
    } catch (IOException | RuntimeException e) {
      CodeChoice.close(answers);
      for (OpenFile file : files) {
        file.close();
      }
      throw e;
    }
    return CodeChoice.of(answers, wanted);
  }

  /** {@link #add(Path, String, WriteOptions, LongConsumer)} with a tag made from the note. */
  public Path add(Path code, WriteOptions options) throws IOException {
    return add(code, "", options, _ -> {});
  }

  /**
   * Copies a code object into the set, after a check of every byte.
   *
   * @param code a sealed code object of this data; stays where it is
   * @param tag what its name says of it; empty for one made from its note
   * @param options whether it may replace a file, and how durable it is
   * @param progress given the number of bytes checked since the last call
   * @return where it is in the set
   * @throws RefusedException if it is not fresh, with the causes
   * @throws MalformedImageException if it is damaged
   * @throws java.nio.file.FileAlreadyExistsException if that name is taken
   * @throws IOException if a file can't be read or written; nothing is left behind
   */
  public Path add(Path code, String tag, WriteOptions options, LongConsumer progress)
      throws IOException {
    if (!tag.isEmpty() && !CodeName.isTag(tag)) {
      throw new RefusedException(tag, "a tag has 1 to 100 of the characters A-Z a-z 0-9 _ + -");
    }
    Expectations full = Expectations.none().withDataId(id).withTier(Tier.FULL);
    try (Validity validity = CodeObject.check(code, full, progress)) {
      if (!(validity instanceof Validity.FreshCode fresh)) {
        throw CodeChoice.refusal(validity);
      }
      CodeNote note = fresh.code().note();
      String name = names.of(tag.isEmpty() ? CodeName.tagOf(note) : tag, note);
      Path target = data.resolveSibling(name);
      copy(fresh.code().file(), code, target, options);
      return target;
    }
  }

  /**
   * Removes the code of a tag. Who has it open or loaded keeps it, on POSIX.
   *
   * @param tag the tag, empty for code without one
   * @return what was removed; nothing if there is no code of that tag
   * @throws RefusedException if a file of that tag is not known to be code of this data
   * @throws IOException if it can't be removed
   */
  public List<Path> remove(String tag) throws IOException {
    List<Path> removed = new ArrayList<>();
    for (Path file : files()) {
      if (!tag(file).equals(tag)) {
        continue;
      }
      Optional<CodeNote> note = CodeObject.readNote(file);
      if (note.isEmpty() || !note.get().dataId().equals(id)) {
        throw new RefusedException(
            file.toString(), "it is not code of this data, so it is not removed");
      }
      Files.delete(file);
      removed.add(file);
    }
    return removed;
  }

  private static void copy(OpenFile file, Path code, Path target, WriteOptions options)
      throws IOException {
    try (Publication copy = Publication.beside(target, options.replace())) {
      copy.takePermissionsOf(code);
      byte[] buffer = new byte[BUFFER];
      for (long at = 0; at < file.size(); at += buffer.length) {
        int length = (int) Math.min(buffer.length, file.size() - at);
        file.readFully(at, buffer, 0, length);
        copy.write(buffer, 0, length);
      }
      file.requireUnchanged();
      copy.publish(options.durability());
    }
  }

  private Path folder() {
    Path folder = data.toAbsolutePath().getParent();
    return folder == null ? data.toAbsolutePath() : folder;
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
