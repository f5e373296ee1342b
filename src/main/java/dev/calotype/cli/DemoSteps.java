package dev.calotype.cli;

import dev.calotype.ji.DataFile;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The steps of the demonstration. Each prints the command that a user would type, does it through
 * the same code, and holds its exit code against the expected one.
 */
final class DemoSteps {
  /** Damage is located to a chunk of at most this size. */
  private static final long CHUNK = 1 << 20;

  private final Terminal terminal;
  private final PrintWriter out;
  private final Path library;
  private final Path data;
  private final Path code;
  private final Path damaged;
  private final Path joined;
  private int number;
  private ExitCode worst = ExitCode.DONE;

  DemoSteps(Terminal terminal, Path library, Path folder) {
    this.terminal = terminal;
    this.out = terminal.out();
    this.library = library;
    String name = String.valueOf(library.getFileName());
    this.data = folder.resolve(name + ".ji");
    this.code = folder.resolve(name + ".code");
    this.damaged = folder.resolve("damaged.ji");
    this.joined = folder.resolve(name);
  }

  /** Does the steps until one goes wrong. */
  ExitCode run() throws IOException {
    calotype("What is in it?", ExitCode.DONE, "inspect", library.toString());
    calotype(
        "Take the data out of the code.",
        ExitCode.DONE,
        "split",
        library.toString(),
        "-o",
        String.valueOf(data.getParent()));
    calotype(
        "May the two be used together? Every byte is looked at.",
        ExitCode.DONE,
        "check",
        data.toString(),
        "--code",
        code.toString());
    if (worst == ExitCode.DONE) {
      damage();
    }
    calotype(
        "Is the copy still good? It must not be.", ExitCode.DAMAGED, "check", damaged.toString());
    if (worst == ExitCode.DONE) {
      locate();
    }
    calotype(
        "Join the undamaged pair.",
        ExitCode.DONE,
        "join",
        data.toString(),
        code.toString(),
        "-o",
        joined.toString());
    if (worst == ExitCode.DONE) {
      compare();
    }
    return worst;
  }

  private void calotype(String title, ExitCode expected, String... args) {
    if (worst != ExitCode.DONE) {
      return;
    }
    title(title);
    StringBuilder command = new StringBuilder("./calotype");
    for (String arg : args) {
      command.append(' ').append(quoted(arg));
    }
    command(command.toString());
    long start = System.nanoTime();
    ExitCode actual = Main.run(terminal, args);
    result(start, "exit code " + actual.status());
    if (actual != expected) {
      out.println(
          terminal.red("  expected exit code " + expected.status() + ", so the demo ends here"));
      worst = actual.and(ExitCode.STALE);
    }
  }

  private void damage() throws IOException {
    title("Flip one byte in the middle of a copy of the data.");
    long middle = Files.size(data) / 2;
    byte flipped = (byte) ~byteAt(data, middle);
    command("cp " + quoted(data.toString()) + " " + quoted(damaged.toString()));
    String octal = Integer.toOctalString(0x200 | (flipped & 0xff)).substring(1);
    command(
        "printf '\\"
            + octal
            + "' | dd of="
            + quoted(damaged.toString())
            + " bs=1 seek="
            + middle
            + " conv=notrunc status=none");
    long start = System.nanoTime();
    Files.copy(data, damaged);
    try (FileChannel channel = FileChannel.open(damaged, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {flipped}), middle);
    }
    result(start, "byte " + Text.grouped(middle) + " is another one now");
  }

  /** The offset that check printed has to lead to the flipped byte. */
  private void locate() throws IOException {
    try (Validity validity = DataFile.check(damaged, Expectations.none().withTier(Tier.FULL))) {
      long flipped = Files.size(data) / 2;
      boolean isThere =
          validity instanceof Validity.Damaged bad
              && bad.offset() <= flipped
              && flipped - bad.offset() < CHUNK;
      if (isThere) {
        out.println("  (the flipped byte is in these bytes)");
      } else {
        out.println(terminal.red("  the flipped byte is elsewhere, so the demo ends here"));
        worst = ExitCode.STALE;
      }
    }
  }

  private void compare() throws IOException {
    title("Is the joined image the original?");
    command("cmp " + quoted(library.toString()) + " " + quoted(joined.toString()));
    long start = System.nanoTime();
    long mismatch = Files.mismatch(library, joined);
    if (mismatch < 0) {
      result(start, "identical, all " + Text.grouped(Files.size(joined)) + " bytes");
    } else {
      result(start, terminal.red("differs at byte " + Text.grouped(mismatch)));
      worst = ExitCode.DAMAGED;
    }
  }

  private void title(String title) {
    number++;
    out.println();
    out.println(terminal.bold(number + ". " + title));
  }

  private void command(String command) {
    out.println("$ " + Text.escape(command));
    out.flush();
  }

  private void result(long start, String result) {
    out.println("  (" + Text.seconds(System.nanoTime() - start) + ", " + result + ")");
    out.flush();
  }

  private static byte byteAt(Path file, long offset) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    try (FileChannel channel = FileChannel.open(file)) {
      channel.read(one, offset);
    }
    return one.get(0);
  }

  /** A word as a shell takes it. */
  private static String quoted(String word) {
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (!Character.isLetterOrDigit(c) && "/._-+:=,@%".indexOf(c) < 0) {
        return "'" + word.replace("'", "'\\''") + "'";
      }
    }
    return word;
  }
}
