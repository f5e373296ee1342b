package dev.calotype.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code /proc/self/mountinfo} says of folders (proc_pid_mountinfo(5)). */
final class Mounts {
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

  private Mounts() {}

  /** The mount point above a folder, if what is there may not be executed. */
  static Optional<String> noexec(Path folder, Path mountinfo) {
    try {
      Path real = folder.toRealPath();
      String point = "";
      boolean noexec = false;
      for (String line : Files.readAllLines(mountinfo, StandardCharsets.UTF_8)) {
        String[] fields = line.split(" ", 7);
        if (fields.length < 6) {
          continue;
        }
        String mounted = plain(fields[4]);
        // Of two at one point, the later hides the earlier.
        if (mounted.length() >= point.length() && real.startsWith(mounted)) {
          point = mounted;
          noexec = List.of(fields[5].split(",", -1)).contains("noexec");
        }
      }
      return noexec ? Optional.of(point) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // Not Linux, or no such folder yet.
    }
  }

  /** Blanks and the like are octal there. */
  private static String plain(String text) {
    Matcher matcher = OCTAL.matcher(text);
    return matcher.replaceAll(it ->
        Matcher.quoteReplacement(Character.toString((char) Integer.parseInt(it.group(1), 8))));
  }
}
