package dev.calotype.stream;

import dev.calotype.publish.Publication;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes metadata as a stream, straight to a temporary file beside its target. Memory is one buffer
 * of 64 KiB whatever the size. The bytes are described in {@code docs/stream-format.md}.
 *
 * <p>No method that writes throws an {@link IOException}. After the first error, which {@link
 * #hasFailed} tells, writing does nothing but count; {@link #finish} throws the error, once, and
 * leaves no file. So an encoder needs no error handling of its own.
 *
 * <p>Positions are in bytes from the start of the stream. Using a finished or closed writer throws
 * {@link IllegalStateException}. Not safe for use by several threads.
 */
public final class MetadataWriter implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  /** Up to here, the buffer has room for any number. */
  private static final int ROOMY = BUFFER_BYTES - Leb128.MOST_BYTES;

  private static final VarHandle U16 = handle(short[].class);
  private static final VarHandle U32 = handle(int[].class);
  private static final VarHandle U64 = handle(long[].class);

  private final Publication file;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final byte[] patch = new byte[16];
  private int filled;

  /** Below {@code filled} from the end of writing on, so that the fast paths need no other test. */
  private int limit = ROOMY;

  private long recent;
  private long flushed;
  private @Nullable IOException error;

  private MetadataWriter(Publication file) {
    this.file = file;
  }

  /**
   * Starts a stream beside {@code target}, which nobody sees before it is published.
   *
   * @param replace whether a file already there may be replaced
   * @throws java.nio.file.FileAlreadyExistsException if it may not and there is one
   * @throws IOException if the folder is missing or can't be written
   */
  public static MetadataWriter create(Path target, boolean replace) throws IOException {
    return new MetadataWriter(Publication.beside(target, replace));
  }

  /** Where the next byte goes. Counts on after an error. */
  public long position() {
    return flushed + filled;
  }

  /** Whether an error has happened that {@link #finish} will throw: whoever sees it may stop. */
  public boolean hasFailed() {
    return error != null;
  }

  /** Writes the low 8 bits. */
  public MetadataWriter fixed8(int value) {
    makeRoom();
    buffer[filled++] = (byte) value;
    return this;
  }

  /** Writes the low 16 bits, little-endian, as all fixed-width numbers. */
  public MetadataWriter fixed16(int value) {
    makeRoom();
    U16.set(buffer, filled, (short) value);
    filled += 2;
    return this;
  }

  /** Writes 32 bits. */
  public MetadataWriter fixed32(int value) {
    makeRoom();
    U32.set(buffer, filled, value);
    filled += 4;
    return this;
  }

  /** Writes 64 bits. */
  public MetadataWriter fixed64(long value) {
    makeRoom();
    U64.set(buffer, filled, value);
    filled += 8;
    return this;
  }

  /** Writes 128 bits, the low half first. */
  public MetadataWriter fixed128(long high, long low) {
    makeRoom();
    U64.set(buffer, filled, low);
    U64.set(buffer, filled + 8, high);
    filled += 16;
    return this;
  }

  /** Writes an unsigned number of 32 bits in LEB128, 1 to 5 bytes. */
  public MetadataWriter unsigned32(int value) {
    return unsigned64(Integer.toUnsignedLong(value));
  }

  /** Writes an unsigned number of 64 bits in LEB128, 1 to 10 bytes. */
  public MetadataWriter unsigned64(long value) {
    makeRoom();
    if (isInRunOfSmall(value)) {
      buffer[filled++] = (byte) value;
    } else {
      filled = Leb128.putUnsigned(buffer, filled, value);
    }
    return this;
  }

  /** Writes an unsigned number of 128 bits in LEB128, 1 to 19 bytes. */
  public MetadataWriter unsigned128(long high, long low) {
    makeRoom();
    filled = Leb128.putUnsigned(buffer, filled, high, low);
    return this;
  }

  /** Writes a signed number of 32 bits in LEB128, 1 to 5 bytes. */
  public MetadataWriter signed32(int value) {
    return signed64(value);
  }

  /** Writes a signed number of 64 bits in LEB128, 1 to 10 bytes. */
  public MetadataWriter signed64(long value) {
    makeRoom();
    // One bit of a group is the sign's.
    if (isInRunOfSmall((value ^ (value >> 63)) << 1)) {
      buffer[filled++] = (byte) (value & 0x7f);
    } else {
      filled = Leb128.putSigned(buffer, filled, value);
    }
    return this;
  }

  /** Writes a signed number of 128 bits in LEB128, 1 to 19 bytes. */
  public MetadataWriter signed128(long high, long low) {
    makeRoom();
    filled = Leb128.putSigned(buffer, filled, high, low);
    return this;
  }

  /**
   * Writes a text: how many bytes of UTF-8 it has, as an unsigned LEB128 number, and these bytes.
   *
   * @throws IllegalArgumentException if it has half of a surrogate pair, which UTF-8 can't say;
   *     nothing has been written
   */
  public MetadataWriter string(String text) {
    int chars = text.length();
    long size = Utf8.size(text);
    unsigned64(size);
    if (size == chars && chars <= ROOMY - filled) {
      filled = Utf8.putAscii(text, buffer, filled);
      return this;
    }
    for (int at = 0; at < chars; ) {
      makeRoom();
      int code = text.codePointAt(at);
      filled = Utf8.put(code, buffer, filled);
      at += Character.charCount(code);
    }
    return this;
  }

  /** Writes all of {@code bytes}, without their length. */
  public MetadataWriter bytes(byte[] bytes) {
    return bytes(bytes, 0, bytes.length);
  }

  /** Writes {@code length} bytes from {@code offset}, without their length. */
  public MetadataWriter bytes(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    return bytes(MemorySegment.ofArray(bytes).asSlice(offset, length));
  }

  /** Writes all of {@code bytes}, without their length. They may be mapped: they are copied. */
  public MetadataWriter bytes(MemorySegment bytes) {
    long size = bytes.byteSize();
    for (long at = 0; at < size; ) {
      makeRoom();
      int part = (int) Math.min(BUFFER_BYTES - filled, size - at);
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, buffer, filled, part);
      filled += part;
      at += part;
    }
    return this;
  }

  /**
   * Writes a table and returns its position, from where {@link MetadataReader#table} reads it.
   * Cells may hold positions, of other tables too.
   */
  public long table(TableBuilder table) {
    long position = position();
    table.write(this);
    return position;
  }

  /** Writes over a field that {@link #fixed8} wrote, as all patches wherever its bytes are now. */
  public void patch8(long position, int value) {
    patch[0] = (byte) value;
    patch(position, 1);
  }

  /** Writes over a field that {@link #fixed16} wrote. */
  public void patch16(long position, int value) {
    U16.set(patch, 0, (short) value);
    patch(position, 2);
  }

  /** Writes over a field that {@link #fixed32} wrote. */
  public void patch32(long position, int value) {
    U32.set(patch, 0, value);
    patch(position, 4);
  }

  /**
   * Writes over a field that {@link #fixed64} wrote.
   *
   * @throws IndexOutOfBoundsException if not all of its bytes have been written, as in all patches
   */
  public void patch64(long position, long value) {
    U64.set(patch, 0, value);
    patch(position, 8);
  }

  /** Writes over a field that {@link #fixed128} wrote. */
  public void patch128(long position, long high, long low) {
    U64.set(patch, 0, low);
    U64.set(patch, 8, high);
    patch(position, 16);
  }

  /**
   * Ends the stream and maps it: nothing is read back. The file is still a temporary one, and this
   * writer's no more.
   *
   * @param arena owns the mapping
   * @throws IOException the first error since the start; the temporary has been removed
   */
  public Metadata finish(Arena arena) throws IOException {
    flush();
    limit = -1;
    try {
      if (error != null) {
        throw error;
      }
      return new Metadata(file, file.map(arena));
    } catch (Throwable e) {
      try {
        file.close();
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /** Gives up: removes the temporary, unless {@link #finish} was called. */
  @Override
  public void close() throws IOException {
    if (limit >= 0) {
      limit = -1;
      file.close();
    }
  }

  /** Writes the low {@code width} bytes of a table's cell. */
  void cell(long value, int width) {
    makeRoom();
    U64.set(buffer, filled, value);
    filled += width;
  }

  /**
   * Whether a number and those before it take one byte. A branch on one number alone would be
   * mispredicted in every mix; large ones fade from memory a bit a number.
   */
  private boolean isInRunOfSmall(long value) {
    recent = (recent >>> 1) | value;
    return recent >>> 7 == 0;
  }

  private void makeRoom() {
    if (filled > limit) {
      flush();
    }
  }

  private void flush() {
    if (limit < 0) {
      throw new IllegalStateException("the stream is finished");
    }
    if (error == null) {
      try {
        file.write(buffer, 0, filled);
      } catch (IOException e) {
        error = e;
      }
    }
    flushed += filled;
    filled = 0;
  }

  private void patch(long position, int width) {
    Objects.checkFromIndexSize(position, width, position());
    if (limit < 0) {
      throw new IllegalStateException("the stream is finished");
    }
    int inFile = Math.clamp(flushed - position, 0, width);
    if (inFile > 0 && error == null) {
      try {
        file.overwrite(position, patch, 0, inFile);
      } catch (IOException e) {
        error = e;
      }
    }
    if (inFile < width) {
      int start = (int) (position + inFile - flushed);
      System.arraycopy(patch, inFile, buffer, start, width - inFile);
    }
  }

  private static VarHandle handle(Class<?> view) {
    return MethodHandles.byteArrayViewVarHandle(view, ByteOrder.LITTLE_ENDIAN);
  }
}
