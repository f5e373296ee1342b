package dev.calotype.load;

import dev.calotype.MalformedImageException;
import dev.calotype.ji.Cause;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whether a machine's dynamic loader would take a native library, found out from the file without
 * loading it: docs/native-libraries.md. It takes the place of an {@link UnsatisfiedLinkError}, or
 * says what that does not.
 *
 * <pre>{@code
 * switch (LibraryFit.of(library, LibraryHost.current())) {
 *   case LibraryFit.Fits fits -> System.load(fits.file().toString());
 *   case LibraryFit.DoesNotFit no -> throw new UnsatisfiedLinkError(no.sentence());
 * }
 * }</pre>
 */
public sealed interface LibraryFit {
  /** The library, as it was named. */
  Path file();

  /**
   * Nothing that the file says is in the way. Its own code may still fail, once it runs.
   *
   * @param file the library
   */
  record Fits(Path file) implements LibraryFit {}

  /**
   * The loader would refuse it.
   *
   * @param file the library
   * @param causes every reason, at least one
   */
  record DoesNotFit(Path file, List<Cause> causes) implements LibraryFit {
    /** Copies the list. */
    public DoesNotFit {
      causes = List.copyOf(causes);
    }

    /** All reasons in one sentence, without a full stop. */
    public String sentence() {
      return FitText.sentence(file.toString(), causes);
    }
  }

  /**
   * Looks at a library.
   *
   * @throws MalformedImageException if it is damaged, or ends before what is loaded of it
   * @throws IOException if it can't be read
   */
  static LibraryFit of(Path file, LibraryHost host) throws IOException {
    return of(file, LibraryFacts.read(file, true), host);
  }

  /**
   * Looks at a library that is open already. What its folder is like and what is beside it, is
   * asked of the path that it was opened by.
   *
   * @throws MalformedImageException if it is damaged, or ends before what is loaded of it
   * @throws IOException if it can't be read
   */
  static LibraryFit of(OpenFile file, LibraryHost host) throws IOException {
    return of(file.path(), LibraryFacts.read(file, true), host);
  }

  private static LibraryFit of(Path file, LibraryFacts facts, LibraryHost host) {
    Optional<Path> folder = Optional.ofNullable(file.toAbsolutePath().getParent());
    List<Cause> causes = new FitCheck(host, folder).causes(facts);
    return causes.isEmpty() ? new Fits(file) : new DoesNotFit(file, causes);
  }
}
