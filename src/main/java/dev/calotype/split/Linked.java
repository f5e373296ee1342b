package dev.calotype.split;

import dev.calotype.ji.LinkedNote;
import java.nio.file.Path;
import java.util.List;

/**
 * Code that was linked, proven, sealed and published.
 *
 * @param file where it is
 * @param note its note, sealed, with the addresses of cells and holes
 * @param linker what linked it
 * @param command how the linker was called; the output and the note object were in a folder that is
 *     gone
 * @param messages what the linker had to say all the same, up to 64 KiB
 */
public record Linked(
    Path file, LinkedNote note, Linker linker, List<String> command, String messages) {

  /** Copies the list. */
  public Linked {
    command = List.copyOf(command);
  }
}
