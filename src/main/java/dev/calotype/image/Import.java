package dev.calotype.image;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A symbol that this image wants from others.
 *
 * @param name its name; empty if it is asked for by ordinal
 * @param library the library it is to be found in; empty in ELF, where any may have it
 * @param ordinal its number among the library's exports, in PE
 * @param isWeak whether the image is loaded all the same if it is not found
 */
public record Import(String name, Optional<String> library, OptionalLong ordinal, boolean isWeak) {}
