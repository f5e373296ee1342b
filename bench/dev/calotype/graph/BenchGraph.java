package dev.calotype.graph;

import dev.calotype.Durability;
import dev.calotype.bench.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** The graphs that benches use, made under {@code target/bench} when one is first wanted. */
public enum BenchGraph {
  /** rustc's, of a crate of 3,500 structs: 2.9 million nodes, 22.5 million edges. */
  RUSTC(0),
  /** Made up, with rustc's proportions. */
  SYNTHETIC_300K(300_000),
  /** The same, ten times the size. */
  SYNTHETIC_3M(3_000_000),
  /** And again. */
  SYNTHETIC_30M(30_000_000);

  private static final Path FOLDER = Path.of("target", "bench");
  private static final Path RUSTC_FILE = FOLDER.toAbsolutePath().resolve("rustc-dep-graph.bin");
  private static final int CRATE_ITEMS = 3500;

  /** Of the graph and, beside it, of the peers' tables. */
  private static final int BYTES_PER_NODE = 500;

  private final int nodes;

  BenchGraph(int nodes) {
    this.nodes = nodes;
  }

  /** How many nodes it has if it is made up, else 0. */
  int nodes() {
    return nodes;
  }

  /** Why it can't be made here, if it can't. */
  Optional<String> missing() throws IOException {
    if (Files.exists(path())) {
      return Optional.empty();
    }
    if (this == RUSTC) {
      return missingRustc();
    }
    Files.createDirectories(FOLDER);
    long free = Files.getFileStore(FOLDER).getUsableSpace();
    return free > (long) nodes * BYTES_PER_NODE
        ? Optional.empty()
        : Optional.of("the disk has %d MiB left".formatted(free >> 20));
  }

  /** Why there is no file of rustc's, if there is none. */
  static Optional<String> missingRustc() {
    return Files.exists(RUSTC_FILE) || Programs.isThere("rustc")
        ? Optional.empty()
        : Optional.of("there is no rustc");
  }

  private Path path() {
    return FOLDER.toAbsolutePath().resolve(name() + ".graph");
  }

  /** The graph, of one segment. */
  Path file() throws IOException {
    Path file = path();
    if (!Files.exists(file)) {
      Files.createDirectories(FOLDER);
      if (this == RUSTC) {
        try (RustcGraph graph = RustcGraph.open(rustcFile())) {
          graph.importInto(file, false, Durability.FAST, _ -> {});
        }
      } else {
        try (Session session =
            Session.open(file, SessionOptions.standard().withDurability(Durability.FAST))) {
          generate(0, nodes, 1, session::node);
          session.commit();
        }
      }
    }
    return file;
  }

  /** What rustc wrote. */
  static Path rustcFile() throws IOException {
    Path file = RUSTC_FILE;
    if (!Files.exists(file)) {
      Path work = Files.createDirectories(FOLDER.resolve("crate"));
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      Path source = work.resolve("big.rs");
      run(source, java, "tools/RustCrate.java", Integer.toString(CRATE_ITEMS));
      Path incremental = work.resolve("incremental");
      run(
          work.resolve("log"),
          "rustc",
          "--crate-type=lib",
          "--out-dir",
          work.toString(),
          "-Cincremental=" + incremental,
          source.toString());
      try (Stream<Path> files = Files.walk(incremental)) {
        Path graph = files.filter(at -> at.endsWith("dep-graph.bin")).findFirst().orElseThrow();
        Files.move(graph, file);
      }
      try (Stream<Path> files = Files.walk(work)) {
        for (Path old : files.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(old);
        }
      }
    }
    return file;
  }

  /** Takes a node. */
  interface Sink {
    long node(
        int kind,
        long keyHigh,
        long keyLow,
        long valueHigh,
        long valueLow,
        long[] edges,
        int count);
  }

  /**
   * Makes up nodes with rustc's proportions: 7.5 edges a node, most to near nodes, a few nodes with
   * many; nine keys of ten with one prefix; one value for four nodes.
   *
   * @param thread which of {@code threads} this is, each of which makes its share: nodes {@code
   *     thread}, {@code thread + threads} and so on, with edges to its own
   * @return the sum of what the sink returned
   */
  static long generate(int thread, int nodes, int threads, Sink sink) {
    SplittableRandom random = new SplittableRandom(thread);
    long[] edges = new long[4096];
    long sum = 0;
    for (int i = thread; i < nodes; i += threads) {
      int own = i / threads;
      int degree = own == 0 ? 0 : degree(random);
      for (int e = 0; e < degree; e++) {
        int far = random.nextInt(8) == 0 ? own : Math.min(own, 300);
        edges[e] = i - threads * (1L + random.nextInt(far));
      }
      sum += sink.node(kind(i), keyHigh(i), keyLow(i), value(i / 4), value(-i / 4), edges, degree);
    }
    return sum;
  }

  static int kind(int i) {
    return ((int) (value(i) >>> 56) * (int) (value(i) >>> 48 & 0xff)) >>> 8;
  }

  static long keyHigh(int i) {
    return i % 10 == 0 ? value(i + 7L) : 0x7a7f20647ea36e93L;
  }

  static long keyLow(int i) {
    return value(i + 0x100000000L);
  }

  static long value(long i) {
    long mixed = (i + 1) * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
    return mixed ^ mixed >>> 31;
  }

  private static int degree(SplittableRandom random) {
    int which = random.nextInt(1000);
    return which < 500 ? 1 : which < 990 ? 2 + random.nextInt(12) : which < 999 ? 100 : 2000;
  }

  private static void run(Path out, String... command) throws IOException {
    Process process =
        new ProcessBuilder(List.of(command))
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException("failed: " + List.of(command));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
