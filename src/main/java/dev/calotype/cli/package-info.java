/**
 * The command line: one class for each command, and what they share. {@link dev.calotype.cli.Main}
 * starts it.
 *
 * <p>Starting costs more than most commands do, so picocli gets its model from {@link
 * dev.calotype.cli.Command#declare} instead of from annotations, only of the command that runs, and
 * JSON classes are loaded only for {@code --json}.
 */
@NullMarked
package dev.calotype.cli;

import org.jspecify.annotations.NullMarked;
