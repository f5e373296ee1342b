package dev.calotype.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Takes entries out of their places. The caller has the entry's lock. Whoever has the entry open
 * keeps it.
 *
 * @param layout where they are
 * @param folders what is above them
 * @param session names what they become
 */
record Removal(Layout layout, OwnFolders folders, Session session) {
  /**
   * Renames an entry into {@code work}.
   *
   * @return what is to be removed, which needs no lock
   * @throws NoSuchFileException if there is nothing
   */
  Path putAside(Place place) throws IOException {
    Path aside = session.newWork();
    putAside(place, aside);
    return aside;
  }

  /**
   * The same.
   *
   * @param aside what it becomes, in {@code work}
   */
  void putAside(Place place, Path aside) throws IOException {
    folders.requireAbove(place);
    Files.move(place.folder(layout.entries()), aside, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Puts an entry into quarantine, as it is.
   *
   * @throws NoSuchFileException if there is nothing
   */
  void quarantine(Place place, Miss why) throws IOException {
    quarantine(
        place,
        "reason %s%nfile %s%nstructure %s%noffset %d%n%s"
            .formatted(why.reason().id(), why.file(), why.structure(), why.offset(), why.text()));
  }

  /**
   * The same for what can't be a miss, because its key is not known.
   *
   * @param why what is wrong, in lines for people
   */
  void quarantine(Place place, String why) throws IOException {
    folders.requireAbove(place);
    Path evidence = session.newQuarantine();
    Files.move(place.folder(layout.entries()), evidence, StandardCopyOption.ATOMIC_MOVE);
    String text = "entry %s/%s%n%s%n".formatted(place.compiler(), place.key(), why);
    Path note = evidence.resolveSibling(evidence.getFileName() + ".txt");
    try (var channel = PrivateFiles.open(note, java.nio.file.StandardOpenOption.CREATE_NEW)) {
      channel.write(StandardCharsets.UTF_8.encode(text));
    } catch (IOException e) {
      // The evidence is there; its folder's name says when it came, and it speaks for itself.
    }
  }
}
