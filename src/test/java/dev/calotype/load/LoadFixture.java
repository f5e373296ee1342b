package dev.calotype.load;

import dev.calotype.Durability;
import dev.calotype.emit.ObjectTarget;
import dev.calotype.emit.OutputOptions;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Linkage;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Seal;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.split.Embed;
import dev.calotype.split.Link;
import dev.calotype.split.Linkers;
import dev.calotype.split.SharedData;
import dev.calotype.split.Split;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Pairs of every shape, made with the compiler and a linker of this machine. */
final class LoadFixture {
  /** How many numbers the table has. */
  static final int COUNT = 10_000;

  static final String SECTION = "table";
  private static final long HOLE = 131_072;

  private final Path folder;

  LoadFixture(Path folder) {
    this.folder = folder;
  }

  /** What {@code total} of the numbers is. */
  static long total() {
    return (long) COUNT * (COUNT - 1) / 2 + COUNT;
  }

  /** A data file whose section is 1, 2, 3 … as 64-bit numbers. */
  Path data() throws IOException {
    return data("m.ji", 1);
  }

  /** The same with another first number, so with another total. */
  Path data(String name, long first) throws IOException {
    Path file = folder.resolve(name);
    MemorySegment numbers = MemorySegment.ofArray(new long[COUNT]);
    for (int i = 0; i < COUNT; i++) {
      numbers.setAtIndex(ValueLayout.JAVA_LONG, i, i == 0 ? first : i + 1);
    }
    WriteOptions options = WriteOptions.standard().withReplace(true);
    try (DataFileWriter writer = DataFileWriter.create(file, options)) {
      try (OutputStream section = writer.section(SECTION, 65_536, true)) {
        section.write(numbers.toArray(ValueLayout.JAVA_BYTE));
      }
      writer.publish();
    }
    return file;
  }

  /** Code that reaches the table and a function through cells. */
  Path slots(Path data) throws IOException {
    return slots(data, "slots.so", "-O1", Origin.none(), Linkage.none());
  }

  /** The same under a name of its own, compiled so, with one more slot, or none. */
  Path slots(Path data, String name, String level, Origin origin, Linkage more) throws IOException {
    Linkage linkage =
        more.withSlots(SECTION, List.of(0L, 8L))
            .withImport("scale", "(J)J")
            .withFunction("total", "(J)J")
            .withFunction("second", "()J")
            .withFunction("scaled", "(J)J");
    String source =
        """
        extern const long *const volatile table_cell, *const volatile second_cell;
        extern long (*const volatile scale_cell)(long);
        #pragma GCC visibility push(default)
        long total(long count) {
          long sum = 0;
          for (long i = 0; i < count; i++) sum += table_cell[i];
          return sum;
        }
        long second(void) { return *second_cell; }
        long scaled(long value) { return scale_cell(value) + 1; }
        """;
    String cells =
        """
        .section .calslots,"aw",%progbits
        .p2align 3
        .globl table_cell, second_cell, scale_cell
        .hidden table_cell, second_cell, scale_cell
        extra_cell: .quad 0
        table_cell: .quad 0
        second_cell: .quad 0
        scale_cell: .quad 0
        """;
    List<String> places = new ArrayList<>(List.of("table_cell", "scale_cell"));
    if (!more.slots().isEmpty()) {
      places.addFirst("extra_cell");
    }
    return link(data, name, Shape.SLOTS, origin, linkage, source, level, cells, places);
  }

  /** Code that reaches the table relative to itself. */
  Path hole(Path data) throws IOException {
    return hole(data, "hole.so", HOLE, "");
  }

  /** The same with a hole of that size, and with more source. */
  Path hole(Path data, String name, long size, String more, String... arguments)
      throws IOException {
    return link(data, name, holeObjects(data, name, size, more), arguments);
  }

  /** The same as the system's compiler links it, whatever that gives, and sealed. */
  Path holeByCompiler(Path data, String name, String more, String... arguments) throws IOException {
    Path code = folder.resolve(name);
    List<String> command = new ArrayList<>(List.of("-shared", "-Wl,-z,max-page-size=65536"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-o", code.toString()));
    holeObjects(data, name, HOLE, more).forEach(object -> command.add(object.toString()));
    gcc(command.toArray(String[]::new));
    Seal.seal(code, code, Durability.FAST, true);
    return code;
  }

  private List<Path> holeObjects(Path data, String name, long size, String more)
      throws IOException {
    Linkage linkage = Linkage.none().withHole(SECTION, size).withFunction("total", "(J)J");
    String source =
        """
        extern const long table[] __attribute__((visibility("hidden")));
        long total(long count) {
          long sum = 0;
          for (long i = 0; i < count; i++) sum += table[i];
          return sum;
        }
        """;
    String cells =
        """
        .section .jihole,"awR",%%nobits
        .p2align 16
        .globl table
        .hidden table
        table: .skip %d
        """
            .formatted(size);
    return objects(
        data,
        name,
        Shape.HOLE,
        Origin.none(),
        linkage,
        source + more,
        "-O1",
        cells,
        List.of("table"));
  }

  /** The data as a shared object that exports the table. */
  Path container(Path data) throws IOException {
    try (Validity.Fresh fresh = fresh(data)) {
      SharedData shared =
          SharedData.of(fresh.data(), ObjectTarget.X86_64_LINUX)
              .withExport("table", SECTION, 0, 8L * COUNT);
      Path file = folder.resolve(shared.soname());
      shared.write(file, true);
      return file;
    }
  }

  /** Code that needs the data's shared object. */
  Path needed(Path container) throws IOException {
    return needed(container, "");
  }

  /** The same with more source. */
  Path needed(Path container, String more) throws IOException {
    Linkage linkage = Linkage.none().withFunction("total", "(J)J");
    String source =
        """
        extern const long table[];
        long total(long count) {
          long sum = 0;
          for (long i = 0; i < count; i++) sum += table[i];
          return sum;
        }
        """;
    return link(
        container,
        "needed.so",
        Shape.NEEDED,
        Origin.none(),
        linkage,
        source + more,
        "-O1",
        "",
        List.of());
  }

  /** The same, that is never unloaded. */
  Path keptHole(Path data) throws IOException {
    return hole(data, "kept.so", HOLE, "", "-z", "nodelete");
  }

  /** A library of that {@code SONAME} with a table of its own. */
  Path impostor(String soname) throws IOException {
    Path source = Files.writeString(folder.resolve("impostor.c"), "const long table[] = {9, 9};");
    Path library = folder.resolve("impostor.so");
    gcc("-fPIC", "-shared", "-Wl,-soname," + soname, "-o", library.toString(), source.toString());
    return library;
  }

  /** A library whose data is large enough to be worth splitting. */
  Path library() throws IOException {
    StringBuilder source = new StringBuilder("const long table[] = {");
    for (int i = 0; i < COUNT; i++) {
      source.append(i + 1).append(',');
    }
    source.append(
        """
        };
        long total(long count) {
          long sum = 0;
          for (long i = 0; i < count; i++) sum += table[i];
          return sum;
        }
        """);
    Path file = Files.writeString(folder.resolve("whole.c"), source);
    Path library = folder.resolve("whole.so");
    gcc("-O1", "-fPIC", "-shared", "-o", library.toString(), file.toString());
    return library;
  }

  /** A data file, and that library with it inside. */
  List<Path> within() throws IOException {
    Path data = data("inside.ji", 7);
    Path code = folder.resolve("within.so");
    try (Validity.Fresh fresh = fresh(data)) {
      Embed.within(library(), fresh.data(), code, Origin.none(), true, _ -> {});
    }
    return List.of(data, code);
  }

  /** Both halves of a library, data first. */
  List<Path> detached(Path library) throws IOException {
    Path data = folder.resolve("whole.ji");
    Path code = folder.resolve("whole.code");
    try (Split split = Split.plan(library, List.of())) {
      split.write(data, code, WriteOptions.standard().withReplace(true));
    }
    return List.of(data, code);
  }

  /** The verdict on data that is fresh. */
  static Validity.Fresh fresh(Path data) throws IOException {
    return (Validity.Fresh) DataFile.check(data, Expectations.none());
  }

  /** The verdict on code that is fresh. */
  static Validity.FreshCode freshCode(Path code) throws IOException {
    return (Validity.FreshCode) CodeObject.check(code, Expectations.none().withTier(Tier.HEADER));
  }

  private Path link(
      Path data,
      String name,
      Shape shape,
      Origin origin,
      Linkage linkage,
      String source,
      String level,
      String cells,
      List<String> places)
      throws IOException {
    return link(
        data, name, objects(data, name, shape, origin, linkage, source, level, cells, places));
  }

  /** The code and its note. */
  private List<Path> objects(
      Path data,
      String name,
      Shape shape,
      Origin origin,
      Linkage linkage,
      String source,
      String level,
      String cells,
      List<String> places)
      throws IOException {
    Path code = Files.writeString(folder.resolve(name + ".c"), source);
    Path object = folder.resolve(name + ".o");
    gcc("-c", "-fPIC", "-fno-asynchronous-unwind-tables", level, "-o", object + "", code + "");
    try (Validity.Fresh fresh = fresh(data)) {
      return List.of(object, note(fresh.data().id(), name, shape, origin, linkage, cells, places));
    }
  }

  private Path link(Path data, String name, List<Path> objects, String... arguments)
      throws IOException {
    try (Validity.Fresh fresh = fresh(data)) {
      Path target = folder.resolve(name);
      Link.of(fresh, objects)
          .withLinker(Linkers.onPath().named(Tools.require("ld.lld-19")))
          .withArguments(List.of(arguments))
          .write(
              target, OutputOptions.standard().withReplace(true).withDurability(Durability.FAST));
      return target;
    }
  }

  private Path note(
      DataId id,
      String name,
      Shape shape,
      Origin origin,
      Linkage linkage,
      String cells,
      List<String> places)
      throws IOException {
    LinkedNote note =
        LinkedNote.unsealed(shape, 65_536, id, origin.withTarget("x86_64-elf"))
            .withLinkage(linkage);
    byte[] bytes = note.encode(ByteOrder.LITTLE_ENDIAN);
    int[] offsets = note.placeOffsets();
    StringBuilder text = new StringBuilder();
    text.append(".section .note.GNU-stack,\"\",%progbits\n");
    text.append(".section .note.calotype,\"a\",%note\n.p2align 3\n");
    for (int i = 0; i < (offsets.length == 0 ? bytes.length : offsets[0]); i++) {
      text.append(".byte ").append(bytes[i]).append('\n');
    }
    for (int i = 0; i < offsets.length; i++) {
      text.append(".quad %s - .%n".formatted(places.get(i)));
    }
    Path source = Files.writeString(folder.resolve(name + ".s"), text.append(cells));
    Path object = folder.resolve(name + ".note.o");
    gcc("-c", "-o", object.toString(), source.toString());
    return object;
  }

  private static void gcc(String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = Tools.require("gcc");
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Run.of(command).succeeded();
  }
}
