package dev.calotype.map;

import dev.calotype.FileChangedException;
import dev.calotype.os.Descriptor;
import dev.calotype.os.FileStat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file opened by the JDK, without native access.
 *
 * @param channel the channel
 * @param identity what it was when it was opened
 */
record ChannelSource(FileChannel channel, Identity identity) implements Source {
  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public int read(long position, byte[] target, int offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(target, offset, length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + (buffer.position() - offset)) < 0) {
        break;
      }
    }
    return buffer.position() - offset;
  }

  @Override
  public int newDescriptor(Path name) throws IOException {
    // Most files still have their names, and finding the descriptor looks at all there are.
    Optional<Descriptor> named = Descriptor.open(name, FileStat.ofThread());
    if (named.isPresent()) {
      int number = named.get().number();
      if (isBehind(number)) {
        channel.size(); // Throws if it is closed.
        return number;
      }
      named.get().close();
    }
    Descriptor again = Descriptor.again(descriptor());
    if (!isBehind(again.number())) {
      again.close();
      throw new FileChangedException(name.toString(), "is not what was opened any more");
    }
    return again.number();
  }

  /** The JDK does not tell, so it is the one that leads to the same file. */
  private int descriptor() throws IOException {
    channel.size(); // Throws if it is closed.
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path one : all) {
        if (isSame(one)) {
          return Integer.parseInt(String.valueOf(one.getFileName()));
        }
      }
    }
    throw new IOException("an open file has no descriptor in /proc/self/fd");
  }

  @Override
  public boolean isBehind(int number) {
    return isSame(Path.of("/proc/self/fd/" + number));
  }

  private boolean isSame(Path descriptor) {
    try {
      return identity.isAt(descriptor);
    } catch (IOException e) {
      return false; // Closed meanwhile, or it leads to nothing.
    }
  }

  @Override
  public boolean wasWrittenTo(Path name) throws IOException {
    return identity.wasWrittenTo(name);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
