package dev.calotype.cache;

import dev.calotype.ji.CodeChoice;
import dev.calotype.ji.CodeSet;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Host;
import dev.calotype.ji.Validity;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * An entry, open. Its files stay readable until this is closed, and what is mapped from them stays
 * until its arena is closed, whatever becomes of the entry meanwhile.
 *
 * <p>Safe for use by several threads.
 */
public final class Hit implements Lookup {
  private final Key key;
  private final Manifest manifest;
  private final OpenFile[] files;
  private final Optional<Validity.Fresh> data;
  private final boolean isStored;

  /**
   * Owns the files.
   *
   * @param files of the members, in their order
   */
  Hit(
      Key key,
      Manifest manifest,
      OpenFile[] files,
      Optional<Validity.Fresh> data,
      boolean isStored) {
    this.key = key;
    this.manifest = manifest;
    this.files = files;
    this.data = data;
    this.isStored = isStored;
  }

  @Override
  public Key key() {
    return key;
  }

  /**
   * Whether this is in the store. If not, it was built for this call and couldn't be kept: the disk
   * is full, for example. It is whole and can be used like any other, once.
   */
  public boolean isStored() {
    return isStored;
  }

  /** The names of the files, in order. */
  public List<String> names() {
    return manifest.members().stream().map(Member::name).toList();
  }

  /** Whether there is a file of that name. */
  boolean has(String name) {
    return manifest.member(name).isPresent();
  }

  /** The data file, which was checked. It is closed with this. */
  public Optional<Validity.Fresh> data() {
    return data;
  }

  /**
   * Maps the whole data file read-only. No byte is read yet.
   *
   * @param arena owns the mapping, which outlives this
   * @throws NoSuchElementException if the entry has no data file
   */
  public MemorySegment map(Arena arena) throws IOException {
    return data.orElseThrow().data().file().map(arena);
  }

  /**
   * A file of any kind. It is closed with this, and only with this.
   *
   * @throws NoSuchElementException if there is none of that name
   */
  public OpenFile file(String name) {
    for (int i = 0; i < files.length; i++) {
      if (manifest.members().get(i).name().equals(name)) {
        return files[i].lent();
      }
    }
    throw new NoSuchElementException("the entry has no file " + name);
  }

  /**
   * The best code object for a host.
   *
   * @param host {@link Host#current()} for this one
   * @param wanted options by name, which decide between code that fits equally well
   * @return the best, if one fits; usable until this is closed
   */
  public CodeChoice code(Host host, Map<String, String> wanted) throws IOException {
    return code(Expectations.none().withHost(host), wanted);
  }

  /**
   * The best code object that is as expected.
   *
   * @param expectations what has to be so, a host among it
   * @param wanted options by name, which decide between code that fits equally well
   * @return the best, if one fits; usable until this is closed
   */
  public CodeChoice code(Expectations expectations, Map<String, String> wanted) throws IOException {
    List<OpenFile> codes = new ArrayList<>();
    for (int i = 0; i < files.length; i++) {
      if (manifest.members().get(i).kind() == Member.Kind.CODE) {
        codes.add(files[i].lent());
      }
    }
    Expectations asked =
        data.isPresent() ? expectations.withDataId(data.get().data().id()) : expectations;
    return CodeSet.pickOpen(codes, asked, wanted);
  }

  Manifest manifest() {
    return manifest;
  }

  OpenFile[] files() {
    return files;
  }

  /** The same files, in the store or not. */
  Hit asStored(boolean isStored) {
    return new Hit(key, manifest, files, data, isStored);
  }

  /**
   * The same with more files, which are not in the store. It owns the files of both: who closes it
   * does not close this.
   *
   * @param members none of names that are there
   * @param folder where their files are, under the members' names
   */
  Hit with(List<Member> members, Path folder) throws IOException {
    Manifest more = manifest.with(members);
    OpenFile[] all = new OpenFile[more.members().size()];
    OpenFile[] opened = new OpenFile[all.length];
    boolean done = false;
    try {
      for (int i = 0; i < all.length; i++) {
        String name = more.members().get(i).name();
        int old = names().indexOf(name);
        if (old < 0) {
          opened[i] = OpenFile.openNoLink(folder.resolve(name));
        }
        all[i] = old < 0 ? opened[i] : files[old];
      }
      done = true;
    } finally {
      if (!done) {
        close(opened);
      }
    }
    return new Hit(key, more, all, data, false);
  }

  @Override
  public void close() throws IOException {
    close(files);
  }

  /** Closes those that there are. */
  static void close(OpenFile[] files) throws IOException {
    IOException failure = null;
    for (OpenFile file : files) {
      try {
        if (file != null) {
          file.close();
        }
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
