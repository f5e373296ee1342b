/**
 * Metadata as a stream: what a compiler knows of a unit, written while it finds out, and looked up
 * later in place.
 *
 * <p>A {@link dev.calotype.stream.MetadataWriter} writes numbers, texts and tables straight to a
 * temporary file, in constant memory. Errors wait for {@code finish()}, which hands over the bytes,
 * mapped, with the file that they are:
 *
 * <pre>{@code
 * try (Arena arena = Arena.ofConfined();
 *     MetadataWriter out = MetadataWriter.create(Path.of("foo.meta"), true)) {
 *   long root = out.position();
 *   out.fixed64(0);                                   // patched when it is known
 *   TableBuilder names = new TableBuilder(1);
 *   for (Definition definition : definitions) {
 *     names.set(definition.number(), out.position());
 *     out.string(definition.name());
 *   }
 *   out.patch64(root, out.table(names));
 *   try (Metadata metadata = out.finish(arena)) {     // throws what went wrong since the start
 *     wrap(metadata.bytes());                         // a mapped segment of a temporary file
 *     metadata.publish(Durability.FAST);              // or close it: then it was never there
 *   }
 * }
 * }</pre>
 *
 * <p>A {@link dev.calotype.stream.MetadataReader} goes where a position leads and decodes what is
 * asked for, nothing else. It trusts no byte:
 *
 * <pre>{@code
 * MetadataReader in = MetadataReader.of(file.map(arena), "foo.meta");
 * MetadataTable names = in.at(in.fixed64()).table(1);
 * String name = in.at(names.get(4711)).string();
 * }</pre>
 *
 * <p>The bytes are described in {@code docs/stream-format.md}.
 */
@NullMarked
package dev.calotype.stream;

import org.jspecify.annotations.NullMarked;
