package dev.calotype.stream;

import dev.calotype.Durability;
import dev.calotype.publish.Publication;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A finished stream: its bytes, mapped, and the temporary file that they are. The file goes when
 * this is closed or the JVM ends, unless it was published; a killed JVM leaves it behind, under a
 * name that nobody reads.
 *
 * <p>The bytes belong to the arena they were mapped in. They may be read before and after
 * publishing, and after closing too, until the arena is closed. Windows removes and renames no
 * mapped file: there, close the arena first.
 *
 * <p>Not safe for use by several threads; the bytes may be read by those that the arena lets.
 */
public final class Metadata implements AutoCloseable {
  private final Publication file;
  private final MemorySegment bytes;
  private boolean published;
  private boolean closed;

  Metadata(Publication file, MemorySegment bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /** All the bytes, read-only. */
  public MemorySegment bytes() {
    return bytes;
  }

  /** A reader of the bytes, at their start. */
  public MetadataReader reader() {
    return MetadataReader.of(bytes, file.target().toString());
  }

  /** Where the file is now: its temporary name, until it is published. */
  public Path path() {
    return published ? file.target() : file.temporary();
  }

  /**
   * Makes the file appear under the name that the writer was created with.
   *
   * @throws java.nio.file.FileAlreadyExistsException if there is one that may not be replaced
   * @throws IllegalStateException if it was published or closed before
   */
  public void publish(Durability durability) throws IOException {
    publish(file.target(), durability);
  }

  /**
   * Makes the file appear under another name, one that follows from the content for example. After
   * an error the file is still a temporary one, and may be published again.
   *
   * @param target its name, in a folder of the same file system
   * @throws java.nio.file.FileAlreadyExistsException if there is one that may not be replaced
   * @throws IllegalStateException if it was published or closed before
   */
  public void publish(Path target, Durability durability) throws IOException {
    if (closed || published) {
      throw new IllegalStateException(closed ? "closed" : "published before");
    }
    file.retarget(target);
    file.publish(durability);
    published = true;
  }

  /** Removes the temporary file, if it was not published. The bytes stay until their arena goes. */
  @Override
  public void close() throws IOException {
    closed = true;
    file.close();
  }
}
