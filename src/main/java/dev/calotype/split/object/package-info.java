/** What relocatable objects of all formats have in common when they are taken apart. */
@NullMarked
package dev.calotype.split.object;

import org.jspecify.annotations.NullMarked;
