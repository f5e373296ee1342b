/** Tests of the build and of the launcher, on copies of the project. */
@NullMarked
package dev.calotype.build;

import org.jspecify.annotations.NullMarked;
