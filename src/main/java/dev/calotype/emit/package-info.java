/**
 * Writes linkable objects. A runtime that has machine code in memory makes one of it:
 *
 * <pre>{@code
 * // get: mov eax, [rip + value]; ret
 * ObjectWriter.of(ObjectTarget.X86_64_LINUX)
 *     .add(
 *         ObjectSection.code(Payload.of(code, "code"))
 *             .symbol(ObjectSymbol.function("get", 0, 7))
 *             .relocation(2, RelocationKind.RIP, "value"))
 *     .add(
 *         ObjectSection.readOnly(Payload.of(Path.of("constants.bin")))
 *             .symbol(ObjectSymbol.data("value", 0, 4).local()))
 *     .write(Path.of("get.o"), OutputOptions.standard());
 * }</pre>
 *
 * <p>Constants that many code objects share go into a data file, and the code reaches them through
 * a cell: {@code CellTable.of(note).slot("cell", "constants", 0)} is added like a section, and
 * makes the cell and the note that says where it is. {@code docs/object-writer.md} says what each
 * target has.
 *
 * <p>A payload of any size is <em>wrapped</em> into an object that linkers carry along, without
 * ever being in memory, and found again in objects, archives and linked images:
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
 * <p>The bytes of these are in {@code docs/wrap-format.md}.
 */
@NullMarked
package dev.calotype.emit;

import org.jspecify.annotations.NullMarked;
