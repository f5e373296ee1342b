package dev.calotype.cache;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Results of a compiler in a folder: see the package. Any number of stores may be open on one
 * folder, in any number of processes.
 *
 * <p>Safe for use by several threads.
 */
public final class Store implements AutoCloseable {
  /** How long a few system calls of somebody else are waited for. */
  static final Duration ENTRY_TIMEOUT = Duration.ofSeconds(30);

  private final StoreConfig config;
  private final StoreFolder folder;
  private final Boot boot;
  private final Lookups lookups;
  private final Optional<Signing> signing;
  private final Arena arena = Arena.ofShared();
  private final UsageSink usage;
  private Optional<Publishing> publishing = Optional.empty();

  private Store(StoreConfig config, StoreFolder folder) {
    this.config = config;
    this.folder = folder;
    this.signing =
        config.privateKey().map(key -> new Signing(key, config.publicKey().orElseThrow()));
    this.boot = Boot.of(config.bootId());
    this.lookups = new Lookups(folder.layout(), folder.own(), boot, config.publicKey());
    this.usage = Background.start(this);
  }

  /**
   * Opens a store, making its folder if it is missing. One that can't be written to can still be
   * read: {@link #isReadOnly()}.
   *
   * @throws RefusedException if the folder, or one that belongs to the store in it, is a link, is
   *     somebody else's, or can be written to by others
   * @throws IOException if it can't be made or read
   */
  public static Store open(StoreConfig config) throws IOException {
    return new Store(config, StoreFolder.open(config.folder()));
  }

  /** What it was opened with. */
  public StoreConfig config() {
    return config;
  }

  /** Whether nothing can be published or removed here: the folder may not be written to. */
  public boolean isReadOnly() {
    return folder.isReadOnly();
  }

  /**
   * An arena for mappings that are to live as long as this store: closing one with each hit takes
   * longer than the rest of the hit, if it is shared by threads.
   */
  public Arena arena() {
    return arena;
  }

  /** The entry of a key, or why there is none. Builds nothing and waits for nobody. */
  public Lookup get(Key key) {
    return get(key, config.expectations());
  }

  /**
   * The same, asking this of the data.
   *
   * @param expectations its tier says how far to look
   */
  public Lookup get(Key key, Expectations expectations) {
    Lookup answer = lookups.look(key, expectations);
    // A switch over types costs a JVM milliseconds when it first comes there.
    if (answer instanceof Miss miss) {
      usage.missed(miss);
      if (miss.reason().isEvidence()) {
        quarantine(key, expectations);
      }
    } else {
      usage.hit(key.place());
    }
    return answer;
  }

  /**
   * The entry of a key, built if it is missing. Of all threads and processes that ask for it, one
   * builds; the others wait, up to {@link StoreConfig#buildTimeout()}, and build too if that is not
   * enough. A builder that throws leaves nothing, and the next in the queue tries.
   *
   * @return the entry; {@link Hit#isStored()} says whether it could be kept
   * @throws RefusedException if what was built can't be an entry, or is not as expected
   * @throws java.io.InterruptedIOException if the thread is interrupted while it waits
   * @throws IOException if the builder throws it, or there is no place to build
   * @throws X if the builder throws it
   */
  public <X extends Exception> Hit getOrBuild(Key key, Builder<X> builder) throws IOException, X {
    return getOrBuild(key, config.expectations(), builder);
  }

  /** The same, asking this of the data of what is there and of what is built. */
  public <X extends Exception> Hit getOrBuild(
      Key key, Expectations expectations, Builder<X> builder) throws IOException, X {
    if (get(key, expectations) instanceof Hit hit) {
      return hit;
    }
    if (isReadOnly()) {
      return build(key, expectations, builder);
    }
    Optional<LockFile.Held> lock =
        folder.locks().lock(LockFile.ofBuild(key.place()), config.buildTimeout());
    if (lock.isEmpty()) {
      usage.happened(UsageSink.Event.TIMED_OUT);
      return build(key, expectations, builder);
    }
    try (LockFile.Held _ = lock.get()) {
      if (lookups.look(key, expectations) instanceof Hit hit) {
        usage.hit(key.place());
        return hit;
      }
      return build(key, expectations, builder);
    }
  }

  /**
   * The entry of a key with one more file, built if it is missing there: a code object for another
   * machine, for example. The data stays, and so does whoever uses it. Of all threads and processes
   * that want this file in this entry, one builds; the others wait, as in {@link #getOrBuild}.
   *
   * @param name the file's name in the entry
   * @param builder as for a new entry, but without a data file; writes this file, and others if it
   *     likes
   * @return the entry with the file, or why there is none to add to; {@link Hit#isStored()} says
   *     whether the file could be kept, and is false in a store that can't be written to
   * @throws RefusedException if what was built can't be in the entry, or the file was not built
   * @throws FileAlreadyExistsException if the entry has another of the files that were built
   * @throws java.io.InterruptedIOException if the thread is interrupted while it waits
   * @throws IOException if the builder throws it, or there is no place to build
   * @throws X if the builder throws it
   */
  public <X extends Exception> Lookup extend(Key key, String name, Builder<X> builder)
      throws IOException, X {
    Lookup before = get(key);
    if (!(before instanceof Hit hit) || hit.has(name)) {
      return before;
    }
    if (isReadOnly()) {
      return add(hit, name, builder);
    }
    Optional<LockFile.Held> lock;
    try (hit) {
      lock = folder.locks().lock(LockFile.ofFile(key.place(), name), config.buildTimeout());
    }
    if (lock.isEmpty()) {
      usage.happened(UsageSink.Event.TIMED_OUT);
      return addUnlessThere(key, name, builder);
    }
    try (LockFile.Held _ = lock.get()) {
      return addUnlessThere(key, name, builder);
    }
  }

  /**
   * Removes an entry. Whoever has it open or mapped keeps it.
   *
   * @return whether there was one
   * @throws RefusedException if the store can't be written to
   */
  public boolean evict(Key key) throws IOException {
    return evict(key.place());
  }

  /**
   * Removes all entries.
   *
   * @return how many
   * @throws RefusedException if there is one and the store can't be written to
   */
  public long clear() throws IOException {
    long count = 0;
    for (String compiler : EntryWalk.compilers(folder.layout())) {
      count += clear(compiler);
    }
    return count;
  }

  /** Removes all entries of a compiler and says how many there were. */
  long clear(String compiler) throws IOException {
    long count = 0;
    Queue<IOException> failures = new ConcurrentLinkedQueue<>();
    try (Deletions deletions = deletions(failures::add)) {
      for (Place place : EntryWalk.placesOf(folder.layout(), compiler)) {
        Path aside = deletions.next();
        if (putAside(place, aside)) {
          deletions.add(aside);
          count++;
        }
      }
    }
    if (!failures.isEmpty()) {
      throw failures.remove();
    }
    return count;
  }

  boolean evict(Place place) throws IOException {
    Path aside = folder.session().newWork();
    boolean isThere = putAside(place, aside);
    if (isThere) {
      PrivateFiles.remove(aside);
    }
    return isThere;
  }

  private boolean putAside(Place place, Path aside) throws IOException {
    try (LockFile.Held _ = lockEntry(place)) {
      removal().putAside(place, aside);
    } catch (NoSuchFileException e) {
      return false;
    }
    usage.happened(UsageSink.Event.EVICTED);
    return true;
  }

  /** Deletes what is put aside. */
  Deletions deletions(Consumer<IOException> failed) {
    return new Deletions(folder, failed);
  }

  /**
   * Replaces a member by another file of the same content, unless the entry was changed meanwhile.
   *
   * @param before the manifest that the caller saw
   * @param changed what the member is now, its generation one more than before
   * @param file its file, in {@code work}, private
   * @return whether it was done
   */
  boolean replaceMember(Manifest before, Member changed, Path file) throws IOException {
    Place place = before.key().place();
    Path work = folder.session().newWork();
    PrivateFiles.makeFolder(work);
    try (LockFile.Held _ = lockEntry(place);
        Lookup now = lookups.look(before.key(), Expectations.none())) {
      if (!(now instanceof Hit hit) || !hit.manifest().members().equals(before.members())) {
        return false;
      }
      Files.move(file, work.resolve(changed.name()), StandardCopyOption.ATOMIC_MOVE);
      entryChange().commit(hit.manifest(), List.of(changed), work);
      return true;
    } finally {
      PrivateFiles.remove(work);
    }
  }

  StoreFolder folder() {
    return folder;
  }

  UsageSink usage() {
    return usage;
  }

  Lookups lookups() {
    return lookups;
  }

  private <X extends Exception> Hit build(Key key, Expectations expectations, Builder<X> builder)
      throws IOException, X {
    Path work = newWork();
    try {
      Draft draft = run(key, work, builder);
      Hit own = seal(key, expectations, draft);
      return isReadOnly() ? own.asStored(false) : place(key, expectations, work, own);
    } finally {
      removeWork(work);
    }
  }

  /** Where nothing can be kept, what is built is still good for once. */
  private Path newWork() throws IOException {
    return isReadOnly()
        ? Files.createTempDirectory("calotype").resolve("draft")
        : folder.session().newWork();
  }

  private void removeWork(Path work) throws IOException {
    PrivateFiles.remove(isReadOnly() ? work.resolveSibling("") : work);
  }

  private <X extends Exception> Lookup addUnlessThere(Key key, String name, Builder<X> builder)
      throws IOException, X {
    Lookup now = lookups.look(key, config.expectations());
    return now instanceof Hit hit && !hit.has(name) ? add(hit, name, builder) : now;
  }

  /** The entry with what is built for it; owns the hit. */
  private <X extends Exception> Lookup add(Hit hit, String name, Builder<X> builder)
      throws IOException, X {
    Path work;
    try {
      work = newWork();
    } catch (IOException e) {
      hit.close();
      throw e;
    }
    Hit own = hit;
    boolean isOwn = false;
    try {
      Draft draft = run(hit.key(), work, builder);
      if (!draft.names().contains(name)) {
        throw new RefusedException(name, "the builder did not ask for this file");
      }
      Optional<DataId> data = hit.data().map(fresh -> fresh.data().id());
      List<Member> members = Sealing.members(draft, data, Durability.DEFERRED);
      requireNew(hit, members);
      own = hit.with(members, work);
      Optional<Lookup> stored =
          isReadOnly() ? Optional.empty() : change(hit.key(), name, members, work);
      isOwn = stored.isEmpty();
      return isOwn ? own : stored.get();
    } finally {
      if (!isOwn) {
        own.close();
      }
      removeWork(work);
    }
  }

  private static void requireNew(Hit hit, List<Member> members) throws IOException {
    for (Member member : members) {
      if (hit.has(member.name())) {
        throw new FileAlreadyExistsException(member.name());
      }
    }
  }

  /** Makes a draft an entry that is only not in its place. */
  private Hit seal(Key key, Expectations expectations, Draft draft) throws IOException {
    List<Member> members = Sealing.members(draft, Optional.empty(), config.durability());
    boolean isFast = config.durability() != Durability.DURABLE;
    byte[] manifest = Manifest.encode(key, isFast, members, signing);
    Sealing.writeManifest(draft.folder(), manifest, config.durability());
    if (isFast) {
      boot.prove(key.place(), draft.folder());
    }
    PrivateFiles.sync(draft.folder(), config.durability());
    return switch (lookups.lookAtDraft(draft.folder(), key, expectations)) {
      case Hit own -> own;
      case Miss why ->
          throw new RefusedException(
              key.hex(),
              "what was built is not as expected: %s %s"
                  .formatted(why.text(), Sealing.words(why.causes())));
    };
  }

  /** Publishes a draft; if that fails, its files are the caller's alone. */
  private Hit place(Key key, Expectations expectations, Path work, Hit own) throws IOException {
    Hit stored;
    try (LockFile.Held _ = lockEntry(key.place())) {
      stored = publishing().publish(work, key, expectations);
    } catch (IOException e) {
      usage.happened(UsageSink.Event.NOT_STORED);
      return own.asStored(false);
    }
    own.close();
    usage.happened(UsageSink.Event.BUILT);
    return stored;
  }

  private synchronized Publishing publishing() throws IOException {
    if (publishing.isEmpty()) {
      publishing = Optional.of(new Publishing(folder, lookups, usage, config.durability()));
    }
    return publishing.get();
  }

  private <X extends Exception> Draft run(Key key, Path work, Builder<X> builder)
      throws IOException, X {
    PrivateFiles.makeFolder(work);
    Draft draft = new Draft(work, key.fields().compiler(), config.durability());
    boolean done = false;
    try {
      builder.build(key.fields(), draft);
      done = true;
    } finally {
      if (!done) {
        usage.happened(UsageSink.Event.FAILED);
      }
    }
    return draft;
  }

  /** The changed entry, or nothing if it can't be changed. */
  private Optional<Lookup> change(Key key, String name, List<Member> members, Path work)
      throws IOException {
    try (LockFile.Held _ = lockEntry(key.place())) {
      Lookup now = lookups.look(key, config.expectations());
      if (!(now instanceof Hit hit) || hit.has(name)) {
        return Optional.of(now);
      }
      try (hit) {
        requireNew(hit, members);
        entryChange().commit(hit.manifest(), members, work);
      }
      usage.happened(UsageSink.Event.EXTENDED);
      return Optional.of(lookups.look(key, config.expectations()));
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException e) {
      usage.happened(UsageSink.Event.NOT_STORED);
      return Optional.empty();
    }
  }

  Removal removal() throws IOException {
    return new Removal(folder.layout(), folder.own(), folder.session());
  }

  private EntryChange entryChange() {
    return new EntryChange(folder.layout(), config.durability(), signing);
  }

  /** Looks once more under the lock, since what was wrong may be right by now. */
  private void quarantine(Key key, Expectations expectations) {
    if (isReadOnly()) {
      return;
    }
    try (LockFile.Held _ = lockEntry(key.place())) {
      Lookup again = lookups.look(key, expectations);
      if (again instanceof Miss miss && miss.reason().isEvidence()) {
        removal().quarantine(key.place(), miss);
        usage.happened(UsageSink.Event.QUARANTINED);
      }
      again.close();
    } catch (IOException e) {
      // It stays where it is, and is a miss each time.
    }
  }

  LockFile.Held lockEntry(Place place) throws IOException {
    return folder
        .locks()
        .lock(LockFile.ofEntry(place), ENTRY_TIMEOUT)
        .orElseThrow(() -> new IOException("the entry %s is locked".formatted(place.key())));
  }

  /** Ends it. Hits stay open, but for what is mapped in {@link #arena()}. */
  @Override
  public void close() throws IOException {
    try {
      usage.close();
    } finally {
      arena.close();
      folder.close();
    }
  }
}
