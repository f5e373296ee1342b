package dev.calotype.cache;

import java.io.IOException;

/** Is told what {@link Maintenance#verify} finds in one place after the other. */
public interface Inspection {
  /** An entry is whole. */
  void whole(EntryInfo entry) throws IOException;

  /**
   * An entry is not.
   *
   * @param miss what is wrong with it
   * @param isQuarantined whether it was put into quarantine for it
   */
  void bad(Miss miss, boolean isQuarantined) throws IOException;

  /**
   * What is in an entry's place does not say whose it is.
   *
   * @param key the digest of the key that it should be of
   * @param reason what is wrong
   * @param isQuarantined whether it was put into quarantine for it
   */
  void unknown(String key, String reason, boolean isQuarantined) throws IOException;

  /** Some more bytes were read. */
  default void progress(long bytes) {}
}
