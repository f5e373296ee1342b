package dev.calotype.load;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What goes when code goes, the last first. */
final class Closing implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  @Override
  public void close() throws IOException {
    Exception failure = null;
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure instanceof IOException e ? e : new IOException(failure);
    }
  }

  /** The same for a cleaner, which can't tell anybody. */
  void closeQuietly() {
    try {
      close();
    } catch (IOException e) {
      // What is closed here are read-only descriptors.
    }
  }
}
