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
  private final OpenFile file;
  private final PageOne page;
  private final Object lock = new Object();
  private Optional<Tail> tail = Optional.empty();

  private DataFile(OpenFile file, PageOne page) {
    this.file = file;
    this.page = page;
  }

  /**
   * Says whether a data file may be used. Reads positionally into private memory, never maps and
   * never loads.
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
    return Answer.open(
        path,
        expectations.tier(),
        file -> {
          DataFile data = new DataFile(file, PageOne.read(file));
          boolean unproven = data.page.isPublishedFast() && !BootRecord.isRemembered(path);
          Tier tier = unproven ? Tier.FULL : expectations.tier();
          return Answer.of(path, tier, () -> data.verdict(path, expectations, tier, progress));
        });
  }

  /** The content id. */
  public DataId id() {
    return page.id();
  }

  /** The file's size in bytes. */
  public long size() {
    return page.fileSize();
  }

  /** The identity of the compiler that made it, empty if none is recorded. */
  public String compiler() throws IOException {
    return tail().compiler();
  }

  /** The id of the target it was made for, empty if none is recorded. */
  public String target() throws IOException {
    return tail().target();
  }

  /**
   * The sections, in the order in which they were written. Reads and verifies the tail block when
   * first asked.
   *
   * @throws MalformedImageException if the tail block is damaged
   */
  public List<DataSection> sections() throws IOException {
    List<DataSection> sections = new ArrayList<>();
    for (Tail.Entry entry : tail().sections()) {
      sections.add(new DataSection(this, entry));
    }
    return List.copyOf(sections);
  }

  /** The first section of that name. */
  public Optional<DataSection> section(String name) throws IOException {
    return sections().stream().filter(section -> section.name().equals(name)).findFirst();
  }

  /** The file under all this. */
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
        tail = Optional.of(Tail.read(file, page));
      }
      return tail.get();
    }
  }

  private Validity verdict(Path path, Expectations expectations, Tier tier, LongConsumer progress)
      throws IOException {
    if (tier == Tier.FULL) {
      new DataFileVerifier(file, page, tail(), progress).verify();
      if (page.isPublishedFast()) {
        BootRecord.remember(path);
      }
    }
    List<Cause> causes = compare(expectations);
    return causes.isEmpty()
        ? new Validity.Fresh(path, tier, this)
        : new Validity.Stale(path, tier, causes);
  }

  /** Compares digests of page one; only a difference needs the texts of the tail block. */
  private List<Cause> compare(Expectations expectations) throws IOException {
    List<Cause> causes = new ArrayList<>();
    if (expectations.dataId().isPresent() && !expectations.dataId().get().same(page.id())) {
      causes.add(new Cause(Cause.Code.DATA_ID, expectations.dataId().get().hex(), page.id().hex()));
    }
    if (expectations.target().isPresent()
        && !PageOne.digest(expectations.target().get()).equals(page.target())) {
      causes.add(new Cause(Cause.Code.TARGET, expectations.target().get(), target()));
    }
    if (expectations.compiler().isPresent()
        && !PageOne.digest(expectations.compiler().get()).equals(page.compiler())) {
      causes.add(new Cause(Cause.Code.COMPILER, expectations.compiler().get(), compiler()));
    }
    return causes;
  }
}
