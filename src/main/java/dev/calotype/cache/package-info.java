/**
 * The store: results of a compiler in a folder, found by what they were made from, shared by
 * threads and processes, whole after any crash.
 *
 * <pre>{@code
 * try (Store store = Store.open(StoreConfig.in(folder))) {
 *   Key key = Key.of("mycc 1.4 build 77").with("target", "x86_64-elf").with("source", digest);
 *   try (Hit hit = store.getOrBuild(key, this::compile); Arena arena = Arena.ofConfined()) {
 *     MemorySegment bytes = hit.map(arena);
 *   }
 * }
 *
 * void compile(Fields fields, Draft draft) throws IOException {
 *   try (DataFileWriter data = draft.data("module.ji")) {
 *     …                                 // sections, as in any data file
 *     data.publish();
 *   }
 * }
 * }</pre>
 *
 * <p>The layout and the protocol are described in {@code docs/store.md}.
 */
@NullMarked
package dev.calotype.cache;

import org.jspecify.annotations.NullMarked;
