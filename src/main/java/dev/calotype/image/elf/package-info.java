/**
 * The ELF reader: System V gABI (chapters "Object Files" and "Program Loading and Dynamic Linking")
 * with the GNU extensions Linux uses, in both classes and byte orders.
 */
@NullMarked
package dev.calotype.image.elf;

import org.jspecify.annotations.NullMarked;
