package dev.calotype.map;

import dev.calotype.os.Descriptor;
import dev.calotype.os.FileStat;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file opened by the system's own calls. What maps it needs a channel, which is opened when it is
 * first wanted.
 */
final class NativeSource implements Source {
  private final Descriptor descriptor;
  private final Identity identity;
  private @Nullable FileChannel channel;

  /** The file of a descriptor that was just opened. */
  NativeSource(Descriptor descriptor, FileStat stat) {
    this.descriptor = descriptor;
    this.identity = Identity.OfSystem.of(stat);
  }

  @Override
  public int newDescriptor(Path name) throws IOException {
    return descriptor.duplicate();
  }

  @Override
  public long size() throws IOException {
    return descriptor.stat().size();
  }

  @Override
  public int read(long position, byte[] target, int offset, int length) throws IOException {
    return descriptor.read(position, target, offset, length);
  }

  @Override
  public synchronized FileChannel channel() throws IOException {
    descriptor.stat(); // Throws if it is closed, and its number perhaps another file's.
    FileChannel opened = channel;
    if (opened == null) {
      // The same file again, whatever has its name by now.
      Path same = Path.of("/proc/self/fd/" + descriptor.number());
      opened = FileChannel.open(same, StandardOpenOption.READ);
      channel = opened;
    }
    return opened;
  }

  @Override
  public boolean isBehind(int number) throws IOException {
    return identity.isAt(Path.of("/proc/self/fd/" + number));
  }

  @Override
  public boolean wasWrittenTo(Path name) throws IOException {
    return identity.wasWrittenTo(name);
  }

  @Override
  public synchronized void close() throws IOException {
    descriptor.close();
    if (channel != null) {
      channel.close();
    }
  }
}
