package dev.calotype.map;

import dev.calotype.os.FileStat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What tells a file from all others, and whether its content is what it was. */
sealed interface Identity {
  /** Whether a name leads to this very file. */
  boolean isAt(Path name) throws IOException;

  /** Whether it does, and the file has another time of modification than at first. */
  boolean wasWrittenTo(Path name) throws IOException;

  /** As the JDK says it. */
  record OfJdk(@Nullable Object fileKey, FileTime modified) implements Identity {
    static OfJdk of(BasicFileAttributes file) {
      return new OfJdk(file.fileKey(), file.lastModifiedTime());
    }

    @Override
    public boolean isAt(Path name) throws IOException {
      return Objects.equals(
          Files.readAttributes(name, BasicFileAttributes.class).fileKey(), fileKey);
    }

    @Override
    public boolean wasWrittenTo(Path name) throws IOException {
      BasicFileAttributes now;
      try {
        now = Files.readAttributes(name, BasicFileAttributes.class);
      } catch (NoSuchFileException e) {
        return false;
      }
      return Objects.equals(now.fileKey(), fileKey) && !now.lastModifiedTime().equals(modified);
    }
  }

  /** As the system's own call says it, in nanoseconds. */
  record OfSystem(long device, long inode, long modified) implements Identity {
    static OfSystem of(FileStat stat) {
      return new OfSystem(stat.device(), stat.inode(), stat.modified());
    }

    @Override
    public boolean isAt(Path name) {
      FileStat now = FileStat.ofThread();
      return now.look(name) && now.device() == device && now.inode() == inode;
    }

    @Override
    public boolean wasWrittenTo(Path name) {
      return isAt(name) && FileStat.ofThread().modified() != modified;
    }
  }
}
