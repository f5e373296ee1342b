package dev.calotype.examples.sepia;

import dev.calotype.MalformedImageException;
import dev.calotype.cache.Key;
import dev.calotype.graph.Fingerprint;
import dev.calotype.ji.Tier;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Brings a program up to date: finds what each module is made from, looks for it in the store,
 * compiles what is not there, and links all of them unless that was done. Owns the entries that it
 * opened.
 */
final class Build implements AutoCloseable {
  private final Project project;
  private final Settings settings;
  private final Shelf shelf;
  private final Memory memory;
  private final Compiler compiler;
  private Report report = new Report();
  private final Map<String, Recipe> recipes = new LinkedHashMap<>();
  private final Map<String, Shelf.Entry> entries = new HashMap<>();
  private Optional<Shelf.Entry> program = Optional.empty();
  private String identity = "";
  private boolean isCompilerNew;

  Build(Project project, Settings settings, Shelf shelf, Memory memory, Compiler compiler) {
    this.project = project;
    this.settings = settings;
    this.shelf = shelf;
    this.memory = memory;
    this.compiler = compiler;
  }

  /** A module that has to be compiled, or whose code has to be. */
  private record Job(String module, Optional<Shelf.Entry> entry, List<String> causes) {}

  /**
   * Builds.
   *
   * @param isLazy whether to look at the program alone if none of its files looks changed; and else
   *     to believe the graph where it says that a module has not, and to look for that module in
   *     the store when it is linked
   * @throws SourceException if something is wrong with the program
   */
  void run(boolean isLazy) throws IOException {
    if (isLazy && findProgram()) {
      return;
    }
    try {
      build(isLazy);
    } catch (MalformedImageException e) {
      // Only the graph is asked without a verdict. It can be found out again.
      report.note("the graph was damaged: " + e.getMessage());
      Files.deleteIfExists(settings.graph(project));
      build(isLazy);
    } finally {
      remember(memory::save);
    }
  }

  /** What was done. */
  Report report() {
    return report;
  }

  /** The linked program, open as long as this is; empty if it has no {@code main} to start with. */
  Optional<Shelf.Entry> program() {
    return program;
  }

  /**
   * Links the program anew, whose entry was damaged though it did not look so.
   *
   * @param why what was found
   */
  Optional<Shelf.Entry> programAgain(String why) throws IOException {
    close();
    shelf.drop(Shelf.programKey(identity, project.main(), memory.program().fingerprint()));
    report = new Report();
    report.note("the program was damaged in the store: " + why);
    run(false);
    return program;
  }

  private Shelf.Entry again(String module, Optional<Shelf.Entry> entry, String why)
      throws IOException {
    Source source = project.source(module);
    if (!Fingerprints.of(Lexer.normalised(source)).equals(recipe(module).source())) {
      throw new IOException("%s changed while the program ran".formatted(source.file()));
    }
    Syntax.Module parsed = Parser.parse(source);
    Map<String, Interface> imports = new HashMap<>();
    for (Syntax.Import it : parsed.imports()) {
      imports.put(it.alias(), Interface.of(Parser.parse(project.source(it.module()))));
    }
    ModuleCompiler.Work work =
        ModuleCompiler.Work.of(parsed, imports, key(module), entry, List.of(why));
    ModuleCompiler.Done done = compiler().compile(work);
    add(done);
    return done.entry();
  }

  @Override
  public void close() throws IOException {
    for (Shelf.Entry entry : entries.values()) {
      entry.close();
    }
    entries.clear();
    if (program.isPresent()) {
      program.get().close();
    }
    program = Optional.empty();
  }

  /**
   * Finds the linked program of last time, if nothing that it is made from looks changed: a look at
   * each file and one at the store.
   */
  private boolean findProgram() throws IOException {
    long start = System.nanoTime();
    Memory.Program last = memory.program();
    identity = compiler.identity();
    if (!last.compiler().equals(identity) || !memory.isUnchanged(project)) {
      return false;
    }
    program = shelf.get(Shelf.programKey(identity, project.main(), last.fingerprint())).entry();
    if (program.isEmpty()) {
      return false;
    }
    if (!program.get().has(settings.variant().library())) {
      program.get().close();
      program = Optional.empty();
      return false;
    }
    report.note("no file looks changed, so only the program was looked at");
    for (String module : last.modules()) {
      report.add(new Report.Line(module, Report.Outcome.FRESH, List.of(), 0));
    }
    report(Report.Outcome.FRESH, "", start);
    return true;
  }

  private void build(boolean isLazy) throws IOException {
    String before = memory.compiler();
    identity = compiler.identity();
    try (Dependencies dependencies = new Dependencies(project, memory, settings.graph(project))) {
      if (!dependencies.trouble().isEmpty()) {
        report.note(dependencies.trouble() + ", so everything is parsed");
      }
      isCompilerNew = dependencies.isCompilerNew(identity);
      if (isCompilerNew) {
        report.note("the compiler changed: it was '%s', it is '%s'".formatted(before, identity));
      }
      compile(dependencies, jobs(dependencies, isLazy));
      link(dependencies);
      for (String module : entries.keySet()) {
        String code = key(module).hex() + settings.variant().tag();
        dependencies.recordCode(module, settings.variant(), Fingerprints.of(code));
      }
      remember(dependencies::commit);
    }
  }

  /** Looks at each module that is reached from the first one. */
  private List<Job> jobs(Dependencies dependencies, boolean isLazy) throws IOException {
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
      boolean isFresh = isLazy && dependencies.isCodeGreen(module, settings.variant());
      if (!isFresh) {
        Shelf.Answer answer = shelf.get(key(module), Tier.FULL);
        answer.entry().ifPresent(entry -> entries.put(module, entry));
        isFresh =
            answer.entry().isPresent() && answer.entry().get().has(settings.variant().object());
        if (!isFresh) {
          jobs.add(new Job(module, answer.entry(), causes(dependencies, module, answer)));
        }
      }
      if (isFresh) {
        List<String> why =
            dependencies.isTextNew(module) ? List.of("only comments or space changed") : List.of();
        report.add(new Report.Line(module, Report.Outcome.FRESH, why, System.nanoTime() - start));
      }
    }
    return jobs;
  }

  /** Links the program, unless there is one of these very modules. */
  private void link(Dependencies dependencies) throws IOException {
    StringBuilder keys = new StringBuilder();
    Set<String> files = new TreeSet<>(recipes.keySet());
    for (Map.Entry<String, Recipe> module : recipes.entrySet()) {
      keys.append(module.getKey()).append(' ').append(key(module.getKey()).hex()).append('\n');
      files.addAll(module.getValue().files().keySet());
    }
    Memory.Program last = memory.program();
    Memory.Program now =
        new Memory.Program(
            Fingerprints.of(keys.toString()), identity, List.copyOf(recipes.keySet()));
    if (CGenerator.canStart(interfaceOf(dependencies, project.main()))) {
      link(last, now.fingerprint());
      memory.setProgram(now, files);
    }
  }

  private void link(Memory.Program last, Fingerprint modules) throws IOException {
    long start = System.nanoTime();
    Key key = Shelf.programKey(identity, project.main(), modules);
    String library = settings.variant().library();
    Shelf.Answer answer = shelf.get(key);
    Optional<Shelf.Entry> entry = answer.entry();
    if (entry.isPresent() && entry.get().has(library)) {
      program = entry;
      report(Report.Outcome.FRESH, "", start);
      return;
    }
    ProgramLinker linker = new ProgramLinker(project.main(), whole(), settings.variant(), identity);
    Shelf.CodeMaking code = linker::link;
    Shelf.Entry linked =
        entry.isPresent()
            ? shelf.extend(key, entry.get(), library, code)
            : shelf.build(
                key, (target, draft) -> linker.writeData(target, draft.options()), library, code);
    program = Optional.of(linked);
    if (!linked.isStored()) {
      report.note("the program could not be kept in the store");
    }
    if (!linked.wasBuilt()) {
      report(Report.Outcome.FRESH, "somebody else linked it meanwhile", start);
    } else if (entry.isPresent()) {
      report(Report.Outcome.LINKED, "no code for " + settings.variant(), start);
    } else if (last.modules().isEmpty()) {
      report(Report.Outcome.LINKED, "new", start);
    } else {
      boolean isSame = last.fingerprint().equals(modules);
      report(Report.Outcome.LINKED, isSame ? answer.why() : "modules changed", start);
    }
  }

  private void report(Report.Outcome outcome, String cause, long start) {
    List<String> causes = cause.isEmpty() ? List.of() : List.of(cause);
    report.setProgram(new Report.Line(Report.PROGRAM, outcome, causes, System.nanoTime() - start));
  }

  /** The entries of all modules, each of whose bytes was verified, or just written. */
  private Map<String, Shelf.Entry> whole() throws IOException {
    Map<String, Shelf.Entry> whole = new LinkedHashMap<>();
    for (String module : recipes.keySet()) {
      whole.put(module, entry(module));
    }
    return whole;
  }

  private Shelf.Entry entry(String module) throws IOException {
    Shelf.Entry known = entries.get(module);
    if (known != null) {
      return known;
    }
    Shelf.Answer answer = shelf.get(key(module), Tier.FULL);
    if (answer.entry().isEmpty() || !answer.entry().get().has(settings.variant().object())) {
      return again(module, answer.entry(), answer.why());
    }
    entries.put(module, answer.entry().get());
    return answer.entry().get();
  }

  /** Why a module can't be used as it is. */
  private List<String> causes(Dependencies dependencies, String module, Shelf.Answer answer) {
    if (answer.entry().isPresent()) {
      return List.of("no code for " + settings.variant());
    }
    Optional<Recipe> before = dependencies.recipeBefore(module);
    if (before.isEmpty()) {
      return List.of("new");
    }
    Recipe now = recipe(module);
    List<String> causes = new ArrayList<>();
    if (isCompilerNew) {
      causes.add("another compiler");
    }
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
  private void compile(Dependencies dependencies, List<Job> jobs) throws IOException {
    if (jobs.isEmpty()) {
      return;
    }
    List<ModuleCompiler.Work> works = new ArrayList<>();
    for (Job job : jobs) {
      Syntax.Module module = dependencies.parsed(job.module());
      Map<String, Interface> imports = new HashMap<>();
      for (Syntax.Import it : module.imports()) {
        imports.put(it.alias(), interfaceOf(dependencies, it.module()));
      }
      works.add(
          ModuleCompiler.Work.of(module, imports, key(job.module()), job.entry(), job.causes()));
    }
    ModuleCompiler compiler = compiler();
    List<Future<ModuleCompiler.Done>> futures = new ArrayList<>();
    int threads = Runtime.getRuntime().availableProcessors();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      works.forEach(work -> futures.add(executor.submit(() -> compiler.compile(work))));
    }
    Optional<Throwable> failure = Optional.empty();
    for (Future<ModuleCompiler.Done> future : futures) {
      if (future.state() == Future.State.SUCCESS) {
        add(future.resultNow());
      } else if (failure.isEmpty()) {
        failure = Optional.of(future.exceptionNow());
      }
    }
    if (failure.isPresent()) {
      throw failure.get() instanceof IOException e
          ? e
          : new IOException(failure.get().getMessage(), failure.get());
    }
  }

  private void add(ModuleCompiler.Done done) {
    entries.put(done.work().name(), done.entry());
    report.add(done.line());
    if (!done.entry().isStored()) {
      report.note("%s could not be kept in the store".formatted(done.work().name()));
    }
  }

  private ModuleCompiler compiler() {
    return new ModuleCompiler(project, shelf, new CodeMaker(compiler), settings.variant());
  }

  /** The interface of a module: from its data where that is there, else from its source. */
  private Interface interfaceOf(Dependencies dependencies, String module) throws IOException {
    Shelf.Entry entry = entries.get(module);
    return entry != null ? entry.metadata().exported() : Interface.of(dependencies.parsed(module));
  }

  private Key key(String module) {
    return Shelf.key(identity, module, recipe(module));
  }

  private Recipe recipe(String module) {
    Recipe recipe = recipes.get(module);
    if (recipe == null) {
      throw new IllegalArgumentException("no module " + module);
    }
    return recipe;
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
}
