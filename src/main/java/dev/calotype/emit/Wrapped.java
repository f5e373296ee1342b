package dev.calotype.emit;

/**
 * An object that was written around a payload.
 *
 * @param size the object's size in bytes
 * @param payloadOffset where the payload starts in it
 * @param payloadSize the payload's size in bytes
 */
public record Wrapped(long size, long payloadOffset, long payloadSize) {}
