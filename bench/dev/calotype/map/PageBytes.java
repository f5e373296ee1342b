package dev.calotype.map;

import dev.calotype.os.ffi.Posix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Bytes that are read when they are wanted, a page at a time, into the same private page. */
abstract class PageBytes implements OpenBytes {
  static final int PAGE = 4096;

  /** The page that was read last. */
  private final MemorySegment page;

  private PageBytes(MemorySegment page) {
    this.page = page;
  }

  /** Reads what the file has of the page at a position. */
  abstract void read(long position) throws IOException;

  @Override
  public long sum(long position, int length) throws IOException {
    long sum = 0;
    for (int done = 0; done < length; ) {
      long at = position + done;
      int within = (int) (at % PAGE);
      int part = Math.min(length - done, PAGE - within);
      read(at - within);
      sum += SegmentBytes.sum(page, within, part);
      done += part;
    }
    return sum;
  }

  /** By the system's own {@code pread}, into memory outside the heap. */
  static OpenBytes byPread(Path file) throws IOException {
    Arena arena = Arena.ofConfined();
    MemorySegment page = arena.allocate(PAGE);
    int descriptor = Kernel.open(arena.allocateFrom(file.toString()));
    return new PageBytes(page) {
      @Override
      void read(long position) throws IOException {
        if (Posix.pread(descriptor, page, PAGE, position) != PAGE) {
          throw new IOException("pread of a page failed");
        }
      }

      @Override
      public void close() {
        Posix.close(descriptor);
        arena.close();
      }
    };
  }

  /** By the JDK's channel, into an array. */
  static OpenBytes byChannel(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    ByteBuffer buffer = ByteBuffer.allocate(PAGE);
    return new PageBytes(MemorySegment.ofBuffer(buffer)) {
      @Override
      void read(long position) throws IOException {
        if (channel.read(buffer.clear(), position) != PAGE) {
          throw new IOException("reading a page failed");
        }
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }
}
