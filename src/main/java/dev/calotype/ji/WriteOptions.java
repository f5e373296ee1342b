package dev.calotype.ji;

import dev.calotype.Durability;

/**
 * How files are written and what they record about their making.
 *
 * @param replace whether files already there may be replaced
 * @param durability what must be on disk when publishing returns
 * @param compiler the identity of what made the content, empty for none
 * @param target the id of the target it was made for, empty for none
 */
public record WriteOptions(boolean replace, Durability durability, String compiler, String target) {

  /** Keeps files already there, publishes durably, records nothing. */
  public static WriteOptions standard() {
    return new WriteOptions(false, Durability.DURABLE, "", "");
  }

  /** The same, replacing files already there or not. */
  public WriteOptions withReplace(boolean replace) {
    return new WriteOptions(replace, durability, compiler, target);
  }

  /** The same with that durability. */
  public WriteOptions withDurability(Durability durability) {
    return new WriteOptions(replace, durability, compiler, target);
  }

  /** The same, recording what made the content. */
  public WriteOptions withCompiler(String identity) {
    return new WriteOptions(replace, durability, identity, target);
  }

  /** The same, recording what the content was made for. */
  public WriteOptions withTarget(String id) {
    return new WriteOptions(replace, durability, compiler, id);
  }
}
