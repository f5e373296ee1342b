package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.WriteOptions;
import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CacheCommandsTest {
  private static final Pattern ROW = Pattern.compile("^\\| (`[^|]+`) \\|", Pattern.MULTILINE);
  private static final Pattern NAME = Pattern.compile("`([A-Za-z]+)`");

  @TempDir Path folder;
  private Path store;
  private Path config;
  private Path data;

  @BeforeEach
  void start() throws IOException {
    store = folder.resolve("store");
    config = Files.writeString(folder.resolve("config.toml"), "[cache]\ndurability = \"fast\"\n");
    data = folder.resolve("m.ji");
    try (DataFileWriter writer = DataFileWriter.create(data, WriteOptions.standard())) {
      try (OutputStream section = writer.section("a", 64, false)) {
        section.write(Bytes.random(5000, 1));
      }
      writer.publish();
    }
  }

  @Test
  void whatIsPutIsGotAgain() throws IOException {
    Path other = Files.writeString(folder.resolve("notes.txt"), "some");
    Map<String, Object> put = object("put", key("O=3"), data, other);
    assertThat(put).containsOnlyKeys(documented("put")).containsEntry("added", true);
    assertThat(object("put", key("O=3"), other)).containsEntry("added", false);
    Path out = folder.resolve("out");
    Map<String, Object> got = object("get", key("O=3"), "-o", out);
    assertThat(got).containsEntry("hit", true).containsEntry("key", put.get("key"));
    assertThat(Bytes.names(out)).containsExactlyInAnyOrder("m.ji", "notes.txt");
    assertThat(out.resolve("m.ji")).hasSameBinaryContentAs(data);
    assertThat(run("get", key("O=3"), "-o", out).failed(ExitCode.IO).err())
        .contains("m.ji: already exists; use --force");
    run("get", key("O=3"), "-o", out, "--force").succeeded();

    Cli missed = run("get", key("O=2"), "--json");
    assertThat(missed.status()).isEqualTo(1);
    assertThat(missed.object()).containsEntry("hit", false).containsEntry("reason", "absent");
    TreeSet<String> all = new TreeSet<>(got.keySet());
    all.addAll(missed.object().keySet());
    assertThat(all).containsExactlyInAnyOrder(documented("get"));
    assertThat(run("get", key("O=2")).out()).startsWith("miss  ").contains("absent");
    assertThat(run("get", key("O=3")).succeeded().out()).startsWith("hit   ").contains("m.ji");
  }

  @Test
  void anEntryIsReplacedIfThatIsAskedFor() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "one");
    run("put", key("O=3"), file).succeeded();
    Files.writeString(file, "three");
    assertThat(run("put", key("O=3"), file).succeeded().out()).startsWith("present  ");
    assertThat(run("put", key("O=3"), "--replace", file).succeeded().out()).startsWith("added  ");
    run("get", key("O=3"), "-o", folder.resolve("out")).succeeded();
    assertThat(folder.resolve("out/a.txt")).hasContent("three");
  }

  @Test
  void everyTypeOfFieldCanBeGiven() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "abc");
    String id = "0123456789abcdef".repeat(4);
    List<Object> args = new ArrayList<>(List.of("put", "--compiler", "cc 1"));
    for (String field :
        List.of(
            "t=x=y",
            "u:text=",
            "i:int=-5",
            "f:flag=true",
            "b:bytes=00ff",
            "d:data=" + id,
            "l:texts=a,b",
            "h:file=" + file)) {
      args.addAll(List.of("--field", field));
    }
    args.add(file);
    Map<String, Object> put = object(args.toArray());
    Map<String, String> fields = new LinkedHashMap<>();
    for (Map<String, Object> field : Cli.objects(put, "fields")) {
      fields.put((String) field.get("name"), field.get("type") + " " + field.get("value"));
    }
    assertThat(fields)
        .isEqualTo(
            Map.of(
                "t", "text x=y",
                "u", "text ",
                "i", "int -5",
                "f", "flag true",
                "b", "bytes 00ff",
                "d", "data " + id,
                "l", "texts [a, b]",
                "h", "bytes ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  }

  @Test
  void infoAndListSayWhatIsThere() throws IOException {
    run("put", key("O=3"), data).succeeded();
    run("put", key("O=2"), data).succeeded();
    run("get", key("O=2")).succeeded();
    Map<String, Object> info = object("info");
    assertThat(info)
        .containsOnlyKeys(documented("info"))
        .containsEntry("entries", 2L)
        .containsEntry("store", store.toRealPath().toString())
        .containsEntry("cleaned", "null");
    assertThat(info.get("counters"))
        .isEqualTo(Map.of("hits", 1L, "builds", 2L, "misses.absent", 2L));
    assertThat(String.valueOf(info.get("settings")))
        .contains("durability=fast", "size-limit=10 GiB");
    assertThat(Cli.objects(info, "compilers"))
        .singleElement()
        .satisfies(one -> assertThat(one).containsEntry("compiler", "cc 1"));
    List<Map<String, Object>> entries = run("list", "--json").succeeded().json();
    assertThat(entries)
        .hasSize(2)
        .allSatisfy(entry -> assertThat(entry).containsOnlyKeys(documented("list")));
    assertThat(entries).extracting(entry -> entry.get("uses")).containsExactlyInAnyOrder(0L, 1L);
    assertThat(run("list").succeeded().out()).contains("Compiler", "cc 1", "O=3", "m.ji");
    assertThat(run("list", "--compiler", "dd").succeeded().out()).doesNotContain("cc 1");
    assertThat(run("info").succeeded().out()).contains("hits", "size-limit", "cc 1");
  }

  @Test
  void explainNamesTheFieldThatDiffers() throws IOException {
    run("put", "--compiler", "cc 1", "--field", "O=3", "--field", "g:flag=true", data).succeeded();
    run("put", "--compiler", "cc 1", "--field", "O=3", data).succeeded();
    assertThat(run("explain").succeeded().out())
        .contains("it has an entry now", "differs in", "g", "(no such field)", "true");
    run("get", "--compiler", "cc 1", "--field", "O=2", "--field", "g:flag=true");
    Cli run = run("explain", "--json");
    assertThat(run.status()).isEqualTo(1);
    Map<String, Object> explained = run.object();
    assertThat(explained).containsOnlyKeys(documented("explain"));
    assertThat(String.valueOf(explained.get("missed"))).contains("reason=absent");
    List<Map<String, Object>> nearest = Cli.objects(explained, "nearest");
    assertThat(nearest).hasSize(2);
    assertThat(nearest.getFirst().get("differences"))
        .isEqualTo(List.of(Map.of("field", "O", "expected", "2", "actual", "3")));
    assertThat(nearest.getLast().get("differences"))
        .isEqualTo(
            List.of(
                Map.of("field", "O", "expected", "2", "actual", "3"),
                Map.of("field", "g", "expected", "true", "actual", "null")));
    assertThat(run("explain", "--compiler", "cc 2", "--field", "O:int=3").out())
        .contains("compiler", "cc 2", "cc 1", "3 (number)", "3 (text)");
    assertThat(run("explain", "--compiler", "cc 1", "--field", "O=3").succeeded().out())
        .contains("it has an entry now");
    assertThat(run("explain", "--last", 9, "--json").json()).hasSize(3);
  }

  @Test
  void withoutAMissOnRecordThereIsNothingToExplain() throws IOException {
    Files.createDirectory(store);
    assertThat(run("explain").failed(ExitCode.STALE).err()).contains("no miss is on record");
  }

  @Test
  void verifyPutsWhatIsDamagedIntoQuarantineAndClearDeletesIt() throws IOException {
    run("put", key("O=1"), data).succeeded();
    run("put", key("O=2"), data).succeeded();
    run("put", key("O=3"), data).succeeded();
    assertThat(object("verify"))
        .containsOnlyKeys(documented("verify"))
        .containsEntry("whole", 3L)
        .containsEntry("bad", 0L);
    List<Path> manifests = manifests();
    flip(manifests.get(0).resolveSibling("m.ji"), 4200);
    flip(manifests.get(1), 70);
    Cli dry = run("verify", "--dry-run", "--json");
    assertThat(dry.status()).isEqualTo(2);
    assertThat(dry.json()).hasSize(3);
    assertThat(dry.json().getLast()).isEqualTo(Map.of("whole", 1L, "bad", 2L, "quarantined", 0L));
    Cli run = run("verify");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out())
        .contains("damaged, m.ji", "manifest: ", "1 whole, 2 bad, 2 put into quarantine");
    assertThat(manifests()).hasSize(1);
    assertThat(object("info")).containsEntry("quarantined", 2L);
    run("verify").succeeded();
    assertThat(object("clear", "--quarantine"))
        .isEqualTo(Map.of("what", "quarantine", "removed", 2L));
    assertThat(object("info")).containsEntry("quarantined", 0L).containsEntry("entries", 1L);
  }

  @Test
  void gcSaysWhatItWouldDoAndDoesIt() throws IOException {
    for (int i = 0; i < 4; i++) {
      run("put", key("O=" + i), data).succeeded();
    }
    for (Path manifest : manifests()) { // Nothing that was just written goes.
      Files.setLastModifiedTime(manifest, FileTime.fromMillis(System.currentTimeMillis() - 99_999));
    }
    Map<String, Object> plan = object("gc", "--dry-run", "--set", "entry-limit=2");
    assertThat(plan).containsOnlyKeys(documented("gc")).containsEntry("dryRun", true);
    assertThat(Cli.objects(plan, "evicted")).hasSize(3);
    assertThat(manifests()).hasSize(4);
    Map<String, Object> done = object("gc", "--set", "entry-limit=2");
    assertThat(done.get("evicted")).isEqualTo(plan.get("evicted"));
    assertThat(manifests()).hasSize(1);
    assertThat(run("gc").succeeded().out()).contains("evicted 0 of 1 entries");
  }

  @Test
  void clearRemovesACompilersEntriesOrAll() throws IOException {
    run("put", "--compiler", "old", "--field", "a=1", data).succeeded();
    run("put", key("O=1"), data).succeeded();
    run("put", key("O=2"), data).succeeded();
    assertThat(object("clear", "--compiler", "old"))
        .containsOnlyKeys(documented("clear"))
        .containsEntry("removed", 1L);
    assertThat(run("clear").succeeded().out()).isEqualTo("removed 2 entries\n");
    assertThat(manifests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"info", "list", "verify", "gc", "explain", "clear"})
  void whereThereIsNoStoreNoneIsMade(String command) {
    assertThat(run(command).failed(ExitCode.STALE).err()).contains(store + ": there is no store");
    assertThat(run(command, "--json").object()).containsOnlyKeys("file", "error");
    assertThat(store).doesNotExist();
  }

  @Test
  void aMistakeInTheSettingsIsOneLine() throws IOException {
    Files.writeString(config, "[cache]\n\nsize-limt = 5\n");
    assertThat(run("info").failed(ExitCode.FOREIGN).err())
        .isEqualTo(
            "calotype: %s: line 3, column 1: there is no setting \"size-limt\"; did you mean"
                    .formatted(config)
                + " size-limit?\n");
    assertThat(
            Cli.run("cache", "info", "--config", folder.resolve("none")).failed(ExitCode.IO).err())
        .contains("none: no such file");
  }

  @ParameterizedTest
  @CsvSource({
    "get, --compiler is missing",
    "get --compiler a --field b, not NAME=VALUE",
    "get --compiler a --field b:int=x, --field b:int=x",
    "get --compiler a --field b:flag=x, neither true nor false",
    "get --compiler a --field b:frob=x, there is no type frob",
    "get --compiler a --field b=1 --field b=2, already",
    "put --compiler a, FILE",
    "info --set frob=1, there is no setting",
    "info --set size-limit, not SETTING=VALUE",
    "info --set size-limit=much, size-limit must be",
    "explain --last 0, at least 1",
    "explain --last 2 --compiler a, --last",
    "clear --compiler a --quarantine, --quarantine",
    "frob, unknown command",
  })
  void wrongUsageIsOneLine(String line, String named) {
    Cli run = Cli.run((Object[]) ("cache " + line).split(" "));
    assertThat(run.failed(ExitCode.USAGE).err()).contains(named);
  }

  @ParameterizedTest
  @ValueSource(strings = {"info", "list", "get", "put", "verify", "gc", "explain", "clear"})
  void everyCommandHasHelpWithAnExample(String command) {
    String help = Cli.run("cache", command, "--help").succeeded().out();
    assertThat(help).contains("--store", "--config", "--json", "\n  calotype cache " + command);
    assertThat(help.lines()).allMatch(line -> line.length() <= 100);
    assertThat(Cli.run("cache", "--help").succeeded().out())
        .containsPattern("\\R  " + command + " +[A-Z].*\\.\\R");
  }

  private static Object[] key(String field) {
    return new Object[] {"--compiler", "cc 1", "--field", field};
  }

  private Cli run(Object... args) {
    List<Object> all = new ArrayList<>(List.of("cache"));
    for (Object arg : args) {
      if (arg instanceof Object[] several) {
        all.addAll(Arrays.asList(several));
      } else {
        all.add(arg);
      }
    }
    all.addAll(List.of("--store", store, "--config", config));
    return Cli.run(all.toArray());
  }

  private Map<String, Object> object(Object... args) {
    List<Object> all = new ArrayList<>(Arrays.asList(args));
    all.add("--json");
    return run(all.toArray()).succeeded().object();
  }

  /** The fields that the page has for a command. */
  private static String[] documented(String command) throws IOException {
    Path page = Path.of(System.getProperty("calotype.root"), "docs", "cache-json.md");
    String text = Files.readString(page);
    int start = text.indexOf("## `cache " + command + "`");
    assertThat(start).isNotNegative();
    int end = text.indexOf("\n## ", start);
    String section = text.substring(start, end < 0 ? text.length() : end);
    List<String> names = new ArrayList<>();
    for (MatchResult row : ROW.matcher(section).results().toList()) {
      NAME.matcher(row.group(1)).results().forEach(name -> names.add(name.group(1)));
    }
    return names.toArray(String[]::new);
  }

  private List<Path> manifests() throws IOException {
    try (Stream<Path> files = Files.walk(store.resolve("v1/entries"))) {
      return files.filter(file -> file.endsWith("manifest")).sorted().toList();
    }
  }

  private static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 1;
    Files.write(file, bytes, StandardOpenOption.WRITE);
  }
}
