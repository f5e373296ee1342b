/** An example: the library alone, without what its command line needs. */
module dev.calotype.examples.firstlines {
  requires dev.calotype;
}
