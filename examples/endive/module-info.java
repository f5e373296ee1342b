/** An example: the store behind the cache of a Wasm runtime that compiles to class files. */
module dev.calotype.examples.endive {
  requires transitive dev.calotype;
  requires transitive run.endive.compiler;

  exports dev.calotype.examples.endive;
}
