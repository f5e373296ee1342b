import org.jspecify.annotations.NullMarked;

/**
 * Reads native images without loading them, splits what is data from what is code, and says whether
 * a cached image may be used.
 *
 * <p>Start at {@link dev.calotype.image.Image} to read, {@link dev.calotype.split.Split} to split
 * and join, {@link dev.calotype.ji.DataFile} to check, {@link dev.calotype.emit.Wrap} to put any
 * bytes into a linkable object, and {@link dev.calotype.load.Loader} to run code.
 */
@NullMarked
@SuppressWarnings("requires-automatic") // Of tomlj, which names itself and describes no more.
module dev.calotype {
  requires static org.jspecify;
  // Only the command line needs these two; a library user boots without them.
  requires static info.picocli;
  requires static com.fasterxml.jackson.core;
  // Only a store's settings in a file need this one.
  requires static org.tomlj;
  // Only compressed sections need this one.
  requires static com.github.luben.zstd_jni;

  exports dev.calotype;
  exports dev.calotype.cache;
  exports dev.calotype.emit;
  exports dev.calotype.graph;
  exports dev.calotype.image;
  exports dev.calotype.ji;
  exports dev.calotype.load;
  exports dev.calotype.map;
  exports dev.calotype.split;
  exports dev.calotype.stream;
}
