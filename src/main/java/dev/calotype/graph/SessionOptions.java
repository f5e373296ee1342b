package dev.calotype.graph;

import dev.calotype.Durability;

/**
 * How a session writes.
 *
 * @param durability whether a commit is on stable storage when it returns
 * @param form whether a commit appends what changed or writes all anew
 */
public record SessionOptions(Durability durability, Form form) {
  /** How a commit gets into the file. */
  public enum Form {
    /** What changed, behind the rest: O(changed). */
    APPEND,
    /** All anew, without garbage and holes, replacing the file: O(graph). Indices change. */
    REWRITE
  }

  /** Appending, and synced. */
  public static SessionOptions standard() {
    return new SessionOptions(Durability.DURABLE, Form.APPEND);
  }

  /** The same with another durability. */
  public SessionOptions withDurability(Durability durability) {
    return new SessionOptions(durability, form);
  }

  /** The same in another form. */
  public SessionOptions withForm(Form form) {
    return new SessionOptions(durability, form);
  }
}
