/** How a PE image is taken apart: which data may leave, and what the remainder looks like. */
@NullMarked
package dev.calotype.split.coff;

import org.jspecify.annotations.NullMarked;
