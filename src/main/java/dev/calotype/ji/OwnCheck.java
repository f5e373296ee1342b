package dev.calotype.ji;

import java.io.IOException;
import java.util.Optional;

/** What a caller looks at besides what Calotype knows: a license, a policy, a guard. */
@FunctionalInterface
public interface OwnCheck {
  /**
   * Looks at a file that is open and whose page one is whole.
   *
   * @return what is different, or empty if the file may be used
   * @throws IOException if the file can't be read
   */
  Optional<Difference> look(DataFile data) throws IOException;

  /**
   * What is different.
   *
   * @param expected what was asked for
   * @param actual what there is
   */
  record Difference(String expected, String actual) {}
}
