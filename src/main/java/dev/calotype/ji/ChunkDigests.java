package dev.calotype.ji;

import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Sha256;
import dev.calotype.bytes.Zeros;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/**
 * The digests of the chunks of a section, in their order. Other threads compute some from copies,
 * as long as there is memory for a copy; the caller's does the others. So digesting keeps pace with
 * writing on as many cores as there are, and whoever writes meets each error where it happens.
 *
 * <p>Heap use is at most {@link Lanes#MOST} chunks, and 32 bytes a chunk. The threads are the
 * common pool's. Not safe for use by several threads.
 */
final class ChunkDigests implements AutoCloseable {
  /** Below that, handing work to another thread costs more than it saves. */
  private static final int LEAST_BYTES_FOR_TWO = 1 << 18;

  private static final byte[] NONE = {};

  private final ByteArrayOutputStream digests = new ByteArrayOutputStream();
  private final Deque<Pending> pending = new ArrayDeque<>();
  private final Deque<byte[]> spare = new ArrayDeque<>();
  private int copies;

  /** A digest that is behind one that is not there yet, or is not there itself. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Pending(Optional<ForkJoinTask<byte[]>> task, byte[] digest, byte[] copy) {
    boolean isDone() {
      return task.isEmpty() || task.get().isDone();
    }
  }

  /** Adds a chunk. The bytes are the caller's again when this returns. */
  void add(byte[] bytes, int from, int length) {
    while (!pending.isEmpty() && pending.getFirst().isDone()) {
      take();
    }
    if (length == Chunks.SIZE && Zeros.fill(bytes, from, length)) {
      put(Zeros.chunkDigest());
    } else if (length < LEAST_BYTES_FOR_TWO || copies == Lanes.MOST || Lanes.MOST == 1) {
      put(Sha256.of(bytes, from, length));
    } else {
      byte[] copy = spare.isEmpty() ? new byte[Chunks.SIZE] : spare.pop();
      System.arraycopy(bytes, from, copy, 0, length);
      copies++;
      ForkJoinTask<byte[]> task =
          ForkJoinPool.commonPool().submit(() -> Sha256.of(copy, 0, length));
      pending.add(new Pending(Optional.of(task), NONE, copy));
    }
  }

  /** All digests since the last call, one after the other. */
  byte[] finish() {
    while (!pending.isEmpty()) {
      take();
    }
    byte[] all = digests.toByteArray();
    digests.reset();
    return all;
  }

  /** Waits for the threads that still work for this. */
  @Override
  public void close() {
    pending.forEach(one -> one.task.ifPresent(ForkJoinTask::quietlyJoin));
    pending.clear();
  }

  /** How many chunks other threads have not digested yet. */
  long waiting() {
    return pending.stream().filter(one -> !one.isDone()).count();
  }

  private void put(byte[] digest) {
    if (pending.isEmpty()) {
      digests.writeBytes(digest);
    } else {
      pending.add(new Pending(Optional.empty(), digest, NONE));
    }
  }

  private void take() {
    Pending first = pending.removeFirst();
    digests.writeBytes(first.task.isPresent() ? first.task.get().join() : first.digest);
    if (first.task.isPresent()) {
      spare.push(first.copy);
      copies--;
    }
  }
}
