package dev.calotype.examples.sepia;

import dev.calotype.emit.CellTable;
import dev.calotype.emit.ObjectTarget;
import dev.calotype.emit.ObjectWriter;
import dev.calotype.emit.OutputOptions;
import dev.calotype.ji.Comparison;
import dev.calotype.ji.Host;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Validity;
import dev.calotype.split.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes a code object: the C compiler makes an object of the generated C, the object writer one
 * with the cells and the note that says what they are for, and the linker a library of both.
 */
final class CodeMaker {
  /** The option of the note that says how much the code was optimised. */
  static final String LEVEL = "opt-level";

  /** The cell of the runtime's function, its name and its type. */
  static final String RUNTIME = "runtime";

  /** The type of the runtime's function. */
  static final String RUNTIME_TYPE = "(JPJJ)J";

  private static final Host HOST = Host.current();

  /** What code is made for: this machine. */
  static final ObjectTarget TARGET = ObjectTarget.ofId(HOST.target());

  private final Compiler compiler;
  private final String identity;

  CodeMaker(Compiler compiler, String identity) {
    this.compiler = compiler;
    this.identity = identity;
  }

  /**
   * Makes code.
   *
   * @param data what it belongs to
   * @param options how it is made to appear
   * @param target where it goes
   */
  void make(
      Syntax.Module module,
      CGenerator.Generated generated,
      Validity.Fresh data,
      Variant variant,
      OutputOptions options,
      Path target)
      throws IOException {
    try (WorkFolder folder = new WorkFolder()) {
      make(module, generated, data, variant, options, folder, target);
    }
  }

  private void make(
      Syntax.Module module,
      CGenerator.Generated generated,
      Validity.Fresh data,
      Variant variant,
      OutputOptions options,
      WorkFolder folder,
      Path target)
      throws IOException {
    String name = module.source().module();
    Path c = folder.resolve(name + ".c");
    Path object = folder.resolve(name + ".o");
    Path cells = folder.resolve(name + ".cells.o");
    Files.writeString(c, generated.c());
    compiler.compile(c, object, variant);
    ObjectWriter.of(TARGET).add(cells(module, generated, data, variant)).write(cells, options);
    Link.of(data, List.of(object, cells)).write(target, options);
  }

  private CellTable cells(
      Syntax.Module module, CGenerator.Generated generated, Validity.Fresh data, Variant variant) {
    Origin origin =
        Origin.none()
            .withModule(module.source().module())
            .withCompiler(identity)
            .withTarget(TARGET.target().id())
            .withOption(LEVEL, Integer.toString(variant.level()), Comparison.EXACT);
    if (!variant.cpu().isEmpty()) {
      origin = origin.withFeature(variant.cpu());
    }
    CellTable cells =
        CellTable.of(LinkedNote.unsealed(Shape.SLOTS, HOST.pageSize(), data.data().id(), origin))
            .importCell(RUNTIME, RUNTIME, RUNTIME_TYPE);
    if (!generated.literals().isEmpty()) {
      cells.slot(CGenerator.LITERALS_CELL, DataWriter.LITERALS, 0);
    }
    for (Syntax.Table table : module.tables()) {
      cells.slot(CGenerator.cell(table.name()), DataWriter.section(table.name()), 0);
    }
    for (Syntax.Function function : module.functions()) {
      if (function.isExported()) {
        cells.function(CGenerator.symbol(function.name()), Signature.of(function).inNote());
      }
    }
    return cells;
  }
}
