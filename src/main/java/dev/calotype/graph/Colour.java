package dev.calotype.graph;

/** What a session knows of a node of the graph before it. */
public enum Colour {
  /** Nothing yet. */
  UNKNOWN,
  /** Its value has changed, or it is new: what depends on it may have to be computed again. */
  RED,
  /** Its value is what it was. */
  GREEN
}
