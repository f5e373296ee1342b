package dev.calotype.split;

import dev.calotype.RefusedException;
import dev.calotype.image.ElfImage;
import dev.calotype.image.Format;
import dev.calotype.image.Image;
import dev.calotype.image.MachOImage;
import dev.calotype.image.NoteFinder;
import dev.calotype.image.PeImage;
import dev.calotype.image.Segment;
import dev.calotype.image.Target;
import dev.calotype.ji.CodeNote;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Hole;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Validity;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads from a linked file that it has what was asked of the linker: docs/linking.md, "Proof". */
final class LinkProof {
  private static final int ELF_SHARED = 3;
  private static final int MACHO_DYLIB = 6;
  private static final int MACHO_BUNDLE = 8;
  private static final int ID_DIGITS = 16;

  private final String file;
  private final LinkedNote note;
  private final Target target;
  private final Optional<String> soname;

  /**
   * What to prove.
   *
   * @param target what is to be published, for errors
   * @param note the note that went to the linker
   * @param objects what the objects are for
   * @param soname the name under which the data is needed, for that shape
   */
  LinkProof(Path target, LinkedNote note, Target objects, Optional<String> soname) {
    this.file = target.toString();
    this.note = note;
    this.target = objects;
    this.soname = soname;
  }

  /**
   * Proves it.
   *
   * @throws RefusedException if something is missing
   */
  void prove(Path output) throws IOException {
    try (OpenFile open = OpenFile.open(output);
        Arena arena = Arena.ofConfined()) {
      List<Hole> holes = proveNote(open);
      MemorySegment bytes = open.map(arena);
      open.whileWhole(() -> {
        prove(Image.of(bytes, file), holes);
        return true;
      });
    }
    if (note.shape() == Shape.WITHIN) {
      proveData(output);
    }
    // The rest of the places, as whoever loads it will see them.
    try (Validity validity = CodeObject.check(output, Expectations.none())) {
      if (validity instanceof Validity.Damaged damaged) {
        throw new RefusedException(file, "its note leads to the wrong places: " + damaged.reason());
      }
    }
  }

  /**
   * Proves what does not need the note, before it is put in.
   *
   * @throws RefusedException if something is missing
   */
  void proveImage(Path output) throws IOException {
    try (OpenFile open = OpenFile.open(output);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = open.map(arena);
      open.whileWhole(() -> {
        prove(Image.of(bytes, file), List.of());
        return true;
      });
    }
  }

  private void proveData(Path output) throws IOException {
    try (Validity validity =
        DataFile.check(output, Expectations.none().withDataId(note.dataId()))) {
      if (!(validity instanceof Validity.Fresh)) {
        throw new RefusedException(file, "the data is not in it as it should be: " + validity);
      }
    }
  }

  /** Where the note says that holes are. */
  private List<Hole> proveNote(OpenFile open) throws IOException {
    Optional<NoteFinder.Found> found = NoteFinder.find(open, CodeNote.WANTED);
    if (found.isEmpty()) {
      throw new RefusedException(file, "the linker left the note out");
    }
    LinkInput.requireOneNote(found.get(), file);
    CodeNote there = CodeNote.decode(found.get().bytes(), found.get().offset(), file);
    if (!(there instanceof LinkedNote linked)
        || !linked.dataId().equals(note.dataId())
        || linked.shape() != note.shape()
        || linked.pageSize() != note.pageSize()) {
      throw new RefusedException(file, "its note is not the one that was linked");
    }
    return linked.shape() == Shape.HOLE ? holes(linked, found.get()) : List.of();
  }

  /** Before they are known to lead anywhere: docs/code-note.md, "Places". */
  private static List<Hole> holes(LinkedNote linked, NoteFinder.Found found) {
    List<Long> places = linked.linkage().places();
    List<Hole> holes = new ArrayList<>();
    int first = places.size() - linked.holes().size();
    long end = found.address().orElse(0) + found.bytes().byteSize();
    for (int i = first; i < places.size(); i++) {
      Hole hole = linked.holes().get(i - first);
      long place = end - Long.BYTES * (long) (places.size() - i);
      holes.add(new Hole(hole.section(), hole.size(), place + places.get(i)));
    }
    return holes;
  }

  private void prove(Image image, List<Hole> holes) {
    if (!image.target().architecture().equals(target.architecture())
        || image.target().bits() != target.bits()) {
      throw new RefusedException(
          file, "it came out for %s, not for %s".formatted(image.target().id(), target.id()));
    }
    boolean isLibrary =
        switch (image) {
          case ElfImage elf -> elf.fileType() == ELF_SHARED;
          case MachOImage macho ->
              macho.fileType() == MACHO_DYLIB || macho.fileType() == MACHO_BUNDLE;
          case PeImage _ -> target.format() == Format.COFF;
          default -> false;
        };
    if (!isLibrary) {
      throw new RefusedException(file, "it came out as no shared library");
    }
    if (image instanceof ElfImage elf) {
      provePages(elf);
      if (note.shape() == Shape.NEEDED) {
        proveNeeded(elf);
      }
      if (note.shape() == Shape.HOLE) {
        HoleProof.prove(elf, file, note.pageSize(), holes);
      }
    }
  }

  private void provePages(ElfImage elf) {
    for (Segment segment : elf.segments()) {
      long alignment = segment.alignment();
      if (!segment.isLoaded()) {
        continue;
      }
      if (Long.bitCount(alignment) != 1 || alignment < note.pageSize()) {
        throw new RefusedException(
            file,
            "PT_LOAD %d is laid out for pages of 0x%x, the note says 0x%x; program headers: %s"
                .formatted(segment.index(), alignment, note.pageSize(), HoleProof.headers(elf)));
      }
      if (((segment.address() - segment.offset()) & (alignment - 1)) != 0) {
        throw new RefusedException(
            file,
            "address and offset of PT_LOAD %d differ by no multiple of 0x%x; program headers: %s"
                .formatted(segment.index(), alignment, HoleProof.headers(elf)));
      }
    }
  }

  private void proveNeeded(ElfImage elf) {
    String name = soname.orElse("");
    String digits = note.dataId().hex().substring(0, ID_DIGITS);
    if (!name.contains(digits)) {
      throw new RefusedException(
          file, "the data's SONAME '%s' does not name its id %s".formatted(name, digits));
    }
    if (!elf.needed().contains(name)) {
      throw new RefusedException(file, "it does not need %s, but %s".formatted(name, elf.needed()));
    }
  }
}
