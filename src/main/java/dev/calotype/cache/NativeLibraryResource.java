package dev.calotype.cache;

import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Sha256;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import dev.calotype.load.LibraryFit;
import dev.calotype.load.LibraryHost;
import dev.calotype.map.OpenFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A native library that comes in a jar: unpacked once into a store, where nobody but its owner can
 * write, verified each time, compared with the machine, and only then loaded. It takes the place of
 * unpacking into a folder for temporaries: docs/native-libraries.md.
 *
 * <pre>{@code
 * NativeLibraryResource resource =
 *     NativeLibraryResource.of(
 *         "libmine.so", SHA_256, () -> Mine.class.getResourceAsStream("natives/libmine.so"));
 * try (Store store = Store.open(StoreConfig.in(folder));
 *     NativeLibraryResource.Answer answer = resource.ensure(store, LibraryHost.current())) {
 *   switch (answer) {
 *     case NativeLibraryResource.Ready ready -> System.load(ready.path().toString());
 *     case NativeLibraryResource.Unusable no -> throw new UnsatisfiedLinkError(no.sentence());
 *   }
 * }
 * }</pre>
 *
 * <p>Immutable; safe for use by several threads.
 */
public final class NativeLibraryResource {
  private static final String COMPILER = "dev.calotype native library 1";

  private final String name;
  private final String sha256;
  private final Source source;

  private NativeLibraryResource(String name, String sha256, Source source) {
    this.name = name;
    this.sha256 = sha256.toLowerCase(Locale.ROOT);
    this.source = source;
    if (!Member.isName(name)) {
      throw new IllegalArgumentException("not a name of a file in a store: " + name);
    }
    if (HexFormat.of().parseHex(this.sha256).length != Sha256.SIZE) {
      throw new IllegalArgumentException("no SHA-256: " + sha256);
    }
  }

  /** Opens the bytes of a library. */
  @FunctionalInterface
  public interface Source {
    /** From the first byte on, or null if there are none. */
    @SuppressWarnings("exports") // JSpecify's annotations are for compilers.
    @Nullable InputStream open() throws IOException;
  }

  /**
   * A library that a class finds.
   *
   * @param name what its file is to be called
   * @param sha256 64 hexadecimal digits, known when the jar was built
   * @param source asks a class of the jar's own module, for {@link Class#getResourceAsStream} hides
   *     resources of a module from others
   * @throws IllegalArgumentException if they are not, or a file in a store can't be called so
   */
  public static NativeLibraryResource of(String name, String sha256, Source source) {
    return new NativeLibraryResource(name, sha256, source);
  }

  /** What became of a library. */
  public sealed interface Answer extends AutoCloseable {
    @Override
    default void close() throws IOException {}
  }

  /** It is there, it is what was asked for, and this machine takes it. */
  public static final class Ready implements Answer {
    private final Hit hit;
    private final OpenFile file;

    private Ready(Hit hit, OpenFile file) {
      this.hit = hit;
      this.file = file;
    }

    /** Where it is: for {@link System#load}. In a folder that nobody else can write to. */
    public Path path() {
      return file.path().toAbsolutePath();
    }

    /** The very file whose bytes were verified, open until this is closed. */
    public OpenFile file() {
      return file;
    }

    @Override
    public void close() throws IOException {
      hit.close();
    }
  }

  /**
   * It can't be loaded here.
   *
   * @param sentence why, without a full stop
   */
  public record Unusable(String sentence) implements Answer {}

  /**
   * Makes sure that it is unpacked, verifies every byte of it, and compares it with the machine. Of
   * all processes that ask at once, one unpacks it. What is wrong in the store is put aside and
   * unpacked again.
   *
   * @param store may be closed before the answer is
   * @throws IOException if the store can't be used, or the resource can't be read
   */
  public Answer ensure(Store store, LibraryHost host) throws IOException {
    Key key = Key.of(COMPILER).with("name", name).with("sha256", sha256);
    try {
      for (int attempt = 0; attempt < 2; attempt++) {
        Hit hit = store.getOrBuild(key, this::unpack);
        boolean isReady = false;
        try {
          if (!hit.isStored()) {
            return new Unusable(
                "%s can't be kept in %s: the disk is full, or it may not be written to"
                    .formatted(name, store.config().folder()));
          }
          OpenFile file = hit.file(name);
          if (digest(file).equals(sha256)) {
            Answer answer = compare(hit, file, host);
            isReady = answer instanceof Ready;
            return answer;
          }
        } finally {
          if (!isReady) {
            hit.close();
          }
        }
        remove(store, key);
      }
    } catch (FileNotFoundException | RefusedException e) {
      return new Unusable("%s can't be unpacked: %s".formatted(name, e.getMessage()));
    }
    return new Unusable(
        "%s changes in %s each time it is unpacked".formatted(name, store.config().folder()));
  }

  private void unpack(Fields fields, Draft draft) throws IOException {
    Sha256 digest = new Sha256();
    InputStream opened = source.open();
    if (opened == null) {
      throw new FileNotFoundException("no such resource");
    }
    try (InputStream from = opened;
        OutputStream to = draft.other(name)) {
      byte[] buffer = new byte[Chunks.SIZE];
      for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        digest.add(buffer, 0, count);
        to.write(buffer, 0, count);
      }
    }
    String actual = HexFormat.of().formatHex(digest.finish());
    if (!actual.equals(sha256)) {
      throw new RefusedException(name, "its SHA-256 is %s, expected %s".formatted(actual, sha256));
    }
  }

  private static Answer compare(Hit hit, OpenFile file, LibraryHost host) throws IOException {
    try {
      return switch (LibraryFit.of(file, host)) {
        case LibraryFit.Fits _ -> new Ready(hit, file);
        case LibraryFit.DoesNotFit no -> new Unusable(no.sentence());
      };
    } catch (MalformedImageException e) {
      return new Unusable("%s is damaged: %s".formatted(file.path(), e.getMessage()));
    }
  }

  /** Verified by ourselves: whoever can change the file can change the manifest with it. */
  private static String digest(OpenFile file) throws IOException {
    Sha256 digest = new Sha256();
    byte[] buffer = new byte[Chunks.SIZE];
    for (long at = 0; at < file.size(); at += buffer.length) {
      int length = file.readAvailable(at, buffer, 0, buffer.length);
      digest.add(buffer, 0, length);
    }
    return HexFormat.of().formatHex(digest.finish());
  }

  /** A full look puts what is damaged into quarantine; what was forged has a right manifest. */
  private static void remove(Store store, Key key) throws IOException {
    try (Lookup found = store.get(key, Expectations.none().withTier(Tier.FULL))) {
      if (found instanceof Hit) {
        store.evict(key);
      }
    }
  }
}
