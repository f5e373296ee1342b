/** An example: a small language whose modules are compiled ahead of time, stored and loaded. */
module dev.calotype.examples.sepia {
  requires dev.calotype;
}
