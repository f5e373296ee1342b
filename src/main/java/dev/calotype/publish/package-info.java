/**
 * How a file appears under its name: written as a temporary beside its target, then renamed, so
 * that nobody ever sees half of it.
 */
@NullMarked
package dev.calotype.publish;

import org.jspecify.annotations.NullMarked;
