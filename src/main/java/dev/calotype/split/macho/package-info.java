/** How a Mach-O object is taken apart. */
@NullMarked
package dev.calotype.split.macho;

import org.jspecify.annotations.NullMarked;
