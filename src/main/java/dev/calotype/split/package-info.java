/**
 * Takes an image apart into a data file and a code object, and puts it together again, byte for
 * byte.
 *
 * <pre>{@code
 * Split split = Split.plan(Path.of("libfoo.so"), List.of());
 * split.write(Path.of("libfoo.so.ji"), Path.of("libfoo.so.code"), WriteOptions.standard());
 * Join.join(Path.of("libfoo.so.ji"), Path.of("libfoo.so.code"), Path.of("again.so"),
 *     WriteOptions.standard());
 * }</pre>
 *
 * <p>A relocatable object is split before it is linked:
 *
 * <pre>{@code
 * ObjectSplit split = ObjectSplit.plan(Path.of("calc.o"), Shape.SLOTS, ObjectSelection.all());
 * split.write(Path.of("calc.o.ji"), Path.of("calc.slots.o"), WriteOptions.standard());
 * }</pre>
 *
 * <p>Objects are linked to code of a data file, with a linker that is on the machine:
 *
 * <pre>{@code
 * Linked linked = Link.of(fresh, List.of(Path.of("m.o")))
 *     .write(Path.of("m.so"), OutputOptions.standard());
 * }</pre>
 *
 * <p>How objects come apart is in {@code docs/splitting.md}, how linkers are found and what is
 * proven of their work in {@code docs/linking.md}, what each shape means and how a detached code
 * object is laid out in {@code docs/data-file-format.md}.
 */
@NullMarked
package dev.calotype.split;

import org.jspecify.annotations.NullMarked;
