package dev.calotype.examples.sepia;

import dev.calotype.Durability;
import dev.calotype.emit.CellTable;
import dev.calotype.emit.ObjectWriter;
import dev.calotype.emit.OutputOptions;
import dev.calotype.image.Image;
import dev.calotype.image.Symbol;
import dev.calotype.ji.Comparison;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.DataSection;
import dev.calotype.ji.Host;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.split.Link;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a program of its modules, so that a start finds, checks and loads one thing. Their data go
 * together into one section of one data file; their objects, and one with the cells that lead into
 * that section, into one library. Calls between modules are the linker's to connect. What nothing
 * calls is left out: modules here, functions by the linker.
 */
final class ProgramLinker {
  /** The option of the note that says how much the code was optimised. */
  static final String LEVEL = "opt-level";

  /** The import by which a program calls Java, its cell and its type. */
  static final String RUNTIME = "runtime";

  static final String RUNTIME_TYPE = "(J)P";

  /** The type of the function that starts a program. */
  static final String ENTRY_TYPE = "(P)J";

  /** For the linker, through the driver: leaves out what nothing calls, and local names. */
  private static final List<String> OMIT = List.of("-Wl,--gc-sections", "-Wl,-s");

  private static final String SECTION = "data";
  private static final int ALIGNMENT = 8;

  private final String main;
  private final Map<String, Shelf.Entry> modules;
  private final Variant variant;
  private final String identity;

  /**
   * A program to link.
   *
   * @param all the entries by module, open
   * @param identity the compiler's
   */
  ProgramLinker(String main, Map<String, Shelf.Entry> all, Variant variant, String identity)
      throws IOException {
    this.main = main;
    this.modules = called(main, all);
    this.variant = variant;
    this.identity = identity;
  }

  /** Writes the data of all modules. */
  void writeData(Path target, WriteOptions options) throws IOException {
    try (DataFileWriter out = DataFileWriter.create(target, options)) {
      long at = 0;
      try (OutputStream section = out.section(SECTION, ALIGNMENT, false)) {
        for (Shelf.Entry module : modules.values()) {
          for (DataSection part : parts(module)) {
            section.write(new byte[(int) (aligned(at) - at)]);
            try (InputStream in = part.newInputStream()) {
              in.transferTo(section);
            }
            at = aligned(at) + part.size();
          }
        }
      }
      out.publish();
    }
  }

  /**
   * Links the code of all modules.
   *
   * @param data what {@link #writeData} wrote
   * @param target where the code object goes
   */
  void link(Validity.Fresh data, Path target) throws IOException {
    OutputOptions options = OutputOptions.standard().withDurability(Durability.DEFERRED);
    try (WorkFolder folder = new WorkFolder()) {
      List<Path> objects = new ArrayList<>();
      boolean callsJava = false;
      for (Map.Entry<String, Shelf.Entry> module : modules.entrySet()) {
        Path object = folder.resolve(module.getKey() + ".o");
        module.getValue().copy(variant.object(), object);
        callsJava |= callsJava(object);
        objects.add(object);
      }
      Path cells = folder.resolve("program.cells.o");
      ObjectWriter.of(CodeMaker.TARGET).add(cells(data, callsJava)).write(cells, options);
      objects.add(cells);
      Link.of(data, objects).withArguments(OMIT).write(target, options);
    }
  }

  /** The modules that a program may call, in an order that depends on nothing else. */
  private static Map<String, Shelf.Entry> called(String main, Map<String, Shelf.Entry> all)
      throws IOException {
    Map<String, Shelf.Entry> called = new LinkedHashMap<>();
    Deque<String> waiting = new ArrayDeque<>(List.of(main));
    while (!waiting.isEmpty()) {
      String module = waiting.remove();
      Shelf.Entry entry = all.get(module);
      if (entry != null && called.put(module, entry) == null) {
        waiting.addAll(entry.metadata().calls());
      }
    }
    return called;
  }

  private CellTable cells(Validity.Fresh data, boolean callsJava) throws IOException {
    Origin origin =
        Origin.none()
            .withModule(main)
            .withCompiler(identity)
            .withTarget(CodeMaker.TARGET.target().id())
            .withOption(LEVEL, Integer.toString(variant.level()), Comparison.EXACT);
    if (!variant.cpu().isEmpty()) {
      origin = origin.withFeature(variant.cpu());
    }
    LinkedNote note =
        LinkedNote.unsealed(Shape.SLOTS, Host.current().pageSize(), data.data().id(), origin);
    CellTable cells = CellTable.of(note).function(CGenerator.entry(main), ENTRY_TYPE);
    long at = 0;
    for (Map.Entry<String, Shelf.Entry> module : modules.entrySet()) {
      for (DataSection part : parts(module.getValue())) {
        at = aligned(at);
        cells.slot(CGenerator.cell(module.getKey(), part.name()), SECTION, at);
        at += part.size();
      }
    }
    if (callsJava) {
      cells.importCell(RUNTIME, RUNTIME, RUNTIME_TYPE);
    }
    return cells;
  }

  /** What of a module's data its code wants in memory. */
  private static List<DataSection> parts(Shelf.Entry module) throws IOException {
    return module.data().data().sections().stream()
        .filter(section -> !section.name().equals(ModuleMetadata.SECTION))
        .toList();
  }

  private static boolean callsJava(Path object) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      for (Symbol symbol : Image.map(object, arena).symbols()) {
        if (symbol.name().equals(RUNTIME)) {
          return true;
        }
      }
      return false;
    }
  }

  private static long aligned(long at) {
    return at + ALIGNMENT - 1 & -ALIGNMENT;
  }
}
