package dev.calotype.split;

import dev.calotype.publish.WorkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Arguments in a file, for commands that are too long for the system: docs/linking.md. */
final class ResponseFile {
  /** Windows takes 32,767 characters, of a command that it has quoted. */
  private static final int MOST_CHARS = 24_000;

  private ResponseFile() {}

  /**
   * The command, or a short one that does the same.
   *
   * @param folder where the arguments go
   */
  static List<String> shorten(List<String> command, Linker.Kind kind, WorkFolder folder)
      throws IOException {
    if (command.stream().mapToLong(word -> word.length() + 1).sum() <= MOST_CHARS) {
      return command;
    }
    Path file = folder.resolve(".arguments");
    List<String> quoted = new ArrayList<>();
    for (String word : command.subList(1, command.size())) {
      quoted.add(kind == Linker.Kind.MICROSOFT ? windows(word) : gnu(word));
    }
    Files.write(file, quoted);
    return List.of(command.getFirst(), "@" + file);
  }

  /** As libiberty and LLVM read it: a backslash before what would mean something. */
  private static String gnu(String word) {
    StringBuilder text = new StringBuilder("\"");
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\');
      }
      text.append(c);
    }
    return text.append('"').toString();
  }

  /** As the runtime of Visual C++ does: a backslash means something only before a quote. */
  private static String windows(String word) {
    StringBuilder text = new StringBuilder("\"");
    int backslashes = 0;
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == '"') {
        text.repeat('\\', backslashes + 1);
      }
      backslashes = c == '\\' ? backslashes + 1 : 0;
      text.append(c);
    }
    return text.repeat('\\', backslashes).append('"').toString();
  }
}
