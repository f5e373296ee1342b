package dev.calotype.ji;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The answers about all data files of one name in a folder: see {@link DataFile#select}. Owns the
 * files of the fresh ones; close it when done.
 *
 * @param answers one for each file, sorted by file name
 */
public record Selection(List<Validity> answers) implements AutoCloseable {
  /** Copies the list. */
  public Selection {
    answers = List.copyOf(answers);
  }

  /** The first that may be used. */
  public Optional<Validity.Fresh> fresh() {
    for (Validity answer : answers) {
      if (answer instanceof Validity.Fresh fresh) {
        return Optional.of(fresh);
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (Validity answer : answers) {
      try {
        answer.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  static Selection of(Path folder, String name, Expectations expectations) throws IOException {
    List<Validity> answers = new ArrayList<>();
    try {
      for (Path file : candidates(folder, name)) {
        answers.add(answer(file, expectations));
      }
      return new Selection(answers);
    } catch (IOException | RuntimeException e) {
      new Selection(answers).close();
      throw e;
    }
  }

  private static List<Path> candidates(Path folder, String name) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(folder, file -> isOf(file.getFileName().toString(), name))) {
      all.forEach(files::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    files.sort(
        (a, b) -> Group.ORDER.compare(a.getFileName().toString(), b.getFileName().toString()));
    return files;
  }

  private static boolean isOf(String file, String name) {
    return file.endsWith(FileName.EXTENSION) && FileName.base(file).equals(name);
  }

  private static Validity answer(Path file, Expectations expectations) throws IOException {
    Optional<Cause> wrong = FileName.wrongId(file, expectations.dataId());
    if (wrong.isPresent()) {
      return new Validity.Stale(file, Tier.NAME, List.of(wrong.get()));
    }
    Tier tier = expectations.tier();
    if (tier.compareTo(Tier.HEADER) > 0) {
      try (Validity page = DataFile.check(file, expectations.withTier(Tier.HEADER))) {
        if (!(page instanceof Validity.Fresh)) {
          return page;
        }
      }
    }
    return DataFile.check(file, expectations);
  }
}
