package dev.calotype.cache;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the files of all entries, and into none.
 *
 * @param entries those that have a manifest
 * @param unfinished folders without one, which are no entries
 * @param untidy entries with two generations of one file, as a killed change leaves them
 */
record EntryScan(List<Candidate> entries, List<Place> unfinished, List<Place> untidy) {
  /** Takes steps of one entry each. */
  interface Progress {
    void step();
  }

  static EntryScan of(Layout layout, Usage usage, Progress progress) throws IOException {
    EntryScan scan = new EntryScan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (String compiler : EntryWalk.compilers(layout)) {
      for (Place place : EntryWalk.placesOf(layout, compiler)) {
        scan.add(place, layout, usage);
        progress.step();
      }
    }
    return scan;
  }

  private void add(Place place, Layout layout, Usage usage) throws IOException {
    long bytes = 0;
    long largest = 0;
    long created = -1;
    boolean isUntidy = false;
    Set<String> members = new HashSet<>();
    Path folder = place.folder(layout.entries());
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return; // Gone, or a link; a lookup says what is wrong with it.
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        BasicFileAttributes facts =
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        bytes += facts.size();
        if (name.equals(Manifest.NAME)) {
          created = Math.max(0, facts.lastModifiedTime().to(TimeUnit.SECONDS));
        } else {
          largest = Math.max(largest, facts.size());
          isUntidy |= !members.add(name.substring(name.indexOf('~') + 1));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return; // It changed or went just now.
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    if (created < 0) {
      unfinished.add(place);
      return;
    }
    if (isUntidy) {
      untidy.add(place);
    }
    Use use = usage.of(KeyPrefix.of(place.key()));
    entries.add(
        new Candidate(
            place,
            bytes,
            largest,
            created,
            new Use(Math.max(use.last(), created), use.count(), use.marks())));
  }
}
