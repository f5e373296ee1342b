package dev.calotype.image;

import dev.calotype.image.archive.ArchiveFile;
import dev.calotype.image.macho.FatFile;
import java.util.List;
import java.util.Optional;

/** A file that holds other files: an archive of objects, or a fat Mach-O file with its slices. */
public sealed interface Container extends Binary permits ArchiveFile, FatFile {
  /**
   * The members in file order, decoded on access; an archive's symbol index and table of long names
   * are none. A fat file's are its slices, named as {@code lipo} names them: {@code arm64e}.
   */
  List<Member> members();

  /** The first member of that name. */
  default Optional<Member> member(String name) {
    for (Member member : members()) {
      if (member.name().equals(name)) {
        return Optional.of(member);
      }
    }
    return Optional.empty();
  }

  /** What an archive's symbol index lists, decoded while iterating; empty in a fat file. */
  Iterable<IndexedSymbol> symbolIndex();

  /**
   * A symbol of an archive's index.
   *
   * @param name the symbol
   * @param memberOffset where the header of the member that defines it starts in the archive
   */
  record IndexedSymbol(String name, long memberOffset) {}
}
