package dev.calotype.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PublicationTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void nobodySeesAFileBeforeItIsPublished(Durability durability) throws IOException {
    Path target = folder.resolve("file");
    try (Publication file = Publication.beside(target, false)) {
      file.write(text("hello"));
      file.align(8);
      assertThat(file.position()).isEqualTo(8);
      file.overwrite(0, text("J"), 0, 1);
      assertThat(target).doesNotExist();
      file.publish(durability);
    }
    assertThat(Files.readString(target)).isEqualTo("Jello\0\0\0");
    assertThat(Bytes.names(folder)).containsExactly("file");
  }

  @Test
  void anUnpublishedFileLeavesNothing() throws IOException {
    try (Publication file = Publication.beside(folder.resolve("file"), false)) {
      file.write(new byte[100]);
      assertThat(Bytes.names(folder)).hasSize(1);
    }
    assertThat(Bytes.names(folder)).isEmpty();
  }

  @Test
  void aFileThatIsThereStaysUnlessItMayBeReplaced() throws IOException {
    Path target = folder.resolve("file");
    Files.writeString(target, "old");
    assertThatThrownBy(() -> Publication.beside(target, false))
        .isInstanceOf(FileAlreadyExistsException.class);
    try (Publication file = Publication.beside(target, true)) {
      file.write(text("new"));
      file.publish(Durability.FAST);
    }
    assertThat(Files.readString(target)).isEqualTo("new");
  }

  @Test
  void aFileThatAppearsMeanwhileStaysToo() throws IOException {
    Path target = folder.resolve("file");
    try (Publication file = Publication.beside(target, false)) {
      file.write(text("new"));
      Files.writeString(target, "old");
      assertThatThrownBy(() -> file.publish(Durability.DURABLE))
          .isInstanceOf(FileAlreadyExistsException.class);
    }
    assertThat(Files.readString(target)).isEqualTo("old");
    assertThat(Bytes.names(folder)).containsExactly("file");
  }

  @Test
  void twoFilesAppearTogetherOrNotAtAll() throws IOException {
    try (Publication first = Publication.beside(folder.resolve("first"), false);
        Publication second = Publication.beside(folder.resolve("second"), false)) {
      Files.writeString(folder.resolve("second"), "old");
      assertThatThrownBy(() -> Publication.publish(Durability.FAST, List.of(first, second)))
          .isInstanceOf(FileAlreadyExistsException.class);
    }
    assertThat(Bytes.names(folder)).containsExactly("second");
  }

  @Test
  void theFirstFileIsTakenBackUnlessItReplacedAnOlderOne() throws IOException {
    for (boolean older : new boolean[] {false, true}) {
      Path work = Files.createDirectory(folder.resolve("older-" + older));
      if (older) {
        Files.writeString(work.resolve("first"), "old");
      }
      try (Publication first = Publication.beside(work.resolve("first"), true);
          Publication second = Publication.beside(work.resolve("second"), true)) {
        first.write(text("new"));
        Files.createDirectories(work.resolve("second/in-the-way"));
        assertThatThrownBy(() -> Publication.publish(Durability.FAST, List.of(first, second)))
            .isInstanceOf(IOException.class);
      }
      if (older) {
        assertThat(work.resolve("first")).hasContent("new");
      } else {
        assertThat(Bytes.names(work)).containsExactly("second");
      }
    }
  }

  @Test
  void foldersThatAreMissingOrInTheWayAreErrors() {
    assertThatThrownBy(() -> Publication.beside(folder.resolve("no/file"), false))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> Publication.beside(folder, true))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("Is a directory");
  }

  @Test
  void devicesAndPipesAreNeverReplaced() {
    Path pipe = folder.resolve("pipe");
    Run.of(Tools.require("mkfifo"), pipe.toString()).succeeded();
    for (Path target : List.of(pipe, Path.of("/dev/null"))) {
      assertThatThrownBy(() -> Publication.beside(target, true))
          .hasMessageContaining("Not a regular file");
    }
    assertThat(Bytes.names(folder)).containsExactly("pipe");
  }

  @Test
  void aDurablePublicationSyncsTheFileThenRenamesThenSyncsTheFolder() throws IOException {
    assertThat(traced("durable")).containsExactly("write", "sync file", "name", "sync folder");
  }

  @Test
  void aFastPublicationSyncsNothing() throws IOException {
    assertThat(traced("fast")).containsExactly("write", "name");
  }

  @ParameterizedTest
  @EnumSource
  void aFullDiskIsAnErrorAndLeavesNothing(Durability durability) throws IOException {
    Path target = folder.resolve("file");
    for (String call : List.of("pwrite64", "fsync", "link,linkat,rename,renameat,renameat2")) {
      if (durability != Durability.DURABLE && call.equals("fsync")) {
        continue;
      }
      Run run =
          strace(List.of("-e", "inject=" + call + ":error=ENOSPC"), durability.name(), target);
      assertThat(run.out()).as(call + run.err()).isEqualTo("failed: No space left on device\n");
      assertThat(target).doesNotExist();
      assertThat(folder.resolve("work")).isEmptyDirectory();
    }
  }

  @Test
  void anInterruptedProgramLeavesNothing() throws Exception {
    Path work = Files.createDirectory(folder.resolve("work"));
    Process process =
        new ProcessBuilder(
                Run.javaCommand(List.of(), WriteForEver.class, work.resolve("file").toString()))
            .start();
    assertThat(process.getInputStream().read()).isEqualTo('w');
    assertThat(Bytes.names(work)).hasSize(1);
    // Through the handle: destroying the process would also close its input, and so end it.
    process.toHandle().destroy();
    assertThat(process.waitFor()).isEqualTo(143);
    assertThat(work).isEmptyDirectory();
  }

  /** Starts a file and never ends. */
  static final class WriteForEver {
    private WriteForEver() {}

    public static void main(String[] arguments) throws IOException {
      try (Publication file = Publication.beside(Path.of(arguments[0]), false)) {
        file.write(new byte[100]);
        System.out.println("writing");
        System.in.read();
      }
    }
  }

  /** The publication's system calls, in order, in words; repeated words once. */
  private List<String> traced(String durability) throws IOException {
    Path target = Files.createDirectories(folder.resolve("work")).resolve("file");
    Path trace = folder.resolve("trace");
    strace(List.of("-o", trace.toString()), durability, target).succeeded();
    Pattern call =
        Pattern.compile(
            "(pwrite64|fsync|fdatasync|link|linkat|rename|renameat|renameat2)\\((\\d+<([^>]*)>)?");
    List<String> calls = new ArrayList<>();
    for (String line : Files.readAllLines(trace, StandardCharsets.ISO_8859_1)) {
      Matcher matcher = call.matcher(line);
      if (!matcher.find() || !line.contains(folder.toString())) {
        continue;
      }
      String word =
          switch (matcher.group(1)) {
            case "pwrite64" -> "write";
            case "fsync", "fdatasync" ->
                matcher.group(3).endsWith(".part") ? "sync file" : "sync folder";
            default -> "name";
          };
      if (calls.isEmpty() || !calls.getLast().equals(word)) {
        calls.add(word);
      }
    }
    return calls;
  }

  private Run strace(List<String> options, String durability, Path target) throws IOException {
    Path work = Files.createDirectories(folder.resolve("work"));
    List<String> command = new ArrayList<>();
    command.addAll(List.of(Tools.require("strace"), "-f", "-y", "-qq"));
    command.addAll(
        List.of("-e", "trace=pwrite64,fsync,fdatasync,link,linkat,rename,renameat,renameat2"));
    command.addAll(options);
    if (!options.contains("-o")) {
      command.addAll(List.of("-o", "/dev/null"));
    }
    command.addAll(
        Run.javaCommand(
            List.of("-D" + BootRecord.FOLDER_PROPERTY + "=" + folder.resolve("boot")),
            PublishOne.class,
            durability,
            work.resolve(target.getFileName()).toString()));
    return Run.of(Map.of(), command);
  }

  /** Publishes one file, in a JVM of its own so that its system calls can be watched. */
  static final class PublishOne {
    private PublishOne() {}

    public static void main(String[] arguments) throws IOException {
      try (Publication file = Publication.beside(Path.of(arguments[1]), false)) {
        file.write(new byte[3000]);
        file.overwrite(0, new byte[] {1}, 0, 1);
        file.publish(Durability.valueOf(arguments[0].toUpperCase(Locale.ROOT)));
      } catch (FileSystemException e) {
        System.out.println("failed: " + e.getReason());
      } catch (IOException e) {
        System.out.println("failed: " + e.getMessage());
      }
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
