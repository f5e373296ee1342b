/**
 * The data file ({@code .ji}) and the note that ties a code object to it: writing them as a stream,
 * reading them in place, and saying whether they may be used without loading anything.
 *
 * <pre>{@code
 * try (Validity validity = DataFile.check(path, Expectations.none())) {
 *   switch (validity) {
 *     case Validity.Fresh fresh -> use(fresh.data());     // owns the very file that was checked
 *     case Validity.Stale stale -> rebuild(stale.causes());
 *     case Validity.Damaged damaged -> report(damaged.structure(), damaged.offset());
 *     case Validity.Foreign foreign -> ignore(foreign.found());
 *     case Validity.Absent absent -> build();
 *   }
 * }
 * }</pre>
 *
 * <p>Many code objects may lie beside one data file; {@link CodeSet} adds, removes and picks them.
 *
 * <p>The bytes are described in {@code docs/data-file-format.md}.
 */
@NullMarked
package dev.calotype.ji;

import org.jspecify.annotations.NullMarked;
