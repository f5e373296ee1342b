package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import dev.calotype.testing.RustcSamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GraphCommandsTest {
  private final Path folder;
  private final Path rustc;
  private final Path graph;

  GraphCommandsTest(@TempDir Path folder) {
    this.folder = folder;
    this.rustc = folder.resolve("dep-graph.bin");
    this.graph = folder.resolve("small.graph");
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "threads4"})
  void infoCountsRustcsGraphAndOursLikeTheOracle(String name) {
    RustcSamples.unpack(name, rustc);
    Map<String, Object> theirs = Cli.run("graph", "info", rustc, "--json").succeeded().object();
    assertThat(theirs)
        .containsOnlyKeys(
            "file",
            "format",
            "nodes",
            "edges",
            "kinds",
            "maxDegree",
            "forwardEdges",
            "holes",
            "sessions",
            "bytes",
            "rustc")
        .containsEntry("format", "rustc");
    assertThat(oracle(theirs)).isEqualTo(oracle(name));
    assertThat(RustcSamples.counts(name))
        .contains("bytes %s\n".formatted(theirs.get("bytes")))
        .contains("sessions %s\n".formatted(theirs.get("sessions")));

    Cli.run("graph", "import", rustc, "-o", graph, "--fast").succeeded();
    Map<String, Object> ours = Cli.run("graph", "info", graph, "--json").succeeded().object();
    assertThat(ours)
        .containsOnlyKeys(
            "file",
            "format",
            "nodes",
            "edges",
            "kinds",
            "maxDegree",
            "forwardEdges",
            "holes",
            "sessions",
            "bytes",
            "deadBytes",
            "lost")
        .containsEntry("format", "calotype")
        .containsEntry("deadBytes", 0L)
        .containsEntry("lost", "null");
    assertThat(oracle(ours)).isEqualTo(oracle(name));
  }

  @Test
  void infoNamesKindsWhereTheyAreKnown() {
    RustcSamples.unpack("small", rustc);
    assertThat(Cli.run("graph", "info", rustc).succeeded().out())
        .contains("dependency graph of rustc 1.95.0 (59807616e 2026-04-14), 783.7 KiB")
        .containsPattern("nodes +18,661\n")
        .containsPattern("most edges of a node +3,670\n")
        .containsPattern(" 26 +type_of +433 +2.3 % +467\n");
    assertThat(Cli.objects(Cli.run("graph", "info", rustc, "--json").object(), "kinds"))
        .contains(Map.of("kind", 16L, "name", "null", "nodes", 1L, "edges", 0L))
        .contains(Map.of("kind", 26L, "name", "type_of", "nodes", 433L, "edges", 467L));
  }

  @Test
  void importSaysWhatItMadeAndKeepsWhatIsThere() throws IOException {
    RustcSamples.unpack("small", rustc);
    assertThat(Cli.run("graph", "import", rustc, "-o", graph).succeeded().out())
        .startsWith(graph + ": 18,661 nodes, 53,460 edges, ")
        .endsWith(" from 783.7 KiB\n");
    assertThat(Cli.run("graph", "import", rustc, "-o", graph).failed(ExitCode.IO).err())
        .contains("already exists; use --force");
    byte[] first = Bytes.read(graph);
    Map<String, Object> json =
        Cli.run("graph", "import", rustc, "-o", graph, "--force", "--json").succeeded().object();
    assertThat(json)
        .containsEntry("file", graph.toString())
        .containsEntry("source", rustc.toString())
        .containsEntry("nodes", 18_661L)
        .containsEntry("edges", 53_460L)
        .containsEntry("bytes", Files.size(graph))
        .containsEntry("sourceBytes", 802_554L)
        .hasSize(6);
    assertThat(graph).hasBinaryContent(first);
    Cli.run("graph", "import", rustc, "-o", rustc, "--force").failed(ExitCode.FOREIGN);
  }

  @Test
  void aDamagedOrForeignGraphIsNotImported() throws IOException {
    RustcSamples.unpack("small", rustc);
    byte[] bytes = Bytes.read(rustc);
    Bytes.write(rustc, Arrays.copyOf(bytes, bytes.length - 20));
    for (String command : List.of("info", "import", "verify")) {
      Object[] arguments =
          command.equals("import")
              ? new Object[] {"graph", command, rustc, "-o", graph}
              : new Object[] {"graph", command, rustc};
      assertThat(Cli.run(arguments).failed(ExitCode.DAMAGED).err())
          .contains("damaged: end marker at offset 0xc3ed9");
    }
    bytes[9] = '7';
    Bytes.write(rustc, bytes);
    assertThat(Cli.run("graph", "import", rustc, "-o", graph).failed(ExitCode.FOREIGN).err())
        .contains("not supported: it is a dependency graph of rustc 1.75.0 (59807616e 2026-04-14)");
    Files.writeString(rustc, "This is text, and no graph of anything.");
    Cli.run("graph", "import", rustc, "-o", graph).failed(ExitCode.FOREIGN);
    assertThat(graph).doesNotExist();
    assertThat(Bytes.names(folder)).allMatch(name -> !name.endsWith(".part"));
  }

  @Test
  void verifySaysWhatIsDamagedAndWhere() {
    importSmall();
    assertThat(Cli.run("graph", "verify", graph, rustc).succeeded().out())
        .isEqualTo("whole    %s\nwhole    %s\n".formatted(graph, rustc));
    byte[] whole = Bytes.read(graph);
    Bytes.writeFlipped(graph, whole, whole.length / 3, 4);
    Cli damaged = Cli.run("graph", "verify", graph);
    assertThat(damaged.status()).isEqualTo(2);
    assertThat(damaged.out()).startsWith("damaged  " + graph + "\n").contains("checksum");
    Map<String, Object> json = Cli.run("graph", "verify", graph, "--json").object();
    assertThat(json)
        .containsOnlyKeys("file", "whole", "damages", "lost")
        .containsEntry("whole", false)
        .containsEntry("lost", "null");
    assertThat(Cli.objects(json, "damages"))
        .isNotEmpty()
        .allSatisfy(damage -> assertThat(damage).containsOnlyKeys("structure", "offset", "text"));

    Bytes.write(graph, Arrays.copyOf(whole, whole.length + 100));
    json = Cli.run("graph", "verify", graph, "--json").object();
    assertThat(json)
        .containsEntry("damages", List.of())
        .containsEntry("lost", Map.of("offset", (long) whole.length, "bytes", 100L));
    Cli info = Cli.run("graph", "info", graph, "--json").failed(ExitCode.DONE);
    assertThat(info.err()).contains("warning: 100 bytes from offset");
    assertThat(oracle(info.object())).isEqualTo(oracle("small"));
  }

  @Test
  void statsSayWhatTheBytesAreFor() throws IOException {
    importSmall();
    Map<String, Object> json = Cli.run("graph", "stats", graph, "--json").succeeded().object();
    assertThat(json).containsEntry("bytes", Files.size(graph)).containsEntry("nodes", 18_661L);
    Map<?, ?> columns = (Map<?, ?>) Objects.requireNonNull(json.get("columns"));
    long sum = columns.values().stream().mapToLong(Long.class::cast).sum();
    assertThat(sum).isBetween(Files.size(graph) * 9 / 10, Files.size(graph));
    assertThat(Cli.run("graph", "stats", graph).succeeded().out())
        .contains("edges", "index", "100.0 %");
  }

  @Test
  void compactWritesTheSameGraphWithoutHoles() throws IOException {
    RustcSamples.unpack("threads4", rustc);
    Cli.run("graph", "import", rustc, "-o", graph, "--fast").succeeded();
    long before = Files.size(graph);
    assertThat(Cli.run("graph", "compact", graph, "--if-dead", 50, "--fast").succeeded().out())
        .startsWith(graph + ": not due, ");
    assertThat(Files.size(graph)).isEqualTo(before);
    Map<String, Object> json =
        Cli.run("graph", "compact", graph, "--fast", "--json").succeeded().object();
    assertThat(json)
        .containsEntry("file", graph.toString())
        .containsEntry("compacted", true)
        .containsEntry("bytesBefore", before)
        .containsEntry("bytes", Files.size(graph))
        .containsEntry("nodes", 56_175L)
        .containsEntry("dropped", 0L)
        .hasSize(6);
    assertThat(oracle(Cli.run("graph", "info", graph, "--json").succeeded().object()))
        .contains("nodes 56175\n", "holes 0\n")
        .endsWith(oracle("threads4").replaceFirst("(?s).*?\\nkind ", "kind "));
    Cli.run("graph", "verify", graph).succeeded();
    byte[] once = Bytes.read(graph);
    assertThat(Cli.run("graph", "compact", graph, "--fast").succeeded().out())
        .contains(" nodes, 0 dropped\n");
    assertThat(graph).hasBinaryContent(once);
    Cli.run("graph", "compact", graph, "--if-dead", 101).failed(ExitCode.USAGE);
    Cli.run("graph", "compact", graph, "--keep", 0).failed(ExitCode.USAGE);
  }

  @Test
  void whyPrintsAShortestPath() {
    importSmall();
    assertThat(
            Cli.run("graph", "why", graph, 18_001, 154)
                .succeeded()
                .out()
                .lines()
                .map(String::strip))
        .hasSize(5)
        .element(1)
        .asString()
        .startsWith("18001   180  ");
    Map<String, Object> json =
        Cli.run("graph", "why", graph, 18_001, 154, "--json").succeeded().object();
    assertThat(json).containsEntry("from", 18_001L).containsEntry("to", 154L);
    List<Map<String, Object>> path = Cli.objects(json, "path");
    assertThat(path).extracting(node -> node.get("node")).startsWith(18_001L).endsWith(154L);
    for (int i = 1; i < path.size(); i++) {
      Map<String, Object> before =
          Cli.run(
                  "graph",
                  "dump",
                  graph,
                  "--node",
                  String.valueOf(path.get(i - 1).get("node")),
                  "--depth",
                  0,
                  "--json")
              .succeeded()
              .object();
      Object node = Objects.requireNonNull(path.get(i).get("node"));
      assertThat((List<?>) Objects.requireNonNull(before.get("edges")))
          .anyMatch(edge -> edge.equals(node));
    }
    String named = path.getLast().get("kind") + ":" + path.getLast().get("key");
    assertThat(Cli.run("graph", "why", graph, 18_001, named, "--json").succeeded().out())
        .isEqualTo(Cli.run("graph", "why", graph, 18_001, 154, "--json").out());
    assertThat(Cli.run("graph", "why", graph, 7, 7, "--json").succeeded().out())
        .contains("\"path\":[{\"node\":7,");
  }

  @Test
  void whyOfWhatDoesNotDependOrIsNotThereExitsWithOne() {
    importSmall();
    assertThat(Cli.run("graph", "why", graph, 154, 18_001).failed(ExitCode.STALE).err())
        .contains("node 154 does not depend on node 18001");
    Cli json = Cli.run("graph", "why", graph, 154, 18_001, "--json");
    assertThat(json.status()).isEqualTo(1);
    assertThat(json.object()).containsEntry("path", List.of());
    assertThat(Cli.run("graph", "why", graph, 154, 18_661).failed(ExitCode.STALE).err())
        .contains("has no node 18661");
    assertThat(Cli.run("graph", "why", graph, "1:00", 2).failed(ExitCode.USAGE).err())
        .contains("'1:00' is no node");
  }

  @Test
  void dumpPrintsEachNodeAndThoseOfAKind() {
    importSmall();
    String all = Cli.run("graph", "dump", graph).succeeded().out();
    assertThat(all).hasLineCount(18_661);
    assertThat(all.lines().skip(99).findFirst())
        .hasValue("99 248 fdfd2bd8633a6659fdfd2bd8633a6659 b709fb9914dcfe474f9f51d68c8ae157: 98");
    assertThat(Cli.run("graph", "dump", graph, "--kind", 26).succeeded().out().lines())
        .hasSize(433)
        .allMatch(line -> line.matches("\\d+ 26 [0-9a-f]{32} [0-9a-f]{32}:( \\d+)*"));
    assertThat(Cli.run("graph", "dump", graph, "--kind", 26, "--json").succeeded().json())
        .hasSize(433)
        .allSatisfy(
            node -> assertThat(node).containsOnlyKeys("node", "kind", "key", "value", "edges"));
  }

  @Test
  void dumpPrintsANeighbourhoodForGraphviz() {
    importSmall();
    assertThat(Cli.run("graph", "dump", graph, "--node", 18_000, "--dot").succeeded().out())
        .startsWith("digraph {\n")
        .contains("  18000 [label=\"18000\\nkind 179\\n7a7f20647ea36e93\"];\n")
        .contains("  18000 -> 17998;\n", "  17998 -> 17997;\n")
        .endsWith("}\n");
    assertThat(Cli.run("graph", "dump", graph, "--node", 18_000, "--dependents").succeeded().out())
        .contains("\n18001 180 ");
    assertThat(
            Cli.run("graph", "dump", graph, "--node", 18_000, "--depth", 9, "--most", 5)
                .failed(ExitCode.DONE)
                .out())
        .hasLineCount(5);
    Cli.run("graph", "dump", graph, "--dot").failed(ExitCode.USAGE);
    Cli.run("graph", "dump", graph, "--node", 1, "--kind", 1).failed(ExitCode.USAGE);
    Cli.run("graph", "dump", graph, "--node", 99_999).failed(ExitCode.STALE);
  }

  @Test
  void aGraphOfRustcsIsNotOneOfOurs() {
    RustcSamples.unpack("small", rustc);
    for (List<Object> command :
        List.<List<Object>>of(List.of("why", rustc, 1, 2), List.of("dump", rustc))) {
      List<Object> arguments = new ArrayList<>(command);
      arguments.addFirst("graph");
      assertThat(Cli.run(arguments.toArray()).failed(ExitCode.FOREIGN).err())
          .contains("make a graph of it with 'graph import' first");
    }
  }

  @Test
  void theGroupHasAHelpOfItsOwn() {
    String help = Cli.run("graph", "--help").succeeded().out();
    for (String name : List.of("info", "import", "verify", "why", "dump", "stats", "compact")) {
      assertThat(help).contains("  " + name + " ");
      assertThat(Cli.run("graph", name, "--help").succeeded().out())
          .startsWith("Usage: calotype graph " + name)
          .contains("Examples:\n  calotype graph " + name);
    }
    assertThat(Cli.run("graph").failed(ExitCode.USAGE).err()).contains("a command is missing");
    assertThat(Cli.run("graph", "frob").failed(ExitCode.USAGE).err())
        .contains("unknown command 'frob'; try 'calotype graph --help'");
    assertThat(Cli.run("--help").succeeded().out()).contains("  graph ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"info", "verify", "dump", "stats"})
  void whatIsNoFileIsSaidInOneLine(String command) throws IOException {
    for (Path file : List.of(folder.resolve("missing"), folder, Path.of("/dev/zero"))) {
      Cli.run("graph", command, file).failed(ExitCode.IO);
    }
    Path empty = Files.createFile(folder.resolve("empty"));
    assertThat(Cli.run("graph", command, empty).status()).isIn(2, 3);
  }

  private void importSmall() {
    RustcSamples.unpack("small", rustc);
    Cli.run("graph", "import", rustc, "-o", graph, "--fast").succeeded();
  }

  /** The numbers that the oracles have. */
  private static String oracle(String name) {
    return RustcSamples.counts(name)
        .replaceAll("(version|options|sessions|indices|kinds|bytes) .*\\n", "");
  }

  private static String oracle(Map<String, Object> info) {
    StringBuilder text = new StringBuilder();
    for (String field : List.of("nodes", "edges", "holes", "maxDegree", "forwardEdges")) {
      text.append("%s %s%n".formatted(field, info.get(field)));
    }
    for (Map<String, Object> kind : Cli.objects(info, "kinds")) {
      text.append(
          "kind %s %s %s%n".formatted(kind.get("kind"), kind.get("nodes"), kind.get("edges")));
    }
    return text.toString();
  }
}
