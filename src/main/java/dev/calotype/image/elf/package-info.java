/**
 * The ELF reader: System V gABI (chapters "Object Files" and "Program Loading and Dynamic Linking")
 * with the GNU extensions Linux uses. ELF64 little-endian.
 */
@NullMarked
package dev.calotype.image.elf;

import org.jspecify.annotations.NullMarked;
