/** What a format's room plans and the room above it carries out: cuts, and what is put in. */
@NullMarked
package dev.calotype.split.plan;

import org.jspecify.annotations.NullMarked;
