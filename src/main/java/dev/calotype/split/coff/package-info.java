/** How a PE image or a COFF object is taken apart: what may leave, and what is left. */
@NullMarked
package dev.calotype.split.coff;

import org.jspecify.annotations.NullMarked;
