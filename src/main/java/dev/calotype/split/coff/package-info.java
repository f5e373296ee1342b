/** How a COFF object is taken apart. */
@NullMarked
package dev.calotype.split.coff;

import org.jspecify.annotations.NullMarked;
