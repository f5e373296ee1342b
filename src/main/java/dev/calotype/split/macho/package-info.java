/** How a Mach-O image or object is taken apart: what may leave, and what is left. */
@NullMarked
package dev.calotype.split.macho;

import org.jspecify.annotations.NullMarked;
