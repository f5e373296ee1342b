package dev.calotype.examples.sepia;

import dev.calotype.MalformedImageException;
import dev.calotype.ji.CodeChoice;
import dev.calotype.ji.Host;
import dev.calotype.ji.ImportCell;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Validity;
import dev.calotype.load.LoadedCode;
import dev.calotype.load.Loader;
import dev.calotype.load.Loading;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs a linked program: loads it, calls it, and says what went wrong in it. Each shape of call
 * between Java and C costs a JVM as much as all else here, so there is one into C; the one back,
 * which writes floats, is made for programs that import it.
 */
final class Runner implements AutoCloseable {
  /** What is returned for a program that did what it may not. */
  static final int FAILED = 70;

  /** What a program may use of its thread's stack, in bytes. */
  private static final long STACK = 256L << 20;

  private static final long RESERVE = 1L << 20;

  private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  // struct context of Prelude.
  private static final long CONTEXT = 56;
  private static final long KIND = 0;
  private static final long FUNCTION = 8;
  private static final long A = 16;
  private static final long B = 24;
  private static final long COUNT = 32;
  private static final long ARGUMENTS = 40;
  private static final long STACK_SIZE = 48;

  private final Arena arena = Arena.ofShared();
  private final MethodHandle entry;

  private Runner(Shelf.Entry program, String main, int level) throws IOException {
    boolean isLoaded = false;
    try {
      LoadedCode code = load(program, level);
      entry = code.function(CGenerator.entry(main), ProgramLinker.ENTRY_TYPE);
      isLoaded = true;
    } finally {
      if (!isLoaded) {
        arena.close();
      }
    }
  }

  /**
   * Begins what takes a JVM long the first time, on another processor: to digest, to load, and to
   * call a function like those that start programs.
   */
  static void prepare() {
    Thread.ofPlatform().daemon().start(Runner::makeFirstCalls);
  }

  @SuppressWarnings("restricted")
  private static void makeFirstCalls() {
    Fingerprints.sha256();
    Loader.prepare();
    Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(LONG, ValueLayout.ADDRESS));
  }

  /**
   * Loads a program.
   *
   * @param main the module that it starts with
   * @throws MalformedImageException if its data or code is damaged
   */
  static Runner of(Shelf.Entry program, String main, int level) throws IOException {
    return new Runner(program, main, level);
  }

  /**
   * Calls the program's main function, on a thread with room for deep recursion.
   *
   * @return what it returns; {@link #FAILED}, after one line, if it did what it may not
   */
  int run(List<String> arguments) throws IOException {
    MemorySegment context = arena.allocate(CONTEXT, Long.BYTES);
    context.set(LONG, KIND, -1);
    context.set(LONG, STACK_SIZE, STACK - RESERVE);
    context.set(LONG, COUNT, arguments.size());
    MemorySegment pointers = arena.allocate(Math.max(1, arguments.size()) * Long.BYTES, 8);
    for (int i = 0; i < arguments.size(); i++) {
      pointers.setAtIndex(LONG, i, text(arguments.get(i)).address());
    }
    context.set(LONG, ARGUMENTS, pointers.address());
    Call call = new Call(entry, context);
    Thread thread = new Thread(null, call, "program", STACK);
    thread.start();
    join(thread);
    if (call.failure != null) {
      throw new IOException(call.failure.getMessage(), call.failure);
    }
    if (context.get(LONG, KIND) < 0) {
      return (int) call.result & 0xff;
    }
    System.err.println("sepia: " + trouble(context));
    return FAILED;
  }

  @Override
  public void close() {
    arena.close();
  }

  /** What the program's thread does. */
  private static final class Call implements Runnable {
    private final MethodHandle entry;
    private final MemorySegment context;
    private long result;
    private Throwable failure;

    Call(MethodHandle entry, MemorySegment context) {
      this.entry = entry;
      this.context = context;
    }

    @Override
    public void run() {
      try {
        result = (long) entry.invokeExact(context);
      } catch (Throwable e) {
        failure = e;
      }
    }
  }

  private LoadedCode load(Shelf.Entry program, int level) throws IOException {
    Host host = Host.current();
    try (CodeChoice choice = program.code(level, host)) {
      if (choice.best().isEmpty()) {
        for (Validity rejected : choice.rejected()) {
          if (rejected instanceof Validity.Damaged bad) {
            throw new MalformedImageException(
                bad.file().toString(),
                bad.structure(),
                bad.offset(),
                bad.reason(),
                "the bytes that were linked");
          }
        }
        throw new IOException("no code of the program fits this machine");
      }
      Validity.FreshCode code = choice.best().get();
      Loader loader = Loader.of(program.data()).withHost(host);
      if (code.code().note() instanceof LinkedNote note) {
        for (ImportCell _ : note.imports()) {
          loader =
              loader.withImport(ProgramLinker.RUNTIME, ProgramLinker.RUNTIME_TYPE, floatText());
        }
      }
      // The loader verifies the code, and another thread meanwhile the data.
      FutureTask<Boolean> verified =
          new FutureTask<>(() -> {
            program.verify();
            return true;
          });
      Thread.ofPlatform().daemon().start(verified);
      Loading loading = loader.load(code, arena);
      await(verified);
      if (loading instanceof Loading.Loaded it) {
        return it.code();
      }
      throw new IOException("the program: " + loading);
    }
  }

  /** The function behind {@link ProgramLinker#RUNTIME}. */
  @SuppressWarnings("restricted")
  private MemorySegment floatText() {
    try {
      MethodHandle method =
          MethodHandles.lookup()
              .bind(this, "text", MethodType.methodType(MemorySegment.class, long.class));
      return Linker.nativeLinker()
          .upcallStub(method, FunctionDescriptor.of(ValueLayout.ADDRESS, LONG), arena);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private MemorySegment text(long bits) {
    return text(Double.toString(Double.longBitsToDouble(bits)));
  }

  /** Bytes as programs have them. */
  private MemorySegment text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    MemorySegment memory = arena.allocate(8 + bytes.length, 8);
    memory.set(WORD, 0, bytes.length);
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 8, bytes.length);
    return memory;
  }

  @SuppressWarnings("restricted")
  private static String trouble(MemorySegment context) {
    String function =
        MemorySegment.ofAddress(context.get(LONG, FUNCTION)).reinterpret(1 << 16).getString(0);
    long a = context.get(LONG, A);
    long b = context.get(LONG, B);
    return switch ((int) context.get(LONG, KIND)) {
      case 0 -> "%s: %d divided by 0".formatted(function, a);
      case 1 -> "%s: index %d of %d".formatted(function, a, b);
      case 2 -> "%s: slice from %d to %d".formatted(function, a, b);
      case 3 -> "%s: recursion too deep".formatted(function);
      case 4 -> "%s: no number at byte %d of %d".formatted(function, a, b);
      default -> "no memory for %d bytes".formatted(a);
    };
  }

  private static void await(FutureTask<Boolean> task) throws IOException {
    try {
      task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException runtime -> throw runtime;
        default -> throw new IOException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void join(Thread thread) throws IOException {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
