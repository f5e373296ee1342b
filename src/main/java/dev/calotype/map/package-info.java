/**
 * A file opened once: positional reads for whatever decides something, and mappings into the
 * caller's {@link java.lang.foreign.Arena} for whatever is only looked at.
 */
@NullMarked
package dev.calotype.map;

import org.jspecify.annotations.NullMarked;
