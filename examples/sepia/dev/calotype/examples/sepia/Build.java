package dev.calotype.examples.sepia;

import dev.calotype.Durability;
import dev.calotype.MalformedImageException;
import dev.calotype.cache.Key;
import dev.calotype.emit.OutputOptions;
import dev.calotype.graph.Fingerprint;
import dev.calotype.ji.DataFileWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Brings all modules of a program up to date: finds what each is made from, looks for it in the
 * store, and compiles what is not there.
 */
final class Build {
  private static final OutputOptions QUICK =
      OutputOptions.standard().withDurability(Durability.DEFERRED);

  private final Project project;
  private final Settings settings;
  private final Shelf shelf;
  private final Memory memory;
  private final Compiler compiler;
  private final Report report = new Report();
  private final Map<String, Recipe> recipes = new LinkedHashMap<>();
  private final Map<String, Shelf.Entry> entries = new LinkedHashMap<>();

  Build(Project project, Settings settings, Shelf shelf, Memory memory, Compiler compiler) {
    this.project = project;
    this.settings = settings;
    this.shelf = shelf;
    this.memory = memory;
    this.compiler = compiler;
  }

  /** A module that has to be compiled, or whose code has to be. */
  private record Job(String module, Optional<Shelf.Entry> entry, List<String> causes) {}

  /** A job that is done. */
  private record Done(Job job, Shelf.Entry entry, long nanos) {}

  /**
   * Builds.
   *
   * @return the entries of all modules by name; they are the caller's to close
   * @throws SourceException if something is wrong with the program
   */
  Map<String, Shelf.Entry> run() throws IOException {
    boolean done = false;
    try {
      try {
        build();
      } catch (MalformedImageException e) {
        // Only the graph is asked without a verdict. It can be found out again.
        report.note("the graph was damaged: " + e.getMessage());
        Files.deleteIfExists(settings.graph(project));
        build();
      }
      done = true;
      return entries;
    } finally {
      remember(memory::save);
      if (!done) {
        for (Shelf.Entry entry : entries.values()) {
          entry.close();
        }
      }
    }
  }

  Report report() {
    return report;
  }

  /** The entries of all modules, by name. */
  Map<String, Shelf.Entry> entries() {
    return entries;
  }

  /**
   * Compiles a module anew, whose entry was damaged though it did not look so.
   *
   * @param why what was found
   */
  Shelf.Entry again(String module, String why) throws IOException {
    Shelf.Entry old = entries.remove(module);
    if (old != null) {
      old.close();
    }
    String identity = compiler.identity();
    shelf.drop(Shelf.key(identity, module, recipe(module)));
    Source source = project.source(module);
    if (!Fingerprints.of(Lexer.normalised(source)).equals(recipe(module).source())) {
      throw new IOException("%s changed while the program ran".formatted(source.file()));
    }
    Syntax.Module parsed = Parser.parse(source);
    Map<String, Interface> imports = new HashMap<>();
    for (Syntax.Import it : parsed.imports()) {
      imports.put(it.alias(), Interface.of(Parser.parse(project.source(it.module()))));
    }
    Job job = new Job(module, Optional.empty(), List.of(why));
    Done done =
        compile(new Work(job, parsed, imports), new CodeMaker(compiler, identity), identity);
    entries.put(module, done.entry());
    report.add(line(done));
    return done.entry();
  }

  private void build() throws IOException {
    String before = memory.compiler();
    String identity = compiler.identity();
    try (Dependencies dependencies = new Dependencies(project, memory, settings.graph(project))) {
      if (!dependencies.trouble().isEmpty()) {
        report.note(dependencies.trouble() + ", so everything is parsed");
      }
      if (dependencies.isCompilerNew(identity)) {
        report.note("the compiler changed: it was '%s', it is '%s'".formatted(before, identity));
      }
      List<Job> jobs = jobs(dependencies, identity);
      compile(dependencies, jobs, identity);
      for (String module : entries.keySet()) {
        dependencies.recordCode(module, settings.variant(), code(module, identity));
      }
      remember(dependencies::commit);
    }
  }

  /** What is not remembered is found out again: no reason to stop. */
  private void remember(Remembering work) {
    try {
      work.run();
    } catch (IOException e) {
      report.note("not remembered for next time: " + e.getMessage());
    }
  }

  @FunctionalInterface
  private interface Remembering {
    void run() throws IOException;
  }

  /** Looks at each module that is reached from the first one. */
  private List<Job> jobs(Dependencies dependencies, String identity) throws IOException {
    recipes.clear();
    List<Job> jobs = new ArrayList<>();
    Deque<String> waiting = new ArrayDeque<>(List.of(project.main()));
    while (!waiting.isEmpty()) {
      String module = waiting.remove();
      if (recipes.containsKey(module)) {
        continue;
      }
      long start = System.nanoTime();
      Recipe recipe = dependencies.recipe(module);
      recipes.put(module, recipe);
      waiting.addAll(recipe.imports().keySet());
      Shelf.Answer answer = shelf.get(Shelf.key(identity, module, recipe));
      answer.entry().ifPresent(entry -> entries.put(module, entry));
      List<String> causes = causes(dependencies, module, answer);
      if (answer.entry().isPresent() && answer.entry().get().has(settings.variant())) {
        List<String> why =
            dependencies.isTextNew(module) ? List.of("only comments or space changed") : List.of();
        report.add(new Report.Line(module, Report.Outcome.FRESH, why, System.nanoTime() - start));
      } else {
        jobs.add(new Job(module, answer.entry(), causes));
      }
    }
    return jobs;
  }

  /** Why a module can't be used as it is. */
  private List<String> causes(Dependencies dependencies, String module, Shelf.Answer answer) {
    List<String> causes = new ArrayList<>();
    if (answer.entry().isPresent()) {
      return List.of("no code for " + settings.variant());
    }
    Optional<Recipe> before = dependencies.recipeBefore(module);
    if (before.isEmpty()) {
      return List.of("new");
    }
    Recipe now = recipe(module);
    if (!before.get().source().equals(now.source())) {
      causes.add("its source changed");
    }
    changes("interface of ", before.get().imports(), now.imports(), causes);
    changes("file ", before.get().files(), now.files(), causes);
    if (causes.isEmpty()) {
      causes.add(answer.why());
    }
    return causes;
  }

  private static void changes(
      String what,
      Map<String, Fingerprint> before,
      Map<String, Fingerprint> now,
      List<String> causes) {
    now.forEach((name, value) -> {
      if (!value.equals(before.getOrDefault(name, value))) {
        causes.add(what + name + " changed");
      }
    });
  }

  /** Compiles side by side, after all was checked. */
  private void compile(Dependencies dependencies, List<Job> jobs, String identity)
      throws IOException {
    List<Work> works = new ArrayList<>();
    for (Job job : jobs) {
      Syntax.Module module = dependencies.parsed(job.module());
      Map<String, Interface> imports = new HashMap<>();
      for (Syntax.Import it : module.imports()) {
        imports.put(it.alias(), interfaceOf(dependencies, it.module()));
      }
      works.add(new Work(job, module, imports));
    }
    CodeMaker codes = new CodeMaker(compiler, identity);
    int threads = Runtime.getRuntime().availableProcessors();
    List<Future<Done>> futures = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      works.forEach(work -> futures.add(executor.submit(() -> compile(work, codes, identity))));
    }
    IOException failure = null;
    for (Future<Done> future : futures) {
      try {
        Done done = future.resultNow();
        entries.put(done.job().module(), done.entry());
        report.add(line(done));
        if (!done.entry().isStored()) {
          report.note("%s could not be kept in the store".formatted(done.job().module()));
        }
      } catch (IllegalStateException e) {
        failure = failure == null ? failure(future.exceptionNow()) : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static IOException failure(Throwable e) {
    return e instanceof IOException io ? io : new IOException(e.getMessage(), e);
  }

  private static Report.Line line(Done done) {
    List<String> causes = new ArrayList<>(done.job().causes());
    Report.Outcome outcome =
        done.job().entry().isPresent() ? Report.Outcome.CODE : Report.Outcome.COMPILED;
    if (!done.entry().wasBuilt()) {
      causes.add("somebody else compiled it meanwhile");
      outcome = Report.Outcome.FRESH;
    }
    return new Report.Line(done.job().module(), outcome, causes, done.nanos());
  }

  /** What a thread needs to compile a module. */
  private record Work(Job job, CGenerator.Generated generated, Syntax.Module module) {
    Work(Job job, Syntax.Module module, Map<String, Interface> imports) {
      this(job, CGenerator.generate(module, imports, Checker.check(module, imports)), module);
    }
  }

  private Done compile(Work work, CodeMaker codes, String identity) throws IOException {
    long start = System.nanoTime();
    Job job = work.job();
    Key key = Shelf.key(identity, job.module(), recipe(job.module()));
    Shelf.CodeMaking code =
        (data, target) ->
            codes.make(work.module(), work.generated(), data, settings.variant(), QUICK, target);
    DataWriter.FileFinder file = name -> project.file(job.module()).resolveSibling(name);
    Shelf.DataMaker data =
        (target, draft) -> {
          try (DataFileWriter out = DataFileWriter.create(target, draft.options())) {
            DataWriter.write(work.module(), work.generated().literals(), file, out);
            out.publish();
          }
        };
    Shelf.Entry entry =
        job.entry().isPresent()
            ? shelf.extend(key, job.entry().get(), settings.variant(), code)
            : shelf.build(key, data, settings.variant(), code);
    return new Done(job, entry, System.nanoTime() - start);
  }

  /** The interface of a module: from its data where that is there, else from its source. */
  private Interface interfaceOf(Dependencies dependencies, String module) throws IOException {
    Shelf.Entry entry = entries.get(module);
    return entry != null ? entry.metadata().exported() : Interface.of(dependencies.parsed(module));
  }

  private Fingerprint code(String module, String identity) {
    return Fingerprints.of(
        Shelf.key(identity, module, recipe(module)).hex() + settings.variant().tag());
  }

  private Recipe recipe(String module) {
    Recipe recipe = recipes.get(module);
    if (recipe == null) {
      throw new IllegalStateException(module);
    }
    return recipe;
  }
}
