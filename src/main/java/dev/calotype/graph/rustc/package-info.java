/**
 * Reads the dependency graphs that rustc leaves in its incremental folder. Knows rustc's format and
 * nothing of ours: see docs/rustc-graph.md.
 */
@NullMarked
package dev.calotype.graph.rustc;

import org.jspecify.annotations.NullMarked;
