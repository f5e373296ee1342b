package dev.calotype.image;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A symbol that other images can find in this one.
 *
 * @param name its name; empty if it has only an ordinal
 * @param ordinal its number among the exports, in PE
 * @param address its address relative to the image's base; 0 if it is forwarded
 * @param forwardedTo the library and symbol that stand for it
 */
public record Export(
    String name, OptionalLong ordinal, long address, Optional<String> forwardedTo) {}
