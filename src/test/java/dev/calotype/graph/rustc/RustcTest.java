package dev.calotype.graph.rustc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs that the installed rustc makes of a generated crate, counted by it and by a C program. */
final class RustcTest {
  private static final String KNOWN = "rustc 1.95.";

  /** A line of {@code -Zincremental-info}: kind, share, nodes, average degree. */
  private static final Pattern STATISTIC =
      Pattern.compile(
          "^\\[incremental]\\s+(\\w+)\\s*\\|[^|]*\\|\\s*(\\d+)\\s*\\|", Pattern.MULTILINE);

  private static final Pattern TOTAL = Pattern.compile("Total (Node|Edge) Count: (\\d+)");

  private final Path folder;
  private final Path incremental;
  private String rustc = "";

  RustcTest(@TempDir Path folder) {
    this.folder = folder;
    incremental = folder.resolve("incremental");
  }

  @BeforeEach
  void makeTheCrate() throws IOException {
    Optional<String> found = Tools.find("rustc");
    assumeTrue(found.isPresent(), "not run: rustc is not installed");
    rustc = found.get();
    String version = Run.of(rustc, "--version").succeeded().out();
    assumeTrue(version.startsWith(KNOWN), "not run: another version of rustc, " + version);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String tool =
        Path.of(System.getProperty("calotype.root", ""), "tools/RustCrate.java").toString();
    String crate = Run.of(java, tool, Tools.count(20, 3500) + "").succeeded().out();
    Files.writeString(folder.resolve("crate.rs"), crate);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void aFreshGraphIsCountedAsByAnIndependentReader(int threads) throws IOException {
    compile("-Zthreads=" + threads);
    assertSame();
    Files.writeString(
        folder.resolve("crate.rs"), "\npub fn more() {}\n", StandardOpenOption.APPEND);
    compile("-Zthreads=" + threads);
    assertSame();
  }

  @Test
  void theNamesAndCountsOfKindsAreThoseThatRustcTells() throws IOException {
    String told = compile("-Zincremental-info");
    Map<String, Long> counts = new HashMap<>();
    Path graph = graphs().getFirst();
    try (RustcGraphFile file = RustcGraphFile.open(graph)) {
      RustcCensus census = file.walk((_, _, _, _, _, _, _, _) -> {}, _ -> {});
      for (int kind = 0; kind < census.kinds(); kind++) {
        long nodes = census.nodes(kind);
        KindNames.of(file.version()).name(kind).ifPresent(name -> counts.put(name, nodes));
      }
      assertThat(total(told, "Node")).isEqualTo(file.nodes());
      assertThat(total(told, "Edge")).isEqualTo(file.edges());
    }
    int known = 0;
    for (MatchResult line : STATISTIC.matcher(told).results().toList()) {
      Long ours = counts.get(line.group(1));
      if (ours != null) {
        known++;
        assertThat(ours).as(line.group(1)).isEqualTo(Long.parseLong(line.group(2)));
      }
    }
    assertThat(known).isGreaterThan(100);
  }

  private static long total(String told, String what) {
    return TOTAL
        .matcher(told)
        .results()
        .filter(line -> line.group(1).equals(what))
        .mapToLong(line -> Long.parseLong(line.group(2)))
        .findFirst()
        .orElseThrow();
  }

  private void assertSame() throws IOException {
    Path program = folder.resolve("count");
    Path source = folder.resolve("count.c");
    if (!Files.exists(program)) {
      try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("count.c"))) {
        Files.copy(in, source);
      }
      Run.of(Tools.require("gcc"), "-O2", "-o", program.toString(), source.toString()).succeeded();
    }
    assertThat(graphs()).isNotEmpty();
    for (Path graph : graphs()) {
      String theirs = Run.of(program.toString(), graph.toString()).succeeded().out();
      assertThat(Counts.of(graph)).isEqualTo(theirs);
    }
  }

  private String compile(String option) {
    List<String> command = new ArrayList<>(List.of(rustc, "--crate-type=lib", "--emit=metadata"));
    command.addAll(List.of("-C", "incremental=" + incremental, "--out-dir", folder.toString()));
    command.addAll(List.of(option, folder.resolve("crate.rs").toString()));
    Run run = Run.of(Map.of("RUSTC_BOOTSTRAP", "1"), command).succeeded();
    return run.out() + run.err();
  }

  private List<Path> graphs() throws IOException {
    try (Stream<Path> files = Files.walk(incremental)) {
      return files.filter(file -> file.endsWith("dep-graph.bin")).toList();
    }
  }
}
