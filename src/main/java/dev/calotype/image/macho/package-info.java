/**
 * The Mach-O reader: Apple's {@code mach-o/loader.h}, {@code nlist.h}, {@code reloc.h} and {@code
 * fat.h}, in both widths and byte orders.
 */
@NullMarked
package dev.calotype.image.macho;

import org.jspecify.annotations.NullMarked;
