/**
 * Writes linkable objects. A payload of any size is <em>wrapped</em> into an object that linkers
 * carry along, without ever being in memory, and found again in objects, archives and linked
 * images:
 *
 * <pre>{@code
 * ObjectTarget target = ObjectTarget.of("x86_64-unknown-linux-gnu");
 * Wrap.carried(target).write(Payload.of(metadata), Path.of("lib.rmeta"), OutputOptions.standard());
 *
 * try (Arena arena = Arena.ofConfined()) {
 *   Binary archive = Binary.map(Path.of("libfoo.rlib"), arena);
 *   MemorySegment again = Unwrap.standard().find(archive).bytes(); // zero-copy, dies with the arena
 * }
 * }</pre>
 *
 * <p>The bytes for each format are in {@code docs/wrap-format.md}.
 */
@NullMarked
package dev.calotype.emit;

import org.jspecify.annotations.NullMarked;
