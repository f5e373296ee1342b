/** How an ELF image is taken apart: which sections may leave, and what the remainder looks like. */
@NullMarked
package dev.calotype.split.elf;

import org.jspecify.annotations.NullMarked;
