/**
 * Bounded reads and digests. Nothing in here knows a format: callers name the structure they read,
 * so that an error can.
 */
@NullMarked
package dev.calotype.bytes;

import org.jspecify.annotations.NullMarked;
