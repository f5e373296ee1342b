package dev.calotype.cli;

import dev.calotype.FileChangedException;
import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.split.LinkerFailedException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Why work on a file ended, in the words of a user.
 *
 * @param file which file is to blame
 * @param reason one clause
 * @param code what the process exits with
 * @param cause the exception, for {@code --verbose}
 */
record Failure(String file, String reason, ExitCode code, Optional<Throwable> cause) {

  /** The failure that is no exception. */
  static Failure of(String file, String reason, ExitCode code) {
    return new Failure(file, reason, code, Optional.empty());
  }

  /**
   * The failure that an exception stands for.
   *
   * @param file the file to blame if the exception names none
   */
  static Failure of(Throwable e, String file) {
    return switch (e) {
      case UncheckedIOException io -> of(Objects.requireNonNull(io.getCause()), file);
      case IOException io -> new Failure(blamed(io, file), reason(io), ExitCode.IO, cause(e));
      case MalformedImageException bad ->
          new Failure(
              bad.file(),
              "damaged: %s at offset 0x%x: %s, expected %s"
                  .formatted(bad.structure(), bad.offset(), bad.actual(), bad.expected()),
              ExitCode.DAMAGED,
              cause(e));
      case UnsupportedFormatException other ->
          new Failure(
              other.file(), "not supported: it is " + other.found(), ExitCode.FOREIGN, cause(e));
      case RefusedException no -> new Failure(no.file(), no.reason(), ExitCode.FOREIGN, cause(e));
      case LinkerFailedException linker ->
          new Failure(linker.file(), linker.reason(), ExitCode.FOREIGN, cause(e));
      case FileChangedException changed ->
          new Failure(
              changed.file(), message(changed, changed.file() + ": "), ExitCode.IO, cause(e));
      case OutOfMemoryError _ -> new Failure(file, "not enough memory", ExitCode.IO, cause(e));
      default ->
          new Failure(
              file,
              "a bug in calotype, please report it with what --verbose prints (%s)".formatted(e),
              ExitCode.BUG,
              cause(e));
    };
  }

  /** What in the file is in the way, each as a line; mostly the reason says it all. */
  List<String> details() {
    return cause.isPresent() && cause.get() instanceof RefusedException no
        ? no.details()
        : List.of();
  }

  /** Whether it is about what is written, of which the system names no file. */
  boolean saysFull() {
    return Stream.of("no space left", "file too large", "disk quota").anyMatch(reason::startsWith);
  }

  private static Optional<Throwable> cause(Throwable e) {
    return Optional.of(e);
  }

  /** The file that an exception names. Temporaries are ours, so it is their folder's fault. */
  private static String blamed(IOException e, String file) {
    String named = e instanceof FileSystemException at ? at.getFile() : null;
    if (named == null) {
      return file;
    }
    if (!isTemporary(named)) {
      return named;
    }
    Path folder = Path.of(named).getParent();
    return folder == null ? "." : folder.toString();
  }

  private static boolean isTemporary(@Nullable String file) {
    return file != null && file.endsWith(".part");
  }

  private static String reason(IOException e) {
    boolean isTemporary = e instanceof FileSystemException at && isTemporary(at.getFile());
    String reason =
        switch (e) {
          case FileAlreadyExistsException _ -> "already exists; use --force to replace it";
          case AccessDeniedException _ -> "permission denied";
          case NotDirectoryException _ -> "not a directory";
          case DirectoryNotEmptyException _ -> "this directory is not empty";
          case NoSuchFileException missing when missing.getReason() == null -> "no such file";
          case FileSystemException other when other.getReason() != null -> plain(other.getReason());
          case EOFException _ -> "it shrank while it was being read";
          case ClosedByInterruptException _ -> "interrupted";
          default -> plain(message(e, ""));
        };
    return isTemporary ? "can't make a file here: " + reason : reason;
  }

  /** The system's words, without what only this program's author understands. */
  private static String plain(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    return lower.contains("no space left") ? "no space left on device" : Text.lowerFirst(message);
  }

  private static String message(Throwable e, String prefix) {
    String message = e.getMessage();
    if (message == null || message.isEmpty()) {
      return e.getClass().getSimpleName();
    }
    return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
  }
}
