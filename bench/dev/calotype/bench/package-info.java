/** What the benches have in common. */
@NullMarked
package dev.calotype.bench;

import org.jspecify.annotations.NullMarked;
