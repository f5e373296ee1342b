package dev.calotype.cache;

import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.DataId;
import dev.calotype.ji.DataSection;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.SectionOptions;
import dev.calotype.ji.Storage;
import dev.calotype.ji.Validity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Stores the data of one entry compressed, or no longer so: the same content, the same id. */
final class Rewriting {
  private static final int CHUNK = 1 << 20;

  private final Store store;
  private final int level;
  private final BooleanSupplier isStopped;
  private final Instant end;
  private long saved;

  /**
   * One that may start at once.
   *
   * @param level the level to compress at; 0 to inflate
   * @param isStopped whether to give up
   */
  Rewriting(Store store, int level, BooleanSupplier isStopped) {
    this.store = store;
    this.level = level;
    this.isStopped = isStopped;
    this.end = store.config().clock().instant().plus(store.config().compressionTimeout());
  }

  /** How it ended. */
  enum Outcome {
    /** The entry has other files. */
    DONE,
    /** It would be of no use, now and later. */
    USELESS,
    /** The entry changed or went, or this took too long. */
    NOT_NOW
  }

  /** How many bytes fewer there are. */
  long saved() {
    return saved;
  }

  Outcome run(Place place) throws IOException {
    Path manifest = place.folder(store.folder().layout().entries()).resolve(Manifest.NAME);
    Optional<EntryFacts> facts = ManifestFile.facts(manifest, place);
    if (facts.isEmpty()) {
      return Outcome.NOT_NOW;
    }
    // Only what a lookup accepts: or the changed manifest would sign what nobody signed.
    try (Lookup found = store.lookups().look(facts.get().manifest().key(), Expectations.none())) {
      if (!(found instanceof Hit hit)) {
        return Outcome.NOT_NOW;
      }
      boolean mayChange =
          hit.manifest().signature().isEmpty() || store.config().privateKey().isPresent();
      Optional<Validity.Fresh> data = hit.data();
      if (!mayChange || data.isEmpty() || !isWorthIt(data.get().data())) {
        return Outcome.USELESS;
      }
      FileTime time = FileTime.from(facts.get().created());
      return rewrite(hit, data.get().data(), manifest, time);
    }
  }

  private boolean isWorthIt(DataFile data) throws IOException {
    if (data.base() != 0 || data.size() != data.file().size()) {
      return false; // In a container, around which we can't write.
    }
    for (DataSection section : data.sections()) {
      if (!section.isPlaceable() && section.size() > 0 && section.isPacked() == (level == 0)) {
        return true;
      }
    }
    return false;
  }

  private Outcome rewrite(Hit hit, DataFile data, Path manifest, FileTime time) throws IOException {
    Member before = hit.manifest().first(Member.Kind.DATA).orElseThrow();
    Path work = store.folder().session().newWork();
    PrivateFiles.makeFolder(work);
    try {
      Draft draft = new Draft(work, hit.key().fields().compiler(), store.config().durability());
      if (!write(data, draft, before.name())) {
        return Outcome.NOT_NOW;
      }
      Member written =
          Sealing.members(draft, Optional.empty(), store.config().durability()).getFirst();
      if (level > 0 && isTooLarge(written.size(), before.size())) {
        return Outcome.USELESS;
      }
      if (!written.dataId().equals(before.dataId())) {
        throw new IllegalStateException("other data after rewriting " + before.name());
      }
      Member changed =
          new Member(
              before.name(),
              Member.Kind.DATA,
              before.generation() + 1,
              written.size(),
              written.digest(),
              written.dataId());
      if (!store.replaceMember(hit.manifest(), changed, work.resolve(before.name()))) {
        return Outcome.NOT_NOW;
      }
      saved = before.size() - written.size();
      keepTime(manifest, time);
      return Outcome.DONE;
    } finally {
      PrivateFiles.remove(work);
    }
  }

  private boolean isTooLarge(long size, long before) {
    return size > before - before / 100 * store.config().compressionGain();
  }

  private boolean write(DataFile data, Draft draft, String name) throws IOException {
    byte[] chunk = new byte[CHUNK];
    DataId id = data.id();
    try (DataFileWriter writer = draft.data(name, data.origin())) {
      List<DataSection> sections = data.sections();
      for (DataSection section : sections) {
        try (InputStream in = section.newInputStream();
            OutputStream out = writer.section(section.name(), options(section))) {
          for (int n = in.read(chunk); n > 0; n = in.read(chunk)) {
            if (isStopped.getAsBoolean() || store.config().clock().instant().isAfter(end)) {
              return false;
            }
            out.write(chunk, 0, n);
          }
        }
      }
      return writer.publish().equals(id);
    }
  }

  private SectionOptions options(DataSection section) {
    SectionOptions options =
        SectionOptions.standard()
            .withAlignment(section.alignment())
            .withPlaceable(section.isPlaceable());
    return level == 0 || section.isPlaceable() || section.size() == 0
        ? options
        : options.withStorage(Storage.COMPRESSED).withLevel(level);
  }

  /** The entry is as old as before: rewriting it is no use. */
  private static void keepTime(Path manifest, FileTime time) {
    try {
      if (Files.exists(manifest, LinkOption.NOFOLLOW_LINKS)) {
        Files.setLastModifiedTime(manifest, time);
      }
    } catch (NoSuchFileException e) {
      // Evicted meanwhile.
    } catch (IOException e) {
      // It passes for younger than it is.
    }
  }
}
