package dev.calotype.examples.sepia;

import dev.calotype.cache.Key;
import dev.calotype.ji.DataFileWriter;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compiles modules into the store. Safe for use by several threads. */
final class ModuleCompiler {
  private final Project project;
  private final Shelf shelf;
  private final CodeMaker codes;
  private final Variant variant;

  ModuleCompiler(Project project, Shelf shelf, CodeMaker codes, Variant variant) {
    this.project = project;
    this.shelf = shelf;
    this.codes = codes;
    this.variant = variant;
  }

  /**
   * A module that has been checked and is to be compiled.
   *
   * @param module the module
   * @param generated what it became in C
   * @param key what its entry is found by
   * @param entry its entry, if only code is to be added
   * @param causes why it is compiled
   */
  record Work(
      Syntax.Module module,
      CGenerator.Generated generated,
      Key key,
      Optional<Shelf.Entry> entry,
      List<String> causes) {

    /**
     * Checks a module.
     *
     * @param imports the interfaces of what it imports, by alias
     * @throws SourceException if it has an error
     */
    static Work of(
        Syntax.Module module,
        Map<String, Interface> imports,
        Key key,
        Optional<Shelf.Entry> entry,
        List<String> causes) {
      CGenerator.Generated generated =
          CGenerator.generate(module, imports, Checker.check(module, imports));
      return new Work(module, generated, key, entry, causes);
    }

    String name() {
      return module.source().module();
    }
  }

  /** Work that is done. */
  record Done(Work work, Shelf.Entry entry, long nanos) {
    /** What a report says of it. */
    Report.Line line() {
      if (!entry.wasBuilt()) {
        List<String> why = List.of("somebody else compiled it meanwhile");
        return new Report.Line(work.name(), Report.Outcome.FRESH, why, nanos);
      }
      Report.Outcome outcome =
          work.entry().isPresent() ? Report.Outcome.CODE : Report.Outcome.COMPILED;
      return new Report.Line(work.name(), outcome, work.causes(), nanos);
    }
  }

  /** Compiles, unless another process does. */
  Done compile(Work work) throws IOException {
    long start = System.nanoTime();
    Shelf.CodeMaking code =
        (_, target) -> codes.make(work.generated(), work.name(), variant, target);
    Shelf.DataMaker data =
        (target, draft) -> {
          try (DataFileWriter out = DataFileWriter.create(target, draft.options())) {
            DataWriter.write(
                work.module(),
                work.generated(),
                name -> project.file(work.name()).resolveSibling(name),
                out);
            out.publish();
          }
        };
    Shelf.Entry entry =
        work.entry().isPresent()
            ? shelf.extend(work.key(), work.entry().get(), variant.object(), code)
            : shelf.build(work.key(), data, variant.object(), code);
    return new Done(work, entry, System.nanoTime() - start);
  }
}
