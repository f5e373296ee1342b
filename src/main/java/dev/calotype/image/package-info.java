/**
 * A native image as it lies in memory, whatever its format: sections, segments, symbols, notes,
 * build identity and the libraries it needs. Nothing is loaded, nothing is copied, and nothing is
 * decoded before it is asked for.
 *
 * <pre>{@code
 * try (Arena arena = Arena.ofConfined()) {
 *   Image image = Image.map(Path.of("libfoo.so"), arena);
 *   MemorySegment text = image.section(".text").orElseThrow().bytes();
 * }
 * }</pre>
 *
 * <p>A table that breaks its format's rules throws {@link dev.calotype.MalformedImageException}
 * when it is read, so a damaged table that nobody asks for rejects nothing. A mapped file can
 * shrink under its reader: see {@link dev.calotype.map.OpenFile#whileWhole}.
 */
@NullMarked
package dev.calotype.image;

import org.jspecify.annotations.NullMarked;
