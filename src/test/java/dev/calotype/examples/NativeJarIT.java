package dev.calotype.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ji.Host;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library with a native half, as its users start it. */
final class NativeJarIT {
  private static final String MODULE = "dev.calotype.examples.nativejar";

  @TempDir Path folder;

  @Test
  void theNativeHalfIsLoadedFromTheStoreAndOneThatDoesNotFitIsASentence() throws IOException {
    Path sources = Examples.sources("native-jar");
    Path classes = folder.resolve("classes");
    Examples.compile(sources, classes).succeeded();
    Path natives =
        Files.createDirectories(
            classes
                .resolve(MODULE.replace('.', '/'))
                .resolve("natives")
                .resolve(Host.current().target()));
    Path library = natives.resolve("libanswer.so");
    build("gcc", sources, library);
    assertThat(run(classes)).isEqualTo(new Run(0, "42\n", ""));

    build("aarch64-linux-gnu-gcc", sources, library);
    Run other = run(classes);
    assertThat(other.err()).isEmpty();
    assertThat(other.out())
        .endsWith(
            "/libanswer.so can't be loaded here: it is for aarch64-elf, and this is %s\n"
                .formatted(Host.current().target()));
  }

  private static void build(String compiler, Path sources, Path library) throws IOException {
    Run.of(
            Tools.require(compiler),
            "-O2",
            "-shared",
            "-fPIC",
            sources.resolve("answer.c").toString(),
            "-o",
            library.toString())
        .succeeded();
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(library));
      Files.writeString(
          library.resolveSibling("libanswer.sha256"), HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private Run run(Path classes) {
    return Run.of(
        Map.of(),
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "--illegal-native-access=deny",
            "--enable-native-access=" + MODULE,
            "--module-path",
            Examples.JAR + File.pathSeparator + classes,
            "--module",
            MODULE + "/" + MODULE + ".Answer",
            folder.resolve("store").toString()));
  }
}
