/**
 * The reader for COFF objects, import objects and PE images, after Microsoft's PE/COFF
 * specification, with what LLVM and the GNU tools add. All numbers are little-endian.
 */
@NullMarked
package dev.calotype.image.coff;

import org.jspecify.annotations.NullMarked;
