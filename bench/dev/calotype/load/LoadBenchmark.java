package dev.calotype.load;

import dev.calotype.Durability;
import dev.calotype.bench.NotRun;
import dev.calotype.bench.Programs;
import dev.calotype.bench.TemporaryFolder;
import dev.calotype.emit.OutputOptions;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Linkage;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.split.Link;
import dev.calotype.split.Linkers;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * From the files to the first call and back: {@link #loadOurs}, by way of a hole, checks, verifying
 * and closing included, as a ratio to {@link #loadDlopen} of the same code with the same data
 * inside, which checks nothing. And a call through a loaded handle, {@link #callOurs}, to that of
 * one looked up directly, {@link #callDirect}; neither handle is a constant for the compiler. The
 * data's size must not matter.
 *
 * <p>Files are in the page cache. Not measured: touching the data, a first load in a fresh JVM.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
// A load is a long way of Java: it takes a dozen seconds until all of it is compiled.
@Warmup(iterations = 15, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 5, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class LoadBenchmark {
  private static final FunctionDescriptor TYPE =
      FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
  private static final String SECTION = "table";
  private static final String GCC = "gcc";
  private static final String LLD = "ld.lld-19";
  private static final MethodHandle NOTHING = MethodHandles.identity(long.class);

  /** How much data there is. */
  @Param({"1", "100"})
  public int mebibytes;

  private final Arena arena = Arena.ofShared();
  private Path folder = Path.of("");
  private Path data = Path.of("");
  private Path code = Path.of("");
  private Path whole = Path.of("");
  private MethodHandle loaded = NOTHING;
  private MethodHandle direct = NOTHING;

  /** Builds both. */
  @Setup
  public void build(BenchmarkParams running) throws IOException, InterruptedException {
    for (String program : List.of(GCC, LLD)) {
      if (!Programs.isThere(program)) {
        throw NotRun.because(running, "there is no " + program);
      }
    }
    folder = Files.createTempDirectory("bench");
    long size = (long) mebibytes << 20;
    data = folder.resolve("m.ji");
    Path bytes = folder.resolve("bytes");
    byte[] part = new byte[1 << 20];
    try (DataFileWriter writer = DataFileWriter.create(data, WriteOptions.standard());
        OutputStream copy = Files.newOutputStream(bytes)) {
      try (OutputStream section = writer.section(SECTION, 65_536, true)) {
        for (int i = 0; i < mebibytes; i++) {
          Arrays.fill(part, (byte) (i + 1));
          section.write(part);
          copy.write(part);
        }
      }
      writer.publish();
    }
    Path source =
        Files.writeString(
            folder.resolve("m.c"),
            """
            extern const unsigned char table[] __attribute__((visibility("hidden")));
            long at(long offset) { return table[offset]; }
            """);
    Path object = folder.resolve("m.o");
    gcc("-O2", "-fPIC", "-fno-asynchronous-unwind-tables", "-c", "-o", object + "", source + "");
    Path inside =
        Files.writeString(
            folder.resolve("inside.s"),
            """
            .section .note.GNU-stack,"",%%progbits
            .section .rodata
            .globl table
            .hidden table
            .p2align 16
            table: .incbin "%s"
            """
                .formatted(bytes));
    whole = folder.resolve("whole.so");
    gcc("-shared", "-nostartfiles", "-o", whole + "", object + "", inside + "");
    code = folder.resolve("m.so");
    try (Validity.Fresh fresh = (Validity.Fresh) DataFile.check(data, Expectations.none())) {
      LinkedNote note =
          LinkedNote.unsealed(
                  Shape.HOLE, 65_536, fresh.data().id(), Origin.none().withTarget("x86_64-elf"))
              .withLinkage(Linkage.none().withHole(SECTION, size).withFunction("at", "(J)J"));
      Link.of(fresh, List.of(object, noteObject(folder, note, size)))
          .withLinker(Linkers.onPath().named(LLD))
          .write(code, OutputOptions.standard().withDurability(Durability.FAST));
    }
    // Of files of their own: what is loaded already we load again from a copy, and dlopen not at
    // all.
    loaded = load(Files.copy(code, folder.resolve("called.so")), arena);
    direct = lookUp(Files.copy(whole, folder.resolve("called-whole.so")), arena);
  }

  private static Path noteObject(Path folder, LinkedNote note, long size)
      throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder(".section .note.GNU-stack,\"\",%progbits\n");
    text.append(".section .note.calotype,\"a\",%note\n.p2align 3\n");
    byte[] bytes = note.encode(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < note.placeOffsets()[0]; i++) {
      text.append(".byte ").append(bytes[i]).append('\n');
    }
    text.append(".quad table - .\n.section .jihole,\"awR\",%nobits\n.p2align 16\n");
    text.append(".globl table\n.hidden table\ntable: .skip ").append(size).append('\n');
    Path source = Files.writeString(folder.resolve("note.s"), text);
    Path object = folder.resolve("note.o");
    gcc("-c", "-o", object + "", source + "");
    return object;
  }

  private static void gcc(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(GCC));
    command.addAll(List.of(arguments));
    if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      throw new IllegalStateException("gcc failed");
    }
  }

  private MethodHandle load(Path code, Arena into) throws IOException {
    try (Validity.Fresh fresh = (Validity.Fresh) DataFile.check(data, Expectations.none());
        Validity.FreshCode other =
            (Validity.FreshCode) CodeObject.check(code, Expectations.none())) {
      Loading.Loaded it = (Loading.Loaded) Loader.of(fresh).load(other, into);
      return it.code().function("at");
    }
  }

  @SuppressWarnings("restricted")
  private MethodHandle lookUp(Path library, Arena into) {
    SymbolLookup symbols = SymbolLookup.libraryLookup(library, into);
    return Linker.nativeLinker().downcallHandle(symbols.findOrThrow("at"), TYPE);
  }

  /** Gives everything back. */
  @TearDown
  public void remove() throws IOException {
    arena.close();
    TemporaryFolder.remove(folder);
  }

  /** Ours. */
  @Benchmark
  public long loadOurs() throws Throwable {
    try (Arena own = Arena.ofConfined()) {
      return (long) load(code, own).invokeExact(4096L);
    }
  }

  /** Without checks, the data inside. */
  @Benchmark
  public long loadDlopen() throws Throwable {
    try (Arena own = Arena.ofConfined()) {
      return (long) lookUp(whole, own).invokeExact(4096L);
    }
  }

  /** One call of loaded code. */
  @Benchmark
  public long callOurs() throws Throwable {
    return (long) loaded.invokeExact(4096L);
  }

  /** One call of a symbol that was looked up. */
  @Benchmark
  public long callDirect() throws Throwable {
    return (long) direct.invokeExact(4096L);
  }
}
