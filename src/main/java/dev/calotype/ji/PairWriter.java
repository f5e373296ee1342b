package dev.calotype.ji;

import dev.calotype.publish.Publication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a data file and the code object that belongs to it, and makes both appear or neither.
 * Closing an unpublished writer leaves nothing behind.
 *
 * <p>Not safe for use by several threads.
 */
public final class PairWriter implements AutoCloseable {
  private final DataFileWriter data;
  private final CodeObjectWriter code;
  private final WriteOptions options;

  private PairWriter(DataFileWriter data, CodeObjectWriter code, WriteOptions options) {
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
  public static PairWriter create(Path data, Path code, WriteOptions options) throws IOException {
    DataFileWriter dataWriter = DataFileWriter.create(data, options);
    try {
      return new PairWriter(dataWriter, new CodeObjectWriter(code, options), options);
    } catch (IOException e) {
      dataWriter.close();
      throw e;
    }
  }

  /** The data half. Close its sections, but do not publish it. */
  public DataFileWriter data() {
    return data;
  }

  /** The code half. */
  public CodeObjectWriter code() {
    return code;
  }

  /**
   * Finishes both files and publishes them, the data first.
   *
   * @param recipe what joining needs, kept in the code object
   */
  public DataId publish(byte[] recipe) throws IOException {
    DataId id = data.finish();
    code.finish(id, options.origin().target(), recipe);
    Publication.publish(options.durability(), List.of(data.file(), code.file()));
    return id;
  }

  @Override
  public void close() throws IOException {
    try (data) {
      code.file().close();
    }
  }
}
