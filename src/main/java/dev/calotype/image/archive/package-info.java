/**
 * The reader for archives, as {@code ar}, {@code lib} and {@code libtool} write them: the common
 * format of 60-byte headers in text, with the indexes and long names of System V and GNU, of BSD
 * and Darwin, and of Microsoft (PE/COFF, "Archive (Library) File Format").
 */
@NullMarked
package dev.calotype.image.archive;

import org.jspecify.annotations.NullMarked;
