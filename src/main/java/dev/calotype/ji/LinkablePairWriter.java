package dev.calotype.ji;

import dev.calotype.publish.Publication;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Writes a data file and an object that goes to a linker, and makes both appear or neither. The
 * object's bytes are the caller's; what in them depends on the data comes after {@link
 * #finishData()}. A data file that is there and may not be replaced stays as it is if it holds the
 * same data: one data file serves many codes. Closing an unpublished writer leaves nothing behind.
 *
 * <p>Not safe for use by several threads.
 */
public final class LinkablePairWriter implements AutoCloseable {
  private final DataFileWriter data;
  private final Publication code;
  private final WriteOptions options;
  private final boolean mayStay;
  private Optional<DataId> id = Optional.empty();

  private LinkablePairWriter(
      DataFileWriter data, Publication code, WriteOptions options, boolean mayStay) {
    this.data = data;
    this.code = code;
    this.options = options;
    this.mayStay = mayStay;
  }

  /**
   * Starts both files.
   *
   * @throws FileAlreadyExistsException if the object is there and may not be replaced
   * @throws IOException if a folder can't be written
   */
  public static LinkablePairWriter create(Path data, Path code, WriteOptions options)
      throws IOException {
    boolean mayStay = !options.replace() && Files.isRegularFile(data);
    DataFileWriter dataWriter =
        DataFileWriter.create(data, options.withReplace(mayStay || options.replace()));
    try {
      return new LinkablePairWriter(
          dataWriter, Publication.beside(code, options.replace()), options, mayStay);
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
    id = Optional.of(data.finish());
    return id.get();
  }

  /**
   * Makes both files appear, the data first.
   *
   * @throws FileAlreadyExistsException if there is a file with other data that may not be replaced
   */
  public void publish() throws IOException {
    if (!mayStay) {
      Publication.publish(options.durability(), List.of(data.file(), code));
      return;
    }
    Path there = data.file().target();
    Expectations all = Expectations.none().withTier(Tier.FULL);
    try (Validity validity = DataFile.check(there, all)) {
      boolean same =
          id.isPresent()
              && validity instanceof Validity.Fresh fresh
              && fresh.data().id().equals(id.get());
      if (!same) {
        throw new FileAlreadyExistsException(there.toString());
      }
      code.publish(options.durability());
    }
  }

  @Override
  public void close() throws IOException {
    try (data) {
      code.close();
    }
  }
}
