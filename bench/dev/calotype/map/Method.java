package dev.calotype.map;

import dev.calotype.os.ffi.Posix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The ways to get at the bytes of a file. */
public enum Method {
  /** Mapped into a confined arena. */
  MAP_CONFINED {
    @Override
    OpenBytes open(Path file) throws IOException {
      return map(file, Arena.ofConfined());
    }
  },
  /** Mapped into a shared arena. */
  MAP_SHARED {
    @Override
    OpenBytes open(Path file) throws IOException {
      return map(file, Arena.ofShared());
    }
  },
  /** Mapped, and {@code madvise(MADV_SEQUENTIAL)}. */
  MAP_SEQUENTIAL {
    @Override
    OpenBytes open(Path file) throws IOException {
      return map(file, Posix.MADV_SEQUENTIAL());
    }
  },
  /** Mapped, and {@code madvise(MADV_RANDOM)}. */
  MAP_RANDOM {
    @Override
    OpenBytes open(Path file) throws IOException {
      return map(file, Posix.MADV_RANDOM());
    }
  },
  /** Mapped, and {@code madvise(MADV_WILLNEED)}. */
  MAP_WILLNEED {
    @Override
    OpenBytes open(Path file) throws IOException {
      return map(file, Posix.MADV_WILLNEED());
    }
  },
  /** Mapped, and {@code madvise(MADV_POPULATE_READ)}: no page is missing afterwards. */
  MAP_POPULATE {
    @Override
    OpenBytes open(Path file) throws IOException {
      return map(file, Kernel.MADV_POPULATE_READ);
    }
  },
  /** Mapped, and {@code madvise(MADV_HUGEPAGE)}, which the system may take and not follow. */
  MAP_HUGEPAGE {
    @Override
    OpenBytes open(Path file) throws IOException {
      return map(file, Kernel.MADV_HUGEPAGE);
    }
  },
  /** A {@link java.nio.MappedByteBuffer}, unmapped when the collector finds it. */
  MAP_BUFFER {
    @Override
    OpenBytes open(Path file) throws IOException {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        return new BufferBytes(mapped.order(ByteOrder.nativeOrder()));
      }
    }
  },
  /** Mapped, copied into an array, and unmapped. */
  MAP_COPY {
    @Override
    OpenBytes open(Path file) throws IOException {
      try (SegmentBytes mapped = map(file, Arena.ofConfined())) {
        return SegmentBytes.of(mapped.bytes().toArray(ValueLayout.JAVA_BYTE));
      }
    }
  },
  /** {@link Files#readAllBytes}. */
  READ_ALL {
    @Override
    OpenBytes open(Path file) throws IOException {
      return SegmentBytes.of(Files.readAllBytes(file));
    }
  },
  /** {@link FileChannel#read} into a buffer in the heap, which the JDK does by way of another. */
  READ_HEAP {
    @Override
    OpenBytes open(Path file) throws IOException {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        byte[] bytes = new byte[Math.toIntExact(channel.size())];
        readFully(channel, ByteBuffer.wrap(bytes));
        return SegmentBytes.of(bytes);
      }
    }
  },
  /** {@link FileChannel#read} into memory outside the heap, of a confined arena. */
  READ_DIRECT {
    @Override
    OpenBytes open(Path file) throws IOException {
      Arena arena = Arena.ofConfined();
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        MemorySegment bytes = arena.allocate(channel.size());
        for (long done = 0; done < bytes.byteSize(); done += LARGEST_READ) {
          long part = Math.min(LARGEST_READ, bytes.byteSize() - done);
          readFully(channel, bytes.asSlice(done, part).asByteBuffer());
        }
        return new SegmentBytes(bytes, arena);
      } catch (Throwable e) {
        arena.close();
        throw e;
      }
    }
  },
  /** {@code pread} of the pages that are wanted, each when it is, into memory outside the heap. */
  PREAD_PAGES {
    @Override
    OpenBytes open(Path file) throws IOException {
      return PageBytes.byPread(file);
    }
  },
  /** The same by {@link FileChannel#read(ByteBuffer, long)}, into an array. */
  READ_PAGES {
    @Override
    OpenBytes open(Path file) throws IOException {
      return PageBytes.byChannel(file);
    }
  };

  private static final long LARGEST_READ = 1 << 30;

  /** Opens a file this way. */
  abstract OpenBytes open(Path file) throws IOException;

  /** Why it can't be used for a file, or why that would be senseless, if so. */
  Optional<String> why(FileSize size) {
    return switch (this) {
      case MAP_COPY, READ_ALL, READ_HEAP -> {
        if (!size.fitsArray()) {
          yield Optional.of("an array ends at 2 GiB");
        }
        // A second one may be there that is not collected yet.
        long heap = Runtime.getRuntime().maxMemory();
        yield heap / 2 > size.bytes()
            ? Optional.empty()
            : Optional.of("the heap has %d MiB".formatted(heap >> 20));
      }
      case MAP_BUFFER ->
          size.fitsArray() ? Optional.empty() : Optional.of("a buffer ends at 2 GiB");
      case MAP_SEQUENTIAL, MAP_RANDOM, MAP_WILLNEED, MAP_POPULATE, MAP_HUGEPAGE, PREAD_PAGES ->
          Kernel.missing();
      case READ_DIRECT -> {
        long most = Runtime.getRuntime().maxMemory(); // Outside the heap as well.
        yield most > size.bytes()
            ? Optional.empty()
            : Optional.of("the JVM may have %d MiB outside the heap".formatted(most >> 20));
      }
      case MAP_CONFINED, MAP_SHARED, READ_PAGES -> Optional.empty();
    };
  }

  private static SegmentBytes map(Path file, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      return new SegmentBytes(channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena), arena);
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  private static OpenBytes map(Path file, int advice) throws IOException {
    SegmentBytes mapped = map(file, Arena.ofConfined());
    if (!Kernel.advise(mapped.bytes(), advice)) {
      mapped.close();
      throw new AdviceRefused();
    }
    return mapped;
  }

  private static void readFully(FileChannel channel, ByteBuffer target) throws IOException {
    while (target.hasRemaining()) {
      if (channel.read(target) < 0) {
        throw new IOException("the file became shorter");
      }
    }
  }

  /** The system has no such advice, or not for such a file. */
  static final class AdviceRefused extends IOException {
    private static final long serialVersionUID = 1;

    AdviceRefused() {
      super("the system refuses this advice for the file");
    }
  }
}
