package dev.calotype.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi;

/** Where answers and errors go, and what that place can show. */
final class Terminal {
  private final PrintWriter out;
  private final PrintWriter err;
  private final Optional<Sink> sink;
  private boolean hasHeading;

  private Terminal(PrintWriter out, PrintWriter err, Optional<Sink> sink) {
    this.out = out;
    this.err = err;
    this.sink = sink;
  }

  /** Standard output and standard error. */
  static Terminal ofProcess() {
    Sink sink = new Sink(new FileOutputStream(FileDescriptor.out));
    return new Terminal(
        new PrintWriter(sink, false, charset("stdout.encoding")),
        new PrintWriter(new FileOutputStream(FileDescriptor.err), true, charset("stderr.encoding")),
        Optional.of(sink));
  }

  /** Any two writers, taken for files: no colours, no progress. */
  static Terminal of(PrintWriter out, PrintWriter err) {
    return new Terminal(out, err, Optional.empty());
  }

  PrintWriter out() {
    return out;
  }

  PrintWriter err() {
    return err;
  }

  /** Prints the heading of a report, apart from the one before it. */
  void heading(String text) {
    if (hasHeading) {
      out.println();
    }
    hasHeading = true;
    out.println(bold(Text.escape(text)));
  }

  /** Prints one line on standard error, after what was printed before it. */
  void error(String message) {
    out.flush();
    err.println("calotype: " + Text.escape(message));
    err.flush();
  }

  /** Whether nobody reads standard output any more, so that going on is of no use. */
  boolean isGone() {
    out.flush();
    return sink.isPresent() && sink.get().failure.isPresent();
  }

  /** Writes out what is left, and says if standard output could not take it. */
  ExitCode end(ExitCode code) {
    out.flush();
    if (sink.isEmpty() || sink.get().failure.isEmpty()) {
      return code;
    }
    String reason = String.valueOf(sink.get().failure.get().getMessage());
    // A reader like head that has enough is no error to talk about.
    if (!reason.contains("roken pipe")) {
      error("standard output: " + Text.lowerFirst(reason));
    }
    return ExitCode.IO;
  }

  /** Whether progress would be seen. */
  boolean showsProgress() {
    return sink.isPresent() && isTerminal(2);
  }

  /** Progress over {@code total} bytes, shown once it has taken a second. */
  Progress progress(String label, long total) {
    return new Progress(this, label, total);
  }

  String bold(String text) {
    return styled("1", text);
  }

  String green(String text) {
    return styled("32", text);
  }

  String red(String text) {
    return styled("1;31", text);
  }

  String yellow(String text) {
    return styled("33", text);
  }

  /** Whether picocli colours its help. */
  Ansi ansi() {
    return hasColours() ? Ansi.ON : Ansi.OFF;
  }

  private String styled(String style, String text) {
    return hasColours() ? "\u001b[" + style + "m" + text + "\u001b[0m" : text;
  }

  private boolean hasColours() {
    return sink.isPresent()
        && System.getenv("NO_COLOR") == null
        && !"dumb".equals(System.getenv("TERM"))
        && isTerminal(1);
  }

  /** By the descriptor's own link where there is one, as the JDK tells of no single descriptor. */
  @SuppressWarnings("SystemConsoleNull") // It is null again since JDK 25.
  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      Console console = System.console();
      return console != null && console.isTerminal();
    }
  }

  private static Charset charset(String property) {
    return Charset.forName(System.getProperty(property, "UTF-8"), Charset.defaultCharset());
  }

  /** Remembers the first failure, as a PrintWriter forgets it. */
  private static final class Sink extends FilterOutputStream {
    private Optional<IOException> failure = Optional.empty();

    Sink(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failure = failure.or(() -> Optional.of(e));
        throw e;
      }
    }
  }
}
