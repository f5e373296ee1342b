package dev.calotype.emit;

import dev.calotype.Durability;

/**
 * How a file is made to appear.
 *
 * @param replace whether a file already there may be replaced
 * @param durability what must be on disk when the work returns
 */
public record OutputOptions(boolean replace, Durability durability) {

  /** Keeps a file already there and publishes durably. */
  public static OutputOptions standard() {
    return new OutputOptions(false, Durability.DURABLE);
  }

  /** The same, replacing a file already there or not. */
  public OutputOptions withReplace(boolean replace) {
    return new OutputOptions(replace, durability);
  }

  /** The same with that durability. */
  public OutputOptions withDurability(Durability durability) {
    return new OutputOptions(replace, durability);
  }
}
