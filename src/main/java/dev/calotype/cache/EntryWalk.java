package dev.calotype.cache;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.map.Access;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Goes through all entries, reading manifests only. Others may change them meanwhile. */
final class EntryWalk {
  /** Takes what is found. */
  interface Visitor {
    /** An entry. */
    void entry(EntryFacts facts) throws IOException;

    /** Something where an entry should be: its manifest is missing, or can't be used. */
    void other(Place place, String reason) throws IOException;
  }

  private EntryWalk() {}

  /** Goes through them by compiler and key. */
  static void walk(Layout layout, Visitor visitor) throws IOException {
    for (String compiler : names(layout.entries())) {
      for (Place place : placesOf(layout, compiler)) {
        visit(layout, place, visitor);
      }
    }
  }

  /** The compilers that there are folders of. */
  static List<String> compilers(Layout layout) throws IOException {
    return names(layout.entries()).stream()
        .filter(name -> Place.isHex(name, Place.COMPILER_DIGITS))
        .toList();
  }

  /** The places where a compiler's entries are, by key. */
  static List<Place> placesOf(Layout layout, String compiler) throws IOException {
    List<Place> places = new ArrayList<>();
    Path folder = layout.entries().resolve(compiler);
    for (String group : names(folder)) {
      if (Place.isHex(group, 2)) {
        for (String rest : names(folder.resolve(group))) {
          Place.of(compiler, group, rest).ifPresent(places::add);
        }
      }
    }
    return places;
  }

  private static void visit(Layout layout, Place place, Visitor visitor) throws IOException {
    Path folder = place.folder(layout.entries());
    Optional<Access> access = Access.of(folder);
    if (access.isPresent() && !access.get().isFolder()) {
      visitor.other(place, "no folder, or a link to one");
      return;
    }
    Optional<EntryFacts> facts;
    try {
      facts = ManifestFile.facts(folder.resolve(Manifest.NAME), place);
    } catch (MalformedImageException | UnsupportedFormatException e) {
      visitor.other(place, String.valueOf(e.getMessage()));
      return;
    } catch (FileSystemException e) {
      visitor.other(place, String.valueOf(e.getReason()));
      return;
    }
    if (facts.isPresent()) {
      visitor.entry(facts.get());
    } else if (access.isPresent() && Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      visitor.other(place, "no manifest");
    }
  }

  /** The names in a folder, sorted; none if there is no folder, or not any more. */
  static List<String> names(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return names;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      all.forEach(path -> names.add(String.valueOf(path.getFileName())));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(names);
    return names;
  }
}
