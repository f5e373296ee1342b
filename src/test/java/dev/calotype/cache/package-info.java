/** Tests of the store. */
@NullMarked
package dev.calotype.cache;

import org.jspecify.annotations.NullMarked;
