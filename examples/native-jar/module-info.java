/** An example: a library with a native half, which comes in its jar. */
module dev.calotype.examples.nativejar {
  requires dev.calotype;
}
