/** How a Mach-O image is taken apart: which data may leave, and what the remainder looks like. */
@NullMarked
package dev.calotype.split.macho;

import org.jspecify.annotations.NullMarked;
