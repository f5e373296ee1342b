package dev.calotype.cache;

import dev.calotype.ji.Cause;
import java.util.List;

/**
 * There is no entry that may be used.
 *
 * @param key what was looked for
 * @param reason why not
 * @param file the file in the entry that it is about: a member, or {@code manifest}; empty if it is
 *     about the entry as a whole
 * @param structure what is damaged; empty unless something is
 * @param offset where that is, in bytes from the start of the file
 * @param text what was found and expected, for people; empty for an entry that is not there
 * @param causes every reason why it is stale; empty unless it is
 */
public record Miss(
    Key key,
    Reason reason,
    String file,
    String structure,
    long offset,
    String text,
    List<Cause> causes)
    implements Lookup {

  /** Copies the list. */
  public Miss {
    causes = List.copyOf(causes);
  }

  static Miss absent(Key key) {
    return new Miss(key, Reason.ABSENT, "", "", 0, "", List.of());
  }

  static Miss of(Key key, Reason reason, String file, String text) {
    return new Miss(key, reason, file, "", 0, text, List.of());
  }

  /** Why. The ids are stable and only ever added to: see docs/store.md, "Misses". */
  public enum Reason {
    /** There is no such entry. */
    ABSENT("absent", false),
    /** A byte of it is wrong or missing. */
    DAMAGED("damaged", true),
    /** What is in its place is another key's. */
    OTHER_KEY("other-key", true),
    /** It was published by a version of this library that writes otherwise. */
    VERSION("version", false),
    /** A link is in its place, or neither folder nor file. */
    LINK("link", true),
    /** It is another user's. */
    NOT_OWNED("not-owned", true),
    /** Others may write to it. */
    WRITABLE("writable", true),
    /** It has no signature, and one is asked for. */
    UNSIGNED("unsigned", false),
    /** It is signed by another key, or its signature is wrong. */
    SIGNATURE("signature", false),
    /** It is whole, but not as the caller expects. */
    STALE("stale", false),
    /** The operating system doesn't let it be read. */
    UNREADABLE("unreadable", false),
    /** It changed each time it was looked at. */
    CHANGING("changing", false);

    private final String id;
    private final boolean isEvidence;

    Reason(String id, boolean isEvidence) {
      this.id = id;
      this.isEvidence = isEvidence;
    }

    /** The stable name. */
    public String id() {
      return id;
    }

    /** Whether such an entry is put into quarantine. */
    boolean isEvidence() {
      return isEvidence;
    }
  }
}
