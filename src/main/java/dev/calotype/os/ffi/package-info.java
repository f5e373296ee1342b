/**
 * The C library's functions, structures and constants as jextract writes them down, in the folder
 * {@code bindings}. Only {@code dev.calotype.os} calls them.
 */
@NullMarked
package dev.calotype.os.ffi;

import org.jspecify.annotations.NullMarked;
