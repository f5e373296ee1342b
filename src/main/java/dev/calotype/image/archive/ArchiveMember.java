package dev.calotype.image.archive;

import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.Binary;
import dev.calotype.image.Member;
import java.lang.foreign.MemorySegment;

/**
 * A member of an archive.
 *
 * @param archive what it is in
 * @param index its position among the members
 * @param header its header
 */
record ArchiveMember(ArchiveFile archive, int index, ArchiveHeader header) implements Member {
  @Override
  public String name() {
    return header.name(archive.view(), archive.special("//"));
  }

  @Override
  public long headerOffset() {
    return header.offset();
  }

  @Override
  public long offset() {
    return header.payload() + header.inlineName();
  }

  @Override
  public long size() {
    return header.size() - header.inlineName();
  }

  @Override
  public boolean isExternal() {
    return header.isExternal();
  }

  @Override
  public MemorySegment bytes() {
    if (isExternal()) {
      throw new UnsupportedFormatException(
          archive.file(), "member %s in a file of its own".formatted(name()));
    }
    return archive.view().slice(offset(), size(), "archive member");
  }

  @Override
  public Binary binary() {
    return archive.open(bytes(), "%s(%s)".formatted(archive.file(), name()));
  }
}
