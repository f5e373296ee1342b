/**
 * Calotype for those who meet it first.
 *
 * <p>A native image (a shared library, an executable) is <em>read</em> in place. Nothing is loaded
 * and nothing is copied; every segment dies with the arena:
 *
 * <pre>{@code
 * try (Arena arena = Arena.ofConfined()) {
 *   Image image = Image.map(Path.of("libfoo.so"), arena);
 *   for (Section section : image.sections()) {
 *     System.out.println(section.name() + " " + section.size());
 *   }
 *   MemorySegment text = image.section(".text").orElseThrow().bytes();
 * }
 * }</pre>
 *
 * <p>It is <em>split</em> into a data file, which holds named sections of data, and a code object,
 * whose note names the data it belongs to:
 *
 * <pre>{@code
 * try (Split split = Split.plan(Path.of("libfoo.so"), List.of())) {
 *   DataId id = split.write(data, code, WriteOptions.standard());
 * }
 * }</pre>
 *
 * <p>Each half is <em>checked</em> before it is used. A check is an answer, not an exception:
 * {@link dev.calotype.ji.Validity} is sealed, and a fresh answer owns the very file that was
 * checked:
 *
 * <pre>{@code
 * Expectations full = Expectations.none().withTier(Tier.FULL);
 * try (Validity validity = DataFile.check(data, full)) {
 *   if (validity instanceof Validity.Fresh fresh) {
 *     MemorySegment constants = fresh.data().section(".rodata").orElseThrow().map(arena);
 *   }
 * }
 * }</pre>
 *
 * <p>Two fresh halves are <em>joined</em> to the original, byte for byte, with {@link
 * dev.calotype.split.Join}.
 *
 * <p>Bytes that are no code are <em>wrapped</em> into a linkable object, as a stream, for linkers
 * and archives to carry: {@link dev.calotype.emit.Wrap}.
 *
 * <h2>Errors</h2>
 *
 * <p>Bad bytes throw {@link dev.calotype.MalformedImageException}, with the structure and the
 * offset; other formats {@link dev.calotype.UnsupportedFormatException}; work that can't be done on
 * an input {@link dev.calotype.RefusedException}, before anything is written; a file that changes
 * under its reader {@link dev.calotype.FileChangedException}. What the operating system says is an
 * {@link java.io.IOException}.
 *
 * <h2>Mapped files can shrink</h2>
 *
 * <p>Whoever truncates a file takes pages away from every mapping of it. A read of such a page
 * throws {@link java.lang.InternalError}, which HotSpot may deliver late, and passing such a page
 * to a checksum or a native call ends the process. So everything here that decides something reads
 * positionally; {@link dev.calotype.map.OpenFile#whileWhole} guards reads of mapped bytes of yours.
 */
@NullMarked
package dev.calotype;

import org.jspecify.annotations.NullMarked;
