package dev.calotype.cache;

import dev.calotype.MalformedImageException;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads manifests from files. */
final class ManifestFile {
  private ManifestFile() {}

  /**
   * All bytes of a manifest.
   *
   * @throws MalformedImageException if it is larger than one can be
   */
  static byte[] read(OpenFile file) throws IOException {
    if (file.size() > Manifest.MOST_BYTES) {
      throw new MalformedImageException(
          Manifest.NAME, "manifest", 0, file.size() + " bytes", "at most " + Manifest.MOST_BYTES);
    }
    byte[] bytes = new byte[(int) file.size()];
    file.readFully(0, bytes, 0, bytes.length);
    return bytes;
  }

  /**
   * What a manifest and its file tell of an entry; empty if there is none.
   *
   * @throws MalformedImageException if it is damaged, or another entry's
   * @throws dev.calotype.UnsupportedFormatException if it is of another major version
   */
  static Optional<EntryFacts> facts(Path file, Place place) throws IOException {
    try (OpenFile open = OpenFile.openNoLink(file)) {
      byte[] bytes = read(open);
      Manifest manifest = Manifest.decode(bytes, file.toString());
      if (!manifest.key().place().equals(place)) {
        throw new MalformedImageException(
            file.toString(), "manifest", 32, "the key " + manifest.key().hex(), place.key());
      }
      return Optional.of(
          new EntryFacts(
              place,
              manifest,
              bytes.length + manifest.size(),
              Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
