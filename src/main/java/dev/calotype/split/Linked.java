package dev.calotype.split;

import dev.calotype.ji.LinkedNote;
import java.nio.file.Path;
import java.util.List;

/**
 * Code that was linked, proven, sealed and published.
 *
 * @param file where it is
 * @param note its note, sealed
 * @param linker what linked it
 * @param command how the linker was called; the output and the note object were in a folder that is
 *     gone
 * @param holes its holes, by address; none for other shapes than hole
 * @param messages what the linker had to say all the same, up to 64 KiB
 */
public record Linked(
    Path file,
    LinkedNote note,
    Linker linker,
    List<String> command,
    List<Hole> holes,
    String messages) {

  /** Copies the lists. */
  public Linked {
    command = List.copyOf(command);
    holes = List.copyOf(holes);
  }

  /**
   * A range that data is to be mapped over.
   *
   * @param section the name of its section
   * @param address its address, relative to the image's base
   * @param size its size in bytes
   */
  public record Hole(String section, long address, long size) {}
}
