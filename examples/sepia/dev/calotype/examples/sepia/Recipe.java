package dev.calotype.examples.sepia;

import dev.calotype.graph.Fingerprint;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that a module's data and code are made from, besides the compiler and its options.
 *
 * @param source stands for the module's source, without comments
 * @param imports stand for the interfaces of the modules that it imports, by name
 * @param files stand for the files that its tables are made of, by name
 */
record Recipe(
    Fingerprint source,
    SortedMap<String, Fingerprint> imports,
    SortedMap<String, Fingerprint> files) {
  Recipe {
    imports = Collections.unmodifiableSortedMap(new TreeMap<>(imports));
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /** Stands for all of it. */
  Fingerprint fingerprint() {
    return Fingerprints.of("%s %s %s".formatted(source, imports, files));
  }

  /** The interfaces, in texts. */
  List<String> importTexts() {
    return texts(imports);
  }

  /** The files, in texts. */
  List<String> fileTexts() {
    return texts(files);
  }

  private static List<String> texts(SortedMap<String, Fingerprint> all) {
    return all.entrySet().stream().map(it -> it.getKey() + " " + it.getValue()).toList();
  }
}
