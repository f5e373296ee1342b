package dev.calotype.split;

import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.Binary;
import dev.calotype.image.CoffImage;
import dev.calotype.image.ElfImage;
import dev.calotype.image.Image;
import dev.calotype.image.MachOImage;
import dev.calotype.image.NoteFinder;
import dev.calotype.image.Target;
import dev.calotype.ji.CodeNote;
import dev.calotype.ji.LinkedNote;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is to be linked, as far as its headers tell.
 *
 * @param target what the objects are for
 * @param minimumVersion in Mach-O, the least version of the system that they ask for; empty if none
 *     does
 * @param note the note that one of them carries
 * @param noteObject the object that carries it
 */
record LinkInput(
    Target target, String minimumVersion, Optional<LinkedNote> note, Optional<Path> noteObject) {

  private static final int ELF_RELOCATABLE = 1;
  private static final int MACHO_OBJECT = 1;

  /**
   * Reads the headers of all of them.
   *
   * @throws RefusedException if they can't be linked with each other
   * @throws MalformedImageException if one is damaged
   * @throws IOException if one can't be read
   */
  static LinkInput read(List<Path> inputs) throws IOException {
    Optional<Found> first = Optional.empty();
    String minimum = "";
    Optional<Found> noted = Optional.empty();
    for (Path path : inputs) {
      Optional<Found> found = object(path);
      if (found.isEmpty()) {
        continue;
      }
      Found object = found.get();
      requireSame(first.orElse(object), object);
      first = Optional.of(first.orElse(object));
      minimum = later(minimum, object.minimumVersion);
      if (object.note.isPresent()) {
        if (noted.isPresent()) {
          throw new RefusedException(
              path.toString(),
              "has a note of its data, and so has %s: combine objects first (ld -r), then split"
                  .formatted(noted.get().path));
        }
        noted = found;
      }
    }
    if (first.isEmpty()) {
      throw new RefusedException(
          inputs.isEmpty() ? "" : inputs.getFirst().toString(), "there is no object to link");
    }
    return new LinkInput(
        first.get().target,
        minimum,
        noted.flatMap(object -> object.note),
        noted.map(object -> object.path));
  }

  /** An object among the inputs. */
  private record Found(
      Path path, Target target, String minimumVersion, Optional<LinkedNote> note) {}

  /** Empty for what is passed on to the linker as it is. */
  private static Optional<Found> object(Path path) throws IOException {
    try (OpenFile file = OpenFile.open(path);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = file.map(arena);
      Optional<Found> found =
          file.whileWhole(() -> {
            try {
              return object(path, Binary.of(bytes, path.toString()));
            } catch (UnsupportedFormatException e) {
              return Optional.empty(); // A linker script, bitcode, a stub of a library.
            }
          });
      if (found.isEmpty()) {
        return found;
      }
      Found object = found.get();
      return Optional.of(
          new Found(path, object.target, object.minimumVersion, note(file, path.toString())));
    }
  }

  /**
   * Objects that were combined, or come out of an archive, can bring more notes than the one that
   * is found.
   *
   * @throws RefusedException if there are more
   */
  static void requireOneNote(NoteFinder.Found found, String name) {
    if (found.count() > 1) {
      throw new RefusedException(
          name,
          "has %d notes of its data, and code has one data file: combine objects first (ld -r),"
                  .formatted(found.count())
              + " then split");
    }
  }

  private static Optional<Found> object(Path path, Binary binary) {
    return switch (binary) {
      case ElfImage elf when elf.fileType() == ELF_RELOCATABLE -> found(path, elf, "");
      case CoffImage coff when coff.importObject().isEmpty() -> found(path, coff, "");
      case MachOImage macho when macho.fileType() == MACHO_OBJECT ->
          found(
              path,
              macho,
              macho.buildVersion().map(MachOImage.BuildVersion::minimumVersion).orElse(""));
      default -> Optional.empty();
    };
  }

  private static Optional<Found> found(Path path, Image image, String minimumVersion) {
    return Optional.of(new Found(path, image.target(), minimumVersion, Optional.empty()));
  }

  private static Optional<LinkedNote> note(OpenFile file, String name) throws IOException {
    Optional<NoteFinder.Found> found = NoteFinder.find(file, CodeNote.WANTED);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    requireOneNote(found.get(), name);
    CodeNote note = CodeNote.decode(found.get().bytes(), found.get().offset(), name);
    if (note instanceof LinkedNote linked) {
      return Optional.of(linked);
    }
    throw new RefusedException(name, "its note is that of a detached code object");
  }

  private static void requireSame(Found first, Found object) {
    if (!first.target.equals(object.target)) {
      throw new RefusedException(
          object.path.toString(),
          "made for %s, but %s for %s"
              .formatted(object.target.id(), first.path, first.target.id()));
    }
  }

  private static String later(String one, String other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one + other;
    }
    return Version.parse(one).compareTo(Version.parse(other)) >= 0 ? one : other;
  }
}
