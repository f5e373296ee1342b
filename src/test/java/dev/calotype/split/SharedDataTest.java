package dev.calotype.split;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.RefusedException;
import dev.calotype.emit.ObjectTarget;
import dev.calotype.image.Image;
import dev.calotype.image.Segment;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.DataSection;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.SectionOptions;
import dev.calotype.ji.Storage;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A data file as a shared object: a data file still, and one that linkers and loaders take. */
class SharedDataTest {
  private static final int BASE = 0x10000;

  @TempDir Path folder;
  private Path plain = Path.of("");
  private Path shared = Path.of("");
  private byte[] table = {};

  @BeforeEach
  void write() throws IOException {
    plain = folder.resolve("tables.ji");
    table = Bytes.random(5000, 1);
    try (DataFileWriter writer = DataFileWriter.create(plain, WriteOptions.standard())) {
      section(writer, ".rodata", SectionOptions.standard().withPlaceable(true), table);
      section(writer, "cold", SectionOptions.standard().withStorage(Storage.SPARSE), table);
      writer.publish();
    }
    shared = share(ObjectTarget.X86_64_LINUX);
  }

  @Test
  void itIsTheSameDataUnderAnotherFormat() throws IOException {
    byte[] inside = Arrays.copyOfRange(Bytes.read(shared), BASE, BASE + Bytes.read(plain).length);
    assertThat(inside).isEqualTo(Bytes.read(plain));
    for (Tier tier : List.of(Tier.HEADER, Tier.FULL)) {
      try (Validity a = check(plain, tier);
          Validity b = check(shared, tier);
          Arena arena = Arena.ofConfined()) {
        DataFile data = ((Validity.Fresh) b).data();
        assertThat(data.id()).isEqualTo(((Validity.Fresh) a).data().id());
        assertThat(data.base()).isEqualTo(BASE);
        DataSection section = data.section(".rodata").orElseThrow();
        assertThat(section.isPlaceable()).isTrue();
        assertThat(section.map(arena).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(table);
        assertThat(section.offset()).isEqualTo(2 * BASE);
        section.verify();
        assertThat(data.section("cold").orElseThrow().newInputStream().readAllBytes())
            .isEqualTo(table);
      }
    }
  }

  @Test
  void itsNameHasTheIdOfTheData() throws IOException {
    try (Validity validity = check(plain, Tier.HEADER)) {
      DataFile data = ((Validity.Fresh) validity).data();
      SharedData of = SharedData.of(data, ObjectTarget.X86_64_LINUX);
      assertThat(of.soname()).isEqualTo("tables-" + data.id().hex().substring(0, 16) + ".so");
      assertThat(of.withName("libx").soname()).startsWith("libx-");
      assertThat(of.withAllSections().exports()).containsExactly("_rodata");
    }
  }

  @Test
  void theSameExportsInAnyOrderAreTheSameBytes() throws IOException {
    try (Validity validity = check(plain, Tier.HEADER)) {
      SharedData of = SharedData.of(((Validity.Fresh) validity).data(), ObjectTarget.X86_64_LINUX);
      Path first = folder.resolve("first.so");
      Path second = folder.resolve("second.so");
      of.withExport("b", ".rodata", 8, 8).withExport("a", ".rodata", 0, 8).write(first, false);
      of.withExport("a", ".rodata", 0, 8).withExport("b", ".rodata", 8, 8).write(second, false);
      assertThat(first).hasSameBinaryContentAs(second);
    }
  }

  @Test
  void whatCantBeExportedIsRefusedWithTheReason() throws IOException {
    try (Validity validity = check(plain, Tier.HEADER)) {
      DataFile data = ((Validity.Fresh) validity).data();
      SharedData of = SharedData.of(data, ObjectTarget.X86_64_LINUX);
      assertThatThrownBy(() -> of.withExport("a", "cold", 0, 1))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("packed");
      assertThatThrownBy(() -> of.withExport("a", "none", 0, 1))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("no section none");
      assertThatThrownBy(() -> of.withExport("a", ".rodata", 4999, 2))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("no bytes 4999+2");
      SharedData once = of.withExport("a", ".rodata", 0, 2);
      assertThatThrownBy(() -> once.withExport("a", ".rodata", 0, 2))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("twice");
      assertThatThrownBy(() -> SharedData.of(data, ObjectTarget.AARCH64_MACOS))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("ELF");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bfd", "lld"})
  void aProgramLinksWithItAndReadsTheData(String linker) {
    Tools.require("ld.lld-19");
    Path program = folder.resolve("program-" + linker);
    Libraries.compile(
        "clang-19",
        folder,
        "user.c",
        program,
        List.of(
            "-DPROGRAM", "-fPIC", "-fuse-ld=" + linker, shared.toString(), "-Wl,-rpath," + folder));
    assertThat(Run.of(program.toString()).succeeded().out()).isEqualTo("answer: " + sum() + "\n");
    assertThat(Run.of(Tools.require("readelf"), "-d", program.toString()).succeeded().out())
        .contains("Shared library: [" + shared.getFileName() + "]");
  }

  @Test
  void severalCodeObjectsUseOneDataFile() {
    Path fast = code("fast.so", List.of("-O3"));
    Path triple = code("triple.so", List.of("-O0", "-DFACTOR=3"));
    for (String compiler : List.of("gcc", "musl-gcc")) {
      Path loader = folder.resolve("two-" + compiler);
      Libraries.compile(compiler, folder, "two.c", loader, List.of("-ldl"));
      assertThat(Run.of(loader.toString(), fast.toString(), triple.toString()).succeeded().out())
          .as(compiler)
          .isEqualTo("answer: %d\nanswer: %d\none data\n".formatted(sum(), 3 * sum()));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ObjectTarget.class,
      names = {"X86_64_LINUX", "AARCH64_LINUX", "RISCV64_LINUX", "S390X_LINUX"})
  void readersFindNothingWrongWithIt(ObjectTarget target) throws IOException {
    Path file = share(target);
    for (String reader : List.of("readelf", "llvm-readelf-19", "eu-readelf")) {
      if (target == ObjectTarget.S390X_LINUX && reader.startsWith("llvm")) {
        continue; // It can't read the hash tables of that system, and says so.
      }
      Run run = Run.of(Tools.require(reader), "-a", file.toString());
      assertThat(run.err()).as(reader).isEmpty();
      assertThat(run.out()).as(reader).contains("table").doesNotContain("Warning");
      assertThat(run.exit()).as(reader).isZero();
    }
    assertFresh(file);
    Path user = folder.resolve("user-" + target + ".so");
    Tools.require("ld.lld-19");
    Libraries.compile(
        "clang-19",
        folder,
        "user.c",
        user,
        List.of(
            "--target=" + target.triple().replace("riscv64gc", "riscv64"),
            "-fuse-ld=lld-19",
            "-nostdlib",
            "-shared",
            "-fPIC",
            "-Wl,--no-undefined",
            file.toString()));
    assertThat(user).exists();
  }

  @ParameterizedTest
  @CsvSource({
    "strip, -o OUT IN",
    "llvm-strip-19, -o OUT IN",
    "eu-strip, -o OUT IN",
    "objcopy, IN OUT",
    "llvm-objcopy-19, IN OUT",
    "llvm-objcopy-19, --strip-sections IN OUT",
    "patchelf, --set-rpath /somewhere/else --output OUT IN",
    "patchelf, --set-soname another-much-longer-name-than-it-had-before.so --output OUT IN"
  })
  void toolsThatRewriteItLeaveTheDataAlone(String tool, String arguments) {
    Path rewritten = folder.resolve("rewritten.so");
    // Linkers want section headers, loaders don't.
    boolean links = !arguments.contains("--strip-sections");
    Path code = code("a.so", List.of());
    List<String> command =
        Arrays.stream(arguments.split(" ", -1))
            .map(it -> it.equals("IN") ? shared.toString() : it)
            .map(it -> it.equals("OUT") ? rewritten.toString() : it)
            .toList();
    List<String> all = new ArrayList<>(List.of(Tools.require(tool)));
    all.addAll(command);
    Run.of(Map.of(), all).succeeded();
    int end = BASE + Bytes.read(plain).length;
    assertThat(Arrays.copyOfRange(Bytes.read(rewritten), BASE, end)).isEqualTo(Bytes.read(plain));
    assertFresh(rewritten);
    if (!arguments.contains("--set-soname")) {
      Bytes.write(shared, Bytes.read(rewritten));
      Path loader = folder.resolve("loader");
      Libraries.compile("gcc", folder, "loader.c", loader, List.of("-ldl"));
      code = links ? code("b.so", List.of()) : code;
      String answer = Run.of(loader.toString(), code.toString()).out();
      assertThat(answer).isEqualTo("answer: " + sum() + "\n");
    }
  }

  @Test
  void everyFlippedByteOfDataNoteAndExportsIsFound() throws IOException {
    int dataEnd = BASE + Bytes.read(plain).length;
    TreeSet<String> undecided = new TreeSet<>();
    try (FileChannel channel = FileChannel.open(shared, READ, WRITE)) {
      for (int at = 0; at < channel.size(); at += step(at, dataEnd)) {
        flip(channel, at, 1 + at % 255);
        try (Validity validity = check(shared, Tier.FULL)) {
          if (validity instanceof Validity.Fresh) {
            undecided.add(
                at < 0x158
                    ? "headers"
                    : (at >= 0x400 && at < 0x450) || (at >= BASE && at < dataEnd)
                        ? "byte 0x%x".formatted(at)
                        : at < BASE ? "gap" : "tables");
          }
        }
        flip(channel, at, 1 + at % 255);
      }
    }
    // What only a loader reads, and says by itself that it can't.
    assertThat(undecided).containsExactly("gap", "headers", "tables");
  }

  /** The data file has tests of its own, and in the gap nothing is found. */
  private static int step(int at, int dataEnd) {
    boolean gap = at > 0x450 && at < BASE - 499;
    boolean data = at > BASE && at < dataEnd - Tools.count(53, 1);
    return gap ? 499 : data ? Tools.count(53, 1) : 1;
  }

  private static void flip(FileChannel channel, int at, int mask) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    channel.read(one, at);
    one.put(0, (byte) (one.get(0) ^ mask));
    channel.write(one.rewind(), at);
  }

  @Test
  void anExportOfOtherDataIsFound() throws IOException {
    byte[] whole = Bytes.read(shared);
    int symbols = (BASE + Bytes.read(plain).length + 7) & -8;
    for (int field : List.of(8, 16)) {
      byte[] changed = whole.clone();
      changed[symbols + 24 + field] ^= 4;
      Bytes.write(shared, changed);
      try (Validity validity = check(shared, Tier.FULL)) {
        assertThat(((Validity.Damaged) validity).structure()).isEqualTo("dynamic symbols");
      }
    }
  }

  @Test
  void noCutFileIsFresh() throws IOException {
    // Behind the segments are the section headers, which strip may take away.
    int loaded = loadedEnd();
    try (FileChannel channel = FileChannel.open(shared, WRITE)) {
      for (int length = loaded - 1;
          length >= 0;
          length -= length > 0x500 && length < BASE ? 4001 : 7) {
        channel.truncate(length);
        try (Validity validity = check(shared, Tier.HEADER)) {
          assertThat(validity)
              .as("%d bytes", length)
              .isInstanceOfAny(Validity.Damaged.class, Validity.Foreign.class);
          assertThat(validity instanceof Validity.Damaged)
              .as("%d bytes are known to be ours", length)
              .isEqualTo(length >= 0x450 || length == 0);
        }
      }
    }
  }

  private int loadedEnd() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return (int)
          Image.map(shared, arena).segments().stream()
              .filter(Segment::isLoaded)
              .mapToLong(segment -> segment.offset() + segment.fileSize())
              .max()
              .orElseThrow();
    }
  }

  private Path share(ObjectTarget target) throws IOException {
    try (Validity validity = check(plain, Tier.FULL)) {
      SharedData of =
          SharedData.of(((Validity.Fresh) validity).data(), target)
              .withExport("table", ".rodata", 0, 5000);
      Path file = folder.resolve(of.soname());
      of.write(file, true);
      return file;
    }
  }

  private Path code(String name, List<String> options) {
    Path code = folder.resolve(name);
    List<String> all = new ArrayList<>(List.of("-shared", "-fPIC"));
    all.addAll(options);
    all.addAll(List.of(shared.toString(), "-Wl,-rpath," + folder));
    Libraries.compile("gcc", folder, "user.c", code, all);
    return code;
  }

  private long sum() {
    long sum = 0;
    for (int i = 0; i < 1000; i++) {
      sum += Byte.toUnsignedInt(table[i]);
    }
    return sum;
  }

  private static void assertFresh(Path file) {
    try (Validity validity = check(file, Tier.FULL)) {
      assertThat(validity).isInstanceOf(Validity.Fresh.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Validity check(Path file, Tier tier) throws IOException {
    assertThat(Files.exists(file)).isTrue();
    return DataFile.check(file, Expectations.none().withTier(tier));
  }

  private static void section(
      DataFileWriter writer, String name, SectionOptions how, byte[] content) throws IOException {
    try (OutputStream stream = writer.section(name, how)) {
      stream.write(content);
    }
  }
}
