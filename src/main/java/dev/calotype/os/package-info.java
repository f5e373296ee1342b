/**
 * The only room that calls native functions. Everything in it is for Linux on 64-bit machines and
 * needs {@code --enable-native-access}; {@link dev.calotype.os.NativeAccess} says whether it may be
 * used.
 */
@NullMarked
package dev.calotype.os;

import org.jspecify.annotations.NullMarked;
