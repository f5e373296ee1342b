package dev.calotype.examples.sepia;

import dev.calotype.MalformedImageException;
import dev.calotype.ji.CodeChoice;
import dev.calotype.ji.CodeFunction;
import dev.calotype.ji.Host;
import dev.calotype.ji.Validity;
import dev.calotype.load.LoadedCode;
import dev.calotype.load.Loader;
import dev.calotype.load.Loading;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a program. A module's code is loaded when one of its functions is called for the first time;
 * modules call each other directly from then on. What they want of the runtime goes through one
 * function in Java, whose address is in a cell of each module.
 */
final class Runner implements AutoCloseable {
  /** What a program may use of its thread's stack, in bytes. */
  private static final long STACK = 256L << 20;

  private static final long RESERVE = 1L << 20;
  private static final int FAILED = 70;

  private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private final Build build;
  private final int level;
  private final List<String> arguments;
  private final PrintStream out;
  private final Arena arena = Arena.ofShared();
  private final Map<String, LoadedCode> loaded = new HashMap<>();
  private final Host host = Host.current();
  private final MemorySegment runtime;
  private long floor;

  Runner(Build build, int level, List<String> arguments, PrintStream out) {
    this.build = build;
    this.level = level;
    this.arguments = arguments;
    this.out = out;
    this.runtime = stub();
  }

  /**
   * Calls a program's main function, on a thread with room for deep recursion.
   *
   * @return what it returns
   */
  long run(String module) throws IOException {
    LoadedCode code = load(module);
    MethodHandle main;
    try {
      main = code.function(CGenerator.symbol("main"), "()J");
    } catch (IllegalArgumentException e) {
      throw new IOException(module + " exports no 'fn main(): int'", e);
    }
    long[] result = new long[1];
    Throwable[] failure = new Throwable[1];
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                result[0] = (long) main.invokeExact();
              } catch (Throwable e) {
                failure[0] = e;
              }
            },
            "program",
            STACK);
    thread.start();
    join(thread);
    out.flush();
    if (failure[0] != null) {
      throw new IOException(failure[0].getMessage(), failure[0]);
    }
    return result[0];
  }

  /** How many modules were called so far. */
  int loadedModules() {
    return loaded.size();
  }

  @Override
  public void close() {
    arena.close();
  }

  private LoadedCode load(String module) throws IOException {
    LoadedCode known = loaded.get(module);
    if (known != null) {
      return known;
    }
    Shelf.Entry entry = build.entry(module);
    LoadedCode code;
    try {
      code = load(module, entry);
    } catch (MalformedImageException e) {
      code = load(module, build.again(module, "damaged in the store: " + e.getMessage()));
    }
    loaded.put(module, code);
    return code;
  }

  private LoadedCode load(String module, Shelf.Entry entry) throws IOException {
    try (CodeChoice choice = entry.code(level, host)) {
      if (choice.best().isEmpty()) {
        if (choice.rejected().stream().anyMatch(Validity.Damaged.class::isInstance)) {
          return load(module, build.again(module, "code damaged in the store"));
        }
        throw new IOException("no code of %s fits this machine".formatted(module));
      }
      Loader loader =
          Loader.of(entry.data())
              .withHost(host)
              .withFullCheck()
              .withImport(CodeMaker.RUNTIME, CodeMaker.RUNTIME_TYPE, runtime);
      return switch (loader.load(choice.best().get(), arena)) {
        case Loading.Loaded it -> it.code();
        case Loading.Refused no -> throw new IOException("%s: %s".formatted(module, no.causes()));
      };
    }
  }

  /** What the cell of each module leads to: see Prelude. */
  private long call(long operation, MemorySegment pointer, long a, long b) {
    try {
      return switch ((int) operation) {
        case 0 -> arena.allocate(a, 16).address();
        case 1 -> {
          byte[] bytes = bytes(pointer);
          out.write(bytes, 0, bytes.length);
          yield 0;
        }
        case 2 -> text(Double.toString(Double.longBitsToDouble(a)));
        case 3 -> arguments.size();
        case 4 -> text(arguments.get((int) a));
        case 5 -> resolve(string(pointer));
        case 6 -> {
          floor = floor == 0 ? pointer.address() - STACK + RESERVE : floor;
          yield floor;
        }
        default -> throw new ProgramException(string(pointer), trouble((int) operation - 7, a, b));
      };
    } catch (Throwable e) {
      // There are frames of C above, which nothing can be thrown through.
      out.flush();
      System.err.println("sepia: " + e.getMessage());
      System.exit(FAILED);
      return 0;
    }
  }

  private static String trouble(int kind, long a, long b) {
    return switch (kind) {
      case 0 -> "%d divided by 0".formatted(a);
      case 1 -> "index %d of %d".formatted(a, b);
      case 2 -> "slice from %d to %d".formatted(a, b);
      case 3 -> "recursion too deep";
      default -> "no number at byte %d of %d".formatted(a, b);
    };
  }

  /** A program that did what it may not. */
  private static final class ProgramException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ProgramException(String function, String message) {
      super(function + ": " + message);
    }
  }

  /** The address of a function: {@code module.name(types)type}. */
  private long resolve(String wanted) {
    int parenthesis = wanted.indexOf('(');
    int dot = wanted.lastIndexOf('.', parenthesis);
    String symbol = CGenerator.symbol(wanted.substring(dot + 1, parenthesis));
    CodeFunction asked = new CodeFunction(symbol, wanted.substring(parenthesis));
    try {
      LoadedCode code = load(wanted.substring(0, dot));
      if (!code.functions().contains(asked)) {
        throw new IllegalStateException("there is no " + wanted);
      }
      return code.symbol(symbol).orElseThrow().address();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("restricted")
  private MemorySegment stub() {
    try {
      MethodHandle method =
          MethodHandles.lookup()
              .bind(
                  this,
                  "call",
                  MethodType.methodType(
                      long.class, long.class, MemorySegment.class, long.class, long.class));
      FunctionDescriptor type = FunctionDescriptor.of(LONG, LONG, ValueLayout.ADDRESS, LONG, LONG);
      return Linker.nativeLinker().upcallStub(method, type, arena);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("restricted")
  private static byte[] bytes(MemorySegment pointer) {
    long length = pointer.reinterpret(8).get(WORD, 0);
    return pointer.reinterpret(8 + length).asSlice(8).toArray(ValueLayout.JAVA_BYTE);
  }

  @SuppressWarnings("restricted")
  private static String string(MemorySegment pointer) {
    return pointer.reinterpret(1 << 16).getString(0);
  }

  private long text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    MemorySegment memory = arena.allocate(8 + bytes.length, 8);
    memory.set(WORD, 0, bytes.length);
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 8, bytes.length);
    return memory.address();
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
