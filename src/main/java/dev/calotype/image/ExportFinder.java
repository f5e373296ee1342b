package dev.calotype.image;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.elf.ElfExportFinder;
import dev.calotype.map.OpenFile;
import java.io.IOException;

/**
 * Reads what a linked ELF image exports by positional reads, as a loader would find it: through its
 * dynamic table, without section headers. See {@link NoteFinder}.
 */
public final class ExportFinder {
  private ExportFinder() {}

  /** Told of each exported symbol, in the order of the symbol table. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * A symbol.
     *
     * @param name its name
     * @param address its address as in the file
     * @param size how many bytes it has
     */
    void export(String name, long address, long size);
  }

  /**
   * Visits the defined dynamic symbols of an image that has a {@code DT_HASH} table. Takes its
   * symbol and string tables into memory, at most 64 MiB each.
   *
   * @throws MalformedImageException if a table on the way is damaged or missing
   * @throws UnsupportedFormatException if the file is of another format
   */
  public static void visit(OpenFile file, Visitor visitor) throws IOException {
    ElfExportFinder.visit(file, visitor);
  }
}
