package dev.calotype.ji;

import dev.calotype.Durability;

/**
 * How files are written and what they record about their making.
 *
 * @param replace whether files already there may be replaced
 * @param durability what must be on disk when publishing returns
 * @param origin what is recorded about the making
 */
public record WriteOptions(boolean replace, Durability durability, Origin origin) {

  /** Keeps files already there, publishes durably, records nothing. */
  public static WriteOptions standard() {
    return new WriteOptions(false, Durability.DURABLE, Origin.none());
  }

  /** The same, replacing files already there or not. */
  public WriteOptions withReplace(boolean replace) {
    return new WriteOptions(replace, durability, origin);
  }

  /** The same with that durability. */
  public WriteOptions withDurability(Durability durability) {
    return new WriteOptions(replace, durability, origin);
  }

  /** The same, recording all this. */
  public WriteOptions withOrigin(Origin origin) {
    return new WriteOptions(replace, durability, origin);
  }

  /** The same, recording what made the content. */
  public WriteOptions withCompiler(String identity) {
    return withOrigin(origin.withCompiler(identity));
  }

  /** The same, recording what the content was made for. */
  public WriteOptions withTarget(String id) {
    return withOrigin(origin.withTarget(id));
  }
}
