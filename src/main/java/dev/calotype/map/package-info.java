/**
 * A file opened once: positional reads for whatever decides something, and mappings into the
 * caller's {@link java.lang.foreign.Arena} for whatever is only looked at.
 *
 * <p>An {@link dev.calotype.map.OwnedMapping} is cut into windows that end one by one:
 *
 * <pre>{@code
 * try (OwnedMapping artifact = OwnedMapping.of(OpenFile.open(path))) {
 *   try (OwnedMapping head = artifact.drain(4096)) {
 *     decide(head.bytes());
 *   }                                                 // its page is given back
 *   OwnedMapping data = artifact.drain(dataSize);     // lives on, whoever closes the artifact
 * }
 * }</pre>
 */
@NullMarked
package dev.calotype.map;

import org.jspecify.annotations.NullMarked;
