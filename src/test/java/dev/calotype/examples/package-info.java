/** Tests of the jar as its users have it: modules that require it and nothing else. */
@NullMarked
package dev.calotype.examples;

import org.jspecify.annotations.NullMarked;
