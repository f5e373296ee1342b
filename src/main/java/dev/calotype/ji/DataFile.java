package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.map.OpenFile;
import dev.calotype.publish.BootRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * A data file, open. Got from {@link #check}, so nothing reads a file that was not checked.
 *
 * <p>Safe for use by several threads.
 */
public final class DataFile implements AutoCloseable {
  /** What placeable sections are aligned to, and data files within the containers we write. */
  public static final long PLACEABLE_ALIGNMENT = 1 << 16;

  private final OpenFile file;
  private final PageOne page;
  private final Object lock = new Object();
  private Optional<Tail> tail = Optional.empty();
  private List<DataSection> sections = List.of();

  private DataFile(OpenFile file, PageOne page) {
    this.file = file;
    this.page = page;
  }

  /**
   * Says whether a data file may be used, or the data file in a container: a shared object or an
   * image that carries one. Reads positionally into private memory, never maps and never loads.
   *
   * @return the answer, for any content and for no file at all
   * @throws IOException only if the file is there and can't be read
   */
  public static Validity check(Path path, Expectations expectations) throws IOException {
    return check(path, expectations, _ -> {});
  }

  /**
   * The same, telling how far it got.
   *
   * @param progress given the number of bytes read since the last call
   */
  public static Validity check(Path path, Expectations expectations, LongConsumer progress)
      throws IOException {
    if (expectations.tier() == Tier.NAME) {
      Optional<Cause> wrong = FileName.wrongId(path, expectations.dataId());
      if (wrong.isPresent()) {
        return new Validity.Stale(path, Tier.NAME, List.of(wrong.get()));
      }
    }
    // A file that is short after all has no bytes to be used.
    return open(path, expectations, OpenFile::openQuickly, progress);
  }

  private static Validity open(
      Path path, Expectations expectations, Answer.Opening opening, LongConsumer progress)
      throws IOException {
    return Answer.open(
        path,
        expectations.tier(),
        opening,
        file -> {
          DataFile data = new DataFile(file, PageOne.read(file));
          boolean unproven = data.page.isPublishedFast() && !BootRecord.isRemembered(path);
          Tier tier = unproven ? Tier.FULL : expectations.tier();
          return Answer.of(path, tier, () -> data.verdict(path, expectations, tier, progress));
        });
  }

  /**
   * The same of a file that is open already.
   *
   * @param file the answer's from now on: closed with it, or at once if it is not fresh
   */
  public static Validity check(OpenFile file, Expectations expectations) throws IOException {
    return open(file.path(), expectations, _ -> file, _ -> {});
  }

  /**
   * Finds the data files of one name in a folder that may be used: {@code NAME.ji} and {@code
   * NAME-ID.ji}, where ID is the first 16 digits of a content id. Reads one page of each, or
   * nothing if its name says that it is of other content; looks further only at those that are
   * fresh by their page.
   *
   * @param name the name without id and extension
   * @return the answers of all of them, by file name; close it
   * @throws IOException if the folder or a file in it can't be read
   */
  public static Selection select(Path folder, String name, Expectations expectations)
      throws IOException {
    return Selection.of(folder, name, expectations);
  }

  /**
   * The file name of this content in a folder with many: {@code NAME-ID.ji}, where ID is the first
   * 16 digits of the id. The tier {@link Tier#NAME} and {@link #select} go by it.
   */
  public static String fileName(String name, DataId id) {
    return FileName.of(name, id);
  }

  /** The content id. */
  public DataId id() {
    return page.id();
  }

  /**
   * The SHA-256 of the first 2 KiB of the data file. They have the digest that all else is under,
   * so it tells this file from any other that is not the same, bytes and records alike.
   */
  public byte[] headerDigest() {
    return page.digest();
  }

  /** The data file's size in bytes, without the container it may be in. */
  public long size() {
    return page.fileSize();
  }

  /**
   * Where the data file starts in {@link #file()}: 0 unless it is in a container. See
   * docs/containers.md.
   */
  public long base() {
    return page.base();
  }

  /** The identity of the compiler that made it, empty if none is recorded. */
  public String compiler() throws IOException {
    return origin().compiler();
  }

  /** The id of the target it was made for, empty if none is recorded. */
  public String target() throws IOException {
    return origin().target();
  }

  /**
   * All that is recorded about the making. Reads and verifies the tail block when first asked.
   *
   * @throws MalformedImageException if the tail block is damaged
   */
  public Origin origin() throws IOException {
    return tail().origin();
  }

  /**
   * The sections, in the order in which they were written. Reads and verifies the tail block when
   * first asked.
   *
   * @throws MalformedImageException if the tail block is damaged
   */
  public List<DataSection> sections() throws IOException {
    synchronized (lock) {
      if (sections.isEmpty()) {
        List<DataSection> all = new ArrayList<>();
        for (Tail.Entry entry : tail().sections()) {
          all.add(new DataSection(this, entry));
        }
        sections = List.copyOf(all);
      }
      return sections;
    }
  }

  /** The first section of that name. */
  public Optional<DataSection> section(String name) throws IOException {
    return sections().stream().filter(section -> section.name().equals(name)).findFirst();
  }

  /** The file under all this: the data file, or the container it is in. */
  public OpenFile file() {
    return file;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private Tail tail() throws IOException {
    synchronized (lock) {
      if (tail.isEmpty()) {
        tail = Optional.of(TailReader.read(file, page));
      }
      return tail.get();
    }
  }

  private Validity verdict(Path path, Expectations expectations, Tier tier, LongConsumer progress)
      throws IOException {
    if (tier == Tier.FULL) {
      if (page.place().isPresent()) {
        page.place().get().verifyExports(file);
      }
      new DataFileVerifier(file, page, tail(), progress).verify();
      if (page.isPublishedFast()) {
        BootRecord.remember(path);
      }
    }
    List<Cause> causes = causes(path, expectations, progress);
    return causes.isEmpty()
        ? new Validity.Fresh(path, tier, this)
        : new Validity.Stale(path, tier, causes);
  }

  private List<Cause> causes(Path path, Expectations expectations, LongConsumer progress)
      throws IOException {
    Expectations.Draft wanted = expectations.all();
    if (wanted.tier == Tier.NAME) {
      return FileName.wrongId(path, Optional.of(id())).stream().toList();
    }
    boolean met = expectations.areMetBy(page);
    List<Cause> causes = met ? List.of() : Comparer.compare(expectations, this);
    boolean looksAtInputs =
        wanted.tier == Tier.INPUTS || (wanted.tier == Tier.FULL && !wanted.roots.isEmpty());
    if (looksAtInputs || !wanted.checks.isEmpty()) {
      causes = new ArrayList<>(causes);
      if (looksAtInputs) {
        byte[] key = page.digest();
        if (!areInputsUnchanged(expectations, key)) {
          causes.addAll(InputChecker.check(expectations, origin(), key, progress));
        }
      }
      for (Expectations.NamedCheck own : wanted.checks) {
        Optional<OwnCheck.Difference> found = own.check().look(this);
        if (found.isPresent()) {
          OwnCheck.Difference it = found.get();
          causes.add(new Cause(Cause.Code.OWN, own.name(), it.expected(), it.actual()));
        }
      }
    }
    return causes;
  }

  private boolean areInputsUnchanged(Expectations expectations, byte[] key) throws IOException {
    synchronized (lock) {
      if (tail.isPresent()) {
        return false; // Decoding is what the quick look saves.
      }
    }
    return UnchangedInputs.areThey(TailReader.readTables(file, page), expectations, key);
  }
}
