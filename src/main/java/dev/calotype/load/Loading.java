package dev.calotype.load;

import dev.calotype.ji.Cause;
import java.nio.file.Path;
import java.util.List;

/** The answer of a load. */
public sealed interface Loading {
  /**
   * The code is there.
   *
   * @param code what it offers, until its arena is closed
   */
  record Loaded(LoadedCode code) implements Loading {}

  /**
   * The pair can't be connected, or is not for this machine. Nothing of it ran.
   *
   * @param file the code object
   * @param causes every reason, at least one
   */
  record Refused(Path file, List<Cause> causes) implements Loading {
    /** Copies the list. */
    public Refused {
      causes = List.copyOf(causes);
    }
  }
}
