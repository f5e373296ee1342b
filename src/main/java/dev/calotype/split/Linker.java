package dev.calotype.split;

import dev.calotype.RefusedException;
import java.io.File;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A linker of the platform's: a program that is on the machine, and how it is told what to do.
 *
 * @param program the program
 * @param kind how it is told
 */
public record Linker(Path program, Kind kind) {
  private static final Pattern NAME =
      Pattern.compile("(.+?)(-[0-9]+(\\.[0-9]+)*)?(\\.exe)?", Pattern.CASE_INSENSITIVE);
  private static final Pattern DRIVER =
      Pattern.compile("(.*-)?(cc|gcc|g\\+\\+|clang|clang\\+\\+|c\\+\\+)");
  private static final Pattern GNU =
      Pattern.compile("(.*-)?(ld|ld\\.bfd|ld\\.gold|ld\\.lld|ld\\.mold|mold)");

  /** How a linker is told what to do. */
  public enum Kind {
    /** A compiler's driver, which calls a linker: {@code cc}, {@code clang}. */
    DRIVER,
    /** GNU ld and those that take its options. */
    GNU,
    /** Microsoft's linker and {@code lld-link}. */
    MICROSOFT,
    /** Apple's linker and {@code ld64.lld}. */
    APPLE
  }

  /**
   * A program whose name tells its kind: see docs/linking.md.
   *
   * @throws RefusedException if it does not
   */
  public static Linker of(Path program) {
    String name = String.valueOf(program.getFileName());
    Kind kind =
        kind(name, isMac())
            .orElseThrow(() ->
                new RefusedException(
                    program.toString(),
                    "can't tell by the name '%s' what kind of linker it is".formatted(name)));
    return new Linker(program, kind);
  }

  /** The program's name without its folder. */
  public String name() {
    return String.valueOf(program.getFileName());
  }

  static Optional<Kind> kind(String file, boolean mac) {
    Matcher matcher = NAME.matcher(file);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String name = matcher.group(1);
    if (name.equals("lld-link") || name.equals("link")) {
      return Optional.of(Kind.MICROSOFT);
    }
    if (name.equals("ld64") || name.equals("ld64.lld") || (mac && name.equals("ld"))) {
      return Optional.of(Kind.APPLE);
    }
    if (DRIVER.matcher(name).matches()) {
      return Optional.of(Kind.DRIVER);
    }
    return GNU.matcher(name).matches() ? Optional.of(Kind.GNU) : Optional.empty();
  }

  static boolean isMac() {
    return System.getProperty("os.name", "").startsWith("Mac");
  }

  static boolean isWindows() {
    return File.separatorChar == '\\';
  }
}
