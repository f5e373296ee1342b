/**
 * The benchmark report: from results of JMH to a page, pictures and a few lines of text. What its
 * numbers mean is in docs/bench-report.md.
 *
 * <p>It is compiled and tested in every build and is in no jar. It needs no JMH: what measures is
 * under {@code bench}.
 */
@NullMarked
package dev.calotype.report;

import org.jspecify.annotations.NullMarked;
