package dev.calotype.examples.sepia;

import dev.calotype.Durability;
import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.graph.Colour;
import dev.calotype.graph.Fingerprint;
import dev.calotype.graph.Graph;
import dev.calotype.graph.Session;
import dev.calotype.graph.SessionOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds the recipe of each module, and parses only what it has to: what depends on nothing that has
 * changed is as the graph has it. The nodes, and what their values stand for:
 *
 * <pre>
 *   NOW                       this session
 *   TEXT module    ► NOW      the bytes of its file
 *   SOURCE module  ► TEXT     the source without comments
 *   INTERFACE m    ► SOURCE   what it exports
 *   FILE name      ► NOW      the bytes of a file that a table is made of
 *   RECIPE module  ► SOURCE, INTERFACE of each import, FILE of each table
 *   COMPILER       ► NOW      its identity
 *   CODE m variant ► RECIPE, COMPILER
 * </pre>
 *
 * <p>Without a graph, because there is none, it is damaged or another process has it, everything is
 * parsed, and the answer is the same.
 */
final class Dependencies implements AutoCloseable {
  private static final int NOW = 0;
  private static final int TEXT = 1;
  private static final int SOURCE = 2;
  private static final int INTERFACE = 3;
  private static final int FILE = 4;
  private static final int RECIPE = 5;
  private static final int COMPILER = 6;
  private static final int CODE = 7;

  /** What stands for a file that is not there. */
  private static final Fingerprint NOTHING = new Fingerprint(0, 0);

  private static final Fingerprint ONE = new Fingerprint(0, 1);

  private final Project project;
  private final Memory memory;
  private final Optional<Session> session;
  private final Optional<Graph> before;
  private final String trouble;
  private final Map<Fingerprint, String> names = new HashMap<>();
  private final Map<String, Fingerprint> keys = new HashMap<>();
  private final Map<Node, Long> recorded = new HashMap<>();
  private final Map<Node, Fingerprint> values = new HashMap<>();
  private final Map<String, Syntax.Module> parsed = new HashMap<>();
  private boolean isNews;

  /** A node by what it is of. Its methods are written out: the JDK's are made at each start. */
  private record Node(int kind, String name) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Node node && kind == node.kind && name.equals(node.name);
    }

    @Override
    public int hashCode() {
      return 31 * name.hashCode() + kind;
    }
  }

  /** Begins with what the graph in that file says. */
  Dependencies(Project project, Memory memory, Path graph) throws IOException {
    this.project = project;
    this.memory = memory;
    Optional<Session> opened = Optional.empty();
    String why = "";
    SessionOptions options = SessionOptions.standard().withDurability(Durability.FAST);
    try {
      opened = Optional.of(Session.open(graph, options));
    } catch (RefusedException e) {
      why = "another process has the graph";
    } catch (MalformedImageException | UnsupportedFormatException e) {
      why = "the graph was damaged: " + e.getMessage();
      Files.deleteIfExists(graph);
      opened = Optional.of(Session.open(graph, options));
    } catch (IOException e) {
      why = "the graph can't be used: " + e.getMessage();
    }
    session = opened;
    before = opened.flatMap(Session::previous);
    trouble = why;
    memory
        .files()
        .forEach((name, known) -> {
          names.put(known.key(), name);
          keys.put(name, known.key());
        });
    long last = before.map(it -> it.find(NOW, 0, 0)).orElse(Graph.NONE);
    long number = last == Graph.NONE ? 0 : before.orElseThrow().valueLow(last);
    record(new Node(NOW, ""), new Fingerprint(0, number + 1), List.of());
  }

  /** Why there was no graph to ask; empty if there was. */
  String trouble() {
    return trouble;
  }

  /** What a module's data and code are made from now. */
  Recipe recipe(String module) throws IOException {
    Optional<Recipe> known = green(RECIPE, module).flatMap(this::recipe);
    if (known.isPresent()) {
      return known.get();
    }
    Syntax.Module parsed = parsed(module);
    SortedMap<String, Fingerprint> imports = new TreeMap<>();
    SortedMap<String, Fingerprint> files = new TreeMap<>();
    List<Node> edges = new ArrayList<>(List.of(new Node(SOURCE, module)));
    Fingerprint source = value(SOURCE, module);
    for (Syntax.Import it : parsed.imports()) {
      if (!Files.isRegularFile(project.file(it.module()))) {
        Path wanted = project.shown(project.file(it.module()));
        throw new SourceException(
            parsed.source(),
            it.at(),
            "there is no module %s: no %s".formatted(it.module(), wanted));
      }
      imports.put(it.module(), value(INTERFACE, it.module()));
      edges.add(new Node(INTERFACE, it.module()));
    }
    for (Syntax.Table table : parsed.tables()) {
      if (table instanceof Syntax.FileTable file) {
        String name = fileName(parsed, file);
        files.put(name, value(FILE, name));
        edges.add(new Node(FILE, name));
      }
    }
    Recipe recipe = new Recipe(source, imports, files);
    record(new Node(RECIPE, module), recipe.fingerprint(), edges);
    return recipe;
  }

  /** What a module's data and code were made from last time, as far as the names are known. */
  Optional<Recipe> recipeBefore(String module) {
    long node = find(new Node(RECIPE, module));
    return node == Graph.NONE ? Optional.empty() : recipe(node);
  }

  /** Whether a module's file is another than last time, be it only in a comment. */
  boolean isTextNew(String module) {
    long node = find(new Node(TEXT, module));
    return node != Graph.NONE && session.orElseThrow().colour(node) == Colour.RED;
  }

  /** The module, parsed now if it was not yet. */
  Syntax.Module parsed(String module) throws IOException {
    Syntax.Module known = parsed.get(module);
    if (known == null) {
      known = Parser.parse(project.source(module));
      parsed.put(module, known);
    }
    return known;
  }

  /** Which modules had to be parsed, by name. */
  List<String> parsedModules() {
    return parsed.keySet().stream().sorted().toList();
  }

  /** Whether the compiler is the one of last time; also if nothing is known of that. */
  boolean isCompilerNew(String identity) {
    long node = find(new Node(COMPILER, ""));
    record(new Node(COMPILER, ""), Fingerprints.of(identity), List.of(new Node(NOW, "")));
    return node != Graph.NONE && session.orElseThrow().colour(node) == Colour.RED;
  }

  /** Whether that code of a module was made before, and nothing of it has changed. */
  boolean isCodeGreen(String module, Variant variant) {
    return green(CODE, module + " " + variant.tag()).isPresent();
  }

  /** Remembers that there is code of a module. */
  void recordCode(String module, Variant variant, Fingerprint id) {
    Node node = new Node(CODE, module + " " + variant.tag());
    long known = find(node);
    if (known == Graph.NONE || session.orElseThrow().colour(known) == Colour.UNKNOWN) {
      record(node, id, List.of(new Node(RECIPE, module), new Node(COMPILER, "")));
    }
  }

  /** Commits what was found, if anything is new. */
  void commit() throws IOException {
    if (session.isPresent() && isNews) {
      session.get().commit();
    }
  }

  @Override
  public void close() throws IOException {
    if (session.isPresent()) {
      session.get().close();
    }
  }

  /** The node of the graph before, if nothing that it depends on has changed. */
  private Optional<Long> green(int kind, String name) {
    Node node = new Node(kind, name);
    if (recorded.containsKey(node)) {
      return Optional.empty();
    }
    long index = find(node);
    return index != Graph.NONE && session.orElseThrow().tryMarkGreen(index, this::recompute)
        ? Optional.of(index)
        : Optional.empty();
  }

  /** The value of a node, computed unless the graph has it. */
  private Fingerprint value(int kind, String name) throws IOException {
    Node node = new Node(kind, name);
    Fingerprint known = values.get(node);
    if (known != null) {
      return known;
    }
    Optional<Long> green = green(kind, name);
    if (green.isPresent()) {
      Fingerprint value = before.orElseThrow().value(green.get());
      values.put(node, value);
      return value;
    }
    known = values.get(node); // If it was computed on the way.
    return known != null ? known : compute(node);
  }

  private Fingerprint compute(Node node) throws IOException {
    String name = node.name();
    return switch (node.kind()) {
      case TEXT -> record(node, content(name, project.file(name)), List.of(new Node(NOW, "")));
      case FILE -> record(node, content(name, project.path(name)), List.of(new Node(NOW, "")));
      case SOURCE -> {
        value(TEXT, name);
        Fingerprint source = Fingerprints.of(Lexer.normalised(project.source(name)));
        yield record(node, source, List.of(new Node(TEXT, name)));
      }
      case INTERFACE -> {
        value(SOURCE, name);
        Fingerprint all = Fingerprints.of(Interface.of(parsed(name)).text());
        yield record(node, all, List.of(new Node(SOURCE, name)));
      }
      default -> throw new IllegalArgumentException("kind " + node.kind());
    };
  }

  /** Called for what something red is below. */
  private boolean recompute(long index) {
    Graph graph = before.orElseThrow();
    int kind = graph.kind(index);
    String name = names.get(graph.key(index));
    if (name == null || kind == NOW || kind >= RECIPE) {
      return false;
    }
    boolean isFile = kind == FILE;
    if (!isFile && !Files.isRegularFile(project.file(name))) {
      return false; // Whoever wants it says so.
    }
    try {
      compute(new Node(kind, name));
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a node of the graph before says, if all names in it are known. */
  private Optional<Recipe> recipe(long index) {
    Graph graph = before.orElseThrow();
    Fingerprint source = NOTHING;
    SortedMap<String, Fingerprint> imports = new TreeMap<>();
    SortedMap<String, Fingerprint> files = new TreeMap<>();
    for (int i = 0; i < graph.edgeCount(index); i++) {
      long edge = graph.edge(index, i);
      String name = names.get(graph.key(edge));
      if (name == null) {
        return Optional.empty();
      }
      switch (graph.kind(edge)) {
        case SOURCE -> source = graph.value(edge);
        case INTERFACE -> imports.put(name, graph.value(edge));
        default -> files.put(name, graph.value(edge));
      }
    }
    return Optional.of(new Recipe(source, imports, files));
  }

  private Fingerprint record(Node node, Fingerprint value, List<Node> edges) {
    values.put(node, value);
    long known = find(node);
    if (known != Graph.NONE && session.orElseThrow().colour(known) != Colour.UNKNOWN) {
      recorded.put(node, known);
    } else if (session.isPresent()) {
      long[] indices = edges.stream().mapToLong(this::index).toArray();
      Fingerprint key = key(node);
      long index =
          session
              .get()
              .node(
                  node.kind(),
                  key.high(),
                  key.low(),
                  value.high(),
                  value.low(),
                  indices,
                  indices.length);
      recorded.put(node, index);
      isNews |= node.kind() != NOW && session.get().colour(index) == Colour.RED;
    }
    return value;
  }

  private long index(Node node) {
    Long index = recorded.get(node);
    return index != null ? index : find(node);
  }

  private long find(Node node) {
    if (before.isEmpty()) {
      return Graph.NONE;
    }
    Fingerprint key = key(node);
    return before.get().find(node.kind(), key.high(), key.low());
  }

  private Fingerprint key(Node node) {
    if (node.kind() != CODE) {
      return key(node.name());
    }
    // Next to the module's, so that nothing need be digested.
    int at = node.name().lastIndexOf(' ');
    Fingerprint module = key(node.name().substring(0, at));
    return new Fingerprint(module.high(), module.low() ^ node.name().substring(at).hashCode());
  }

  private Fingerprint key(String name) {
    return name.isEmpty()
        ? NOTHING
        : keys.computeIfAbsent(
            name,
            it -> {
              Fingerprint key = Fingerprints.of(it);
              names.put(key, it);
              return key;
            });
  }

  private Fingerprint content(String name, Path file) throws IOException {
    return memory.content(name, file).orElse(ONE);
  }

  /** A file's name within the program: it lies beside its module or below. */
  private String fileName(Syntax.Module module, Syntax.FileTable table) {
    Path folder =
        project.root().relativize(project.file(module.source().module())).resolveSibling("");
    Path name = folder.resolve(table.file()).normalize();
    if (name.isAbsolute()
        || name.startsWith("..")
        || !Files.isRegularFile(project.root().resolve(name))) {
      throw new SourceException(
          module.source(), table.at(), "there is no file '%s' beside it".formatted(table.file()));
    }
    return "/" + name;
  }
}
