/** The dependency graph. */
@NullMarked
package dev.calotype.graph;

import org.jspecify.annotations.NullMarked;
