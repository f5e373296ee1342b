package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a user may not read or write. Root may everything, so root becomes somebody else first. */
final class PermissionTest {
  private static final Path LIBRARY = Libraries.ofTheJdk("libnet.so");

  @TempDir Path folder;

  @BeforeEach
  void letOthersIn() throws IOException {
    permit(folder, "rwxr-xr-x");
  }

  @Test
  void aFileThatMayNotBeRead() throws Exception {
    Path file = Files.copy(LIBRARY, folder.resolve("secret.so"));
    permit(file, "---------");
    for (String command : List.of("inspect", "check")) {
      assertThat(calotype(command, file.toString()))
          .isEqualTo(new Run(74, "", "calotype: " + file + ": permission denied\n"));
    }
  }

  @Test
  void anOutputFolderThatMayNotBeWritten() throws Exception {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    permit(closed, "r-xr-xr-x");
    Run run = calotype("split", LIBRARY.toString(), "-o", closed.toString());
    assertThat(run.exit()).isEqualTo(74);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("calotype: " + closed + ": ").hasLineCount(1);
    assertThat(Bytes.names(closed)).isEmpty();
  }

  private Run calotype(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of(Tools.require("setpriv"), "--reuid=65534", "--regid=65534"));
      command.add("--clear-groups");
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath(), Main.class.getName()));
    command.addAll(List.of(arguments));
    return Run.of(Map.of(), command);
  }

  /** Copies, as somebody else may not be able to reach this checkout. */
  private String classPath() throws IOException, URISyntaxException {
    Path classes = folder.resolve("classes");
    if (!Files.exists(classes)) {
      try (Stream<Path> files = Files.walk(Path.of("target/classes"))) {
        for (Path file : files.toList()) {
          Files.copy(file, classes.resolve(Path.of("target/classes").relativize(file)));
        }
      }
      Path picocli =
          Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Files.copy(picocli, folder.resolve("picocli.jar"));
    }
    return classes + ":" + folder.resolve("picocli.jar");
  }

  private static void permit(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }
}
