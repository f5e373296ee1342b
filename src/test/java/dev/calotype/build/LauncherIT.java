package dev.calotype.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.build.ProjectCopy.Outcome;
import dev.calotype.build.ProjectCopy.Running;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One project is built once and shared; its folder's name has a space in it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LauncherIT {
  private final Path shared;
  private final ProjectCopy project;

  LauncherIT(@TempDir Path shared) throws IOException {
    this.shared = shared.toRealPath();
    project = ProjectCopy.greeting(this.shared.resolve("a project"), "first");
  }

  @BeforeAll
  void build() throws Exception {
    project.maven("package");
  }

  @Test
  void twoFirstUsesAtOnceBuildTheRealProjectOnceAndBothPrintItsVersion(@TempDir Path folder)
      throws Exception {
    ProjectCopy real = ProjectCopy.into(folder.resolve("real"));
    Path launcher = real.root().resolve("calotype");
    Running one = real.start(launcher, ProjectCopy.jdk(), "", "--version");
    Running other = real.start(launcher, ProjectCopy.jdk(), "", "--version");
    List<Outcome> outcomes = List.of(ProjectCopy.finish(one), ProjectCopy.finish(other));

    assertThat(outcomes)
        .allSatisfy(outcome -> {
          assertThat(outcome.status()).as(outcome.err()).isZero();
          assertThat(outcome.out()).contains(version());
        });
    String said = outcomes.get(0).err() + outcomes.get(1).err();
    assertThat(said.lines().filter(line -> line.contains("building it, once"))).hasSize(1);
    assertThat(ProjectCopy.sha256(real.jar())).isEqualTo(ProjectCopy.sha256(ProjectCopy.JAR));

    Outcome again = real.calotype("--version");
    assertThat(again.out()).contains(version());
    assertThat(again.err()).isEmpty();
    assertThat(caches(real)).hasSize(1);
  }

  @Test
  void aRebuiltJarOfTheSameSizeNeverRunsTheOldCodeFromTheCache() throws Exception {
    assertThat(project.calotype().out()).isEqualTo("first\n");
    List<Path> before = caches(project);
    byte[] first = Files.readAllBytes(project.jar());

    project.greet("later");
    project.maven("package");

    assertThat(project.jar()).hasSize(first.length);
    assertThat(project.calotype().out()).isEqualTo("later\n");
    assertThat(project.calotype().out()).isEqualTo("later\n");
    assertThat(caches(project)).hasSize(1).doesNotContainAnyElementsOf(before);

    project.greet("first");
    Files.write(project.jar(), first);
    assertThat(project.calotype().out()).isEqualTo("first\n");
  }

  @Test
  void theSecondStartTakesItsClassesFromTheCache() throws Exception {
    project.calotype();
    Map<String, String> environment = new TreeMap<>(ProjectCopy.jdk());
    environment.put("CALOTYPE_JAVA_OPTS", "-Xlog:class+load");
    Outcome outcome = project.run(launcher(), environment);
    assertThat(outcome.out().lines())
        .anyMatch(line -> line.matches(".*dev.calotype.cli.Main source: shared objects file.*"));
  }

  @Test
  void aDamagedCacheIsNeitherUsedNorMentioned() throws Exception {
    List<Damage> damages =
        List.of(
            cache -> cache.truncate(0),
            cache -> cache.truncate(100_000),
            cache -> cache.write(ByteBuffer.wrap("no cache".getBytes(UTF_8)), 0),
            cache -> cache.write(ByteBuffer.allocate(1 << 20), cache.size() / 2));
    for (Damage damage : damages) {
      project.calotype();
      try (FileChannel cache = FileChannel.open(caches(project).get(0), StandardOpenOption.WRITE)) {
        damage.inflict(cache);
      }
      assertThat(project.calotype("x")).isEqualTo(new Outcome(1, "first\n<x>\n", ""));
    }
  }

  @Test
  void aCacheThatTheJvmRefusesIsNotMentioned() throws Exception {
    project.calotype();
    Map<String, String> environment = new TreeMap<>(ProjectCopy.jdk());
    environment.put("CALOTYPE_JAVA_OPTS", "-Xmx40g --add-modules=java.se");
    Outcome outcome = project.run(launcher(), environment);
    assertThat(outcome).isEqualTo(new Outcome(0, "first\n", ""));
  }

  @Test
  void argumentsInputAndExitCodePassUnchanged() throws Exception {
    String[] args = {"", "a  b", "*", "two\nlines", "$HOME", "'\"\\", "-x", "é"};
    Running running = project.start(launcher(), ProjectCopy.jdk(), "the input", args);
    Outcome outcome = ProjectCopy.finish(running);
    StringBuilder expected = new StringBuilder("first\n");
    for (String arg : args) {
      expected.append('<').append(arg).append(">\n");
    }
    assertThat(outcome).isEqualTo(new Outcome(args.length, expected + "the input", ""));
  }

  @Test
  void namesThatAreNotAsciiPassUnderTheCLocale() throws Exception {
    for (String locale : List.of("", "C", "POSIX")) {
      Map<String, String> environment = new TreeMap<>(ProjectCopy.jdk());
      environment.put("LC_ALL", locale);
      environment.put("LC_CTYPE", "");
      environment.put("LANG", "");
      Outcome outcome = ProjectCopy.finish(project.start(launcher(), environment, "", "é"));
      assertThat(outcome.out()).as(locale).contains("<é>");
    }
  }

  @Test
  void linksToTheLauncherWorkFromAnyFolder() throws Exception {
    Path far = Files.createDirectories(shared.resolve("far/away"));
    Path link = Files.createSymbolicLink(shared.resolve("link"), launcher());
    Path relative = Files.createSymbolicLink(far.resolve("calotype"), Path.of("../../link"));
    for (Path start : List.of(link, relative)) {
      assertThat(project.run(start, ProjectCopy.jdk()).out()).isEqualTo("first\n");
    }
    assertThat(caches(project)).hasSize(1);
  }

  @Test
  void withoutAJdkOneLineSaysSo() throws Exception {
    Path empty = Files.createDirectories(shared.resolve("empty"));
    for (ProjectCopy copy : List.of(project, unbuilt())) {
      Outcome outcome = copy.run(copy.root().resolve("calotype"), noJdk(empty));
      assertThat(outcome.status()).isEqualTo(69);
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err()).startsWith("calotype: no JDK 25").hasLineCount(1);
    }
  }

  @Test
  void theFirstJdkThatIsNewEnoughIsTaken() throws Exception {
    Path jdks = shared.resolve("jdks");
    Path old = namingJdk(jdks.resolve("1-old"), "17.0.1");
    Path java25 = namingJdk(shared.resolve("other/25"), "25.0.3");
    Path java26 = namingJdk(shared.resolve("other/26"), "26");
    namingJdk(jdks.resolve("2-new"), "25");

    Map<String, String> environment = noJdk(jdks);
    assertThat(project.run(launcher(), environment).out()).isEqualTo("2-new\n");
    environment.put("JAVA25_HOME", java25.toString());
    assertThat(project.run(launcher(), environment).out()).isEqualTo("25\n");
    environment.put("JAVA_HOME", old.toString());
    assertThat(project.run(launcher(), environment).out()).isEqualTo("25\n");
    environment.put("JAVA_HOME", java26.toString());
    assertThat(project.run(launcher(), environment).out()).isEqualTo("26\n");
    environment = noJdk(jdks);
    Path bin = Files.createDirectories(shared.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("java"), java26.resolve("bin/java"));
    environment.put("PATH", bin + ":/usr/bin:/bin");
    assertThat(project.run(launcher(), environment).out()).isEqualTo("26\n");
  }

  @Test
  void whatAKilledBuildLeftIsBuiltAnew() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Path lock = Files.createDirectory(project.root().resolve("target/launcher.lock"));
    Files.writeString(lock.resolve("pid"), gone.pid() + "\n");
    Files.delete(project.root().resolve("target/classpath"));
    Files.writeString(project.jar(), "half a jar");

    Outcome outcome = project.calotype();

    assertThat(outcome.out()).isEqualTo("first\n");
    assertThat(outcome.err()).startsWith("calotype: building it, once").hasLineCount(1);
    assertThat(lock).doesNotExist();
  }

  @Test
  void aCacheThatCannotBeMadeIsTriedOnce() throws Exception {
    Path home = shared.resolve("counting/jdk");
    Path count = shared.resolve("count");
    namingJdk(home, "25");
    fakeJdk(home, "echo start >>'" + count + "'; echo ran");
    Map<String, String> environment = noJdk(shared.resolve("counting"));
    environment.put("PATH", "/usr/bin:/bin");
    environment.put("JAVA_HOME", home.toString());
    assertThat(project.run(launcher(), environment).out()).isEqualTo("ran\n");
    int first = Files.readAllLines(count).size();
    assertThat(project.run(launcher(), environment).out()).isEqualTo("ran\n");
    assertThat(Files.readAllLines(count)).hasSize(first + 1);
  }

  @Test
  void aJdkWithoutAReleaseFileIsAskedForItsVersion() throws Exception {
    Path home = shared.resolve("plain/jdk");
    Path java = Path.of(System.getProperty("java.home"), "bin/java");
    fakeJdk(home, "exec '" + java + "' \"$@\"");
    Map<String, String> environment = noJdk(shared.resolve("plain"));
    assertThat(project.run(launcher(), environment).out()).isEqualTo("first\n");
  }

  private interface Damage {
    void inflict(FileChannel cache) throws IOException;
  }

  private Path launcher() {
    return project.root().resolve("calotype");
  }

  private ProjectCopy unbuilt() throws IOException {
    Path root = Files.createDirectories(shared.resolve("unbuilt"));
    Files.copy(launcher(), root.resolve("calotype"));
    return new ProjectCopy(root);
  }

  /** An environment whose only JDKs are in {@code jdks}. */
  private static Map<String, String> noJdk(Path jdks) {
    Map<String, String> environment = new TreeMap<>();
    environment.put("JAVA_HOME", "");
    environment.put("JAVA25_HOME", "");
    environment.put("CALOTYPE_JDK_DIRS", jdks.toString());
    environment.put("PATH", jdks.toString());
    return environment;
  }

  /** A JDK whose java prints the name of the JDK's folder. */
  private static Path namingJdk(Path home, String version) throws IOException {
    fakeJdk(home, "echo " + home.getFileName());
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private static void fakeJdk(Path home, String script) throws IOException {
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static List<Path> caches(ProjectCopy copy) throws IOException {
    try (Stream<Path> files = Files.list(copy.root().resolve("target/aot"))) {
      return files.filter(file -> file.toString().endsWith(".aot")).toList();
    }
  }

  /** The version in the name of the jar. */
  private static String version() {
    return ProjectCopy.JAR.getFileName().toString().replaceAll("calotype-|\\.jar", "");
  }
}
