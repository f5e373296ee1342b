package dev.calotype.ji;

import dev.calotype.publish.Publication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a data file and an object that goes to a linker, and makes both appear or neither. The
 * object's bytes are the caller's; what in them depends on the data comes after {@link
 * #finishData()}. Closing an unpublished writer leaves nothing behind.
 *
 * <p>Not safe for use by several threads.
 */
public final class LinkablePairWriter implements AutoCloseable {
  private final DataFileWriter data;
  private final Publication code;
  private final WriteOptions options;

  private LinkablePairWriter(DataFileWriter data, Publication code, WriteOptions options) {
    this.data = data;
    this.code = code;
    this.options = options;
  }

  /**
   * Starts both files.
   *
   * @throws java.nio.file.FileAlreadyExistsException if one is there and may not be replaced
   * @throws IOException if a folder can't be written
   */
  public static LinkablePairWriter create(Path data, Path code, WriteOptions options)
      throws IOException {
    DataFileWriter dataWriter = DataFileWriter.create(data, options);
    try {
      return new LinkablePairWriter(
          dataWriter, Publication.beside(code, options.replace()), options);
    } catch (IOException e) {
      dataWriter.close();
      throw e;
    }
  }

  /** The data half. Close its sections, but do not publish it. */
  public DataFileWriter data() {
    return data;
  }

  /** How many bytes of the object were written. */
  public long position() {
    return code.position();
  }

  /** Appends to the object. */
  public void write(byte[] bytes, int offset, int length) throws IOException {
    code.write(bytes, offset, length);
  }

  /** Finishes the data file, under its temporary name, and says what its id is. */
  public DataId finishData() throws IOException {
    return data.finish();
  }

  /** Makes both files appear, the data first. */
  public void publish() throws IOException {
    Publication.publish(options.durability(), List.of(data.file(), code));
  }

  @Override
  public void close() throws IOException {
    try (data) {
      code.close();
    }
  }
}
