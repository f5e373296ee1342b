package dev.calotype.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** A report's files. Each appears whole, by a rename, and the page last. */
final class Report {
  static final String PAGE = "report.html";
  static final String RESULTS = "results.json";
  private static final String DECISION = "map-or-read.svg";
  private static final String PEERS = "peers.svg";

  private Report() {}

  /**
   * Writes the page and the pictures beside {@code results.json}.
   *
   * @param before an earlier run
   * @return what to print
   */
  static String write(Path folder, Results results, Optional<Results> before) throws IOException {
    Optional<Comparison> comparison = before.map(old -> Comparison.of(results, old));
    String decision = DecisionPicture.draw(Decision.table(Access.of(results.rows())), results);
    if (!decision.isEmpty()) {
      put(folder.resolve(DECISION), decision);
    }
    String peers = PeersPicture.draw(results);
    if (!peers.isEmpty()) {
      put(folder.resolve(PEERS), peers);
    }
    put(folder.resolve(PAGE), Page.write(results, comparison));
    return TextReport.write(results, comparison);
  }

  /** Puts a file in its place. */
  static void put(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling("." + file.getFileName() + ".part");
    try {
      Files.writeString(temporary, text);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
