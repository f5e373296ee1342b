package dev.calotype.image.archive;

import dev.calotype.bytes.ByteView;

/** Whose additions to the common format an archive uses, told by its magic and first members. */
enum ArchiveFlavour {
  /** System V and GNU: an index named {@code /}, long names in {@code //}. */
  GNU("GNU archive"),

  /** BSD and Darwin: an index named {@code __.SYMDEF}, long names before the members' bytes. */
  BSD("BSD archive"),

  /** Microsoft: two indexes, both named {@code /}. */
  COFF("COFF archive"),

  /** GNU, with the members in files of their own. */
  THIN("thin archive");

  private final String title;

  ArchiveFlavour(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  static ArchiveFlavour of(ByteView view, boolean isThin) {
    if (isThin) {
      return THIN;
    }
    if (view.size() == ArchiveHeader.FIRST) {
      return GNU;
    }
    ArchiveHeader first = ArchiveHeader.read(view, ArchiveHeader.FIRST, false);
    if (first.rawName().equals("/") && first.next() < view.size()) {
      return ArchiveHeader.read(view, first.next(), false).rawName().equals("/") ? COFF : GNU;
    }
    return first.rawName().endsWith("/") || first.rawName().startsWith("/") ? GNU : BSD;
  }
}
