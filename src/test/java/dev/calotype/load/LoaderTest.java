package dev.calotype.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.RefusedException;
import dev.calotype.ji.Cause;
import dev.calotype.ji.Host;
import dev.calotype.ji.Linkage;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Validity;
import dev.calotype.testing.NativeOnly;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real code in this JVM. What could end a JVM is in {@code SwapTest} and {@code CorruptionTest}.
 */
@NativeOnly
class LoaderTest {
  private static final MethodHandle TRIPLE;

  static {
    try {
      TRIPLE =
          MethodHandles.lookup()
              .findStatic(
                  LoaderTest.class, "triple", MethodType.methodType(long.class, long.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @TempDir Path folder;
  private LoadFixture fixture = new LoadFixture(Path.of(""));

  @BeforeEach
  void make() {
    fixture = new LoadFixture(folder);
  }

  static long triple(long value) {
    return 3 * value;
  }

  @Test
  void slotsAreFilledWithDataAndWithMethods() throws Throwable {
    Path data = fixture.data();
    Path code = fixture.slots(data);
    try (Validity.Fresh fresh = LoadFixture.fresh(data);
        Validity.FreshCode freshCode = LoadFixture.freshCode(code);
        Arena arena = Arena.ofShared()) {
      LoadedCode loaded =
          loaded(Loader.of(fresh).withImport("scale", TRIPLE).load(freshCode, arena));
      assertThat(total(loaded)).isEqualTo(LoadFixture.total());
      assertThat((long) loaded.function("second").invokeExact()).isEqualTo(2);
      assertThat((long) loaded.function("scaled").invokeExact(5L)).isEqualTo(16);
      assertThat(loaded.staysLoaded()).isEmpty();
      assertThatThrownBy(() -> loaded.function("nothing"))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> loaded.function("total", "(I)J"))
          .hasMessageContaining("total is declared as (J)J");
    }
  }

  @Test
  void aHoleIsMappedOverAndCostsNoPrivateMemory() throws Throwable {
    Path data = fixture.data();
    Path code = fixture.hole(data);
    try (Validity.Fresh fresh = LoadFixture.fresh(data);
        Validity.FreshCode freshCode = LoadFixture.freshCode(code);
        Arena arena = Arena.ofShared()) {
      LoadedCode loaded = loaded(Loader.of(fresh).load(freshCode, arena));
      assertThat(total(loaded)).isEqualTo(LoadFixture.total());
      List<String> map = smaps(data);
      assertThat(map).isNotEmpty().anyMatch(line -> line.matches("Rss: +[1-9]\\d* kB"));
      assertThat(map)
          .filteredOn(line -> line.startsWith("Private_Dirty:"))
          .allMatch(line -> line.matches("Private_Dirty: +0 kB"));
      assertThat(map)
          .filteredOn(line -> line.startsWith("Anonymous:"))
          .allMatch(line -> line.matches("Anonymous: +0 kB"));
    }
  }

  @Test
  void neededDataIsLoadedFirstWhateverItsFileIsCalled() throws Throwable {
    Path container = fixture.container(fixture.data());
    Path code = fixture.needed(container);
    Path moved = Files.move(container, folder.resolve("elsewhere"));
    try (Validity.Fresh fresh = LoadFixture.fresh(moved);
        Validity.FreshCode freshCode = LoadFixture.freshCode(code);
        Arena arena = Arena.ofShared()) {
      assertThat(total(loaded(Loader.of(fresh).load(freshCode, arena))))
          .isEqualTo(LoadFixture.total());
    }
    assertThat(mapped(folder)).isEmpty();
  }

  @Test
  void codeWithItsDataWithinIsOneFile() throws Throwable {
    List<Path> both = fixture.within();
    Path code = both.get(1);
    try (Validity.Fresh within = LoadFixture.fresh(code);
        Validity.Fresh outside = LoadFixture.fresh(both.get(0));
        Validity.FreshCode freshCode = LoadFixture.freshCode(code)) {
      for (Loader loader : List.of(Loader.of(within), Loader.of(within).withPrivateCopy())) {
        try (Arena arena = Arena.ofShared()) {
          LoadedCode loaded = loaded(loader.withFullCheck().load(freshCode, arena));
          MethodHandle total = loaded.function("total", "(J)J");
          assertThat((long) total.invokeExact((long) LoadFixture.COUNT))
              .isEqualTo(LoadFixture.total());
        }
        assertThat(mapped(folder)).isEmpty();
      }
      try (Arena arena = Arena.ofShared()) {
        assertThatThrownBy(() -> Loader.of(outside).load(freshCode, arena))
            .isInstanceOf(RefusedException.class)
            .hasMessageContaining("its data is within it, not in");
      }
    }
  }

  @Test
  @SuppressWarnings("restricted")
  void aLibraryThatHasTheNameOfTheNeededDataIsFoundOut() throws Throwable {
    Path container = fixture.container(fixture.data());
    Path code = fixture.needed(container);
    Path other = fixture.impostor(container.getFileName() + "");
    try (Arena first = Arena.ofShared()) {
      assertThat(SymbolLookup.libraryLookup(other, first).find("table")).isPresent();
      try (Validity.Fresh fresh = LoadFixture.fresh(container);
          Validity.FreshCode freshCode = LoadFixture.freshCode(code);
          Arena arena = Arena.ofShared()) {
        assertThatThrownBy(() -> Loader.of(fresh).load(freshCode, arena))
            .isInstanceOf(RefusedException.class)
            .hasMessageContaining("table is of file");
      }
      assertThat(mapped(code)).isEmpty();
      assertThat(mapped(container)).isEmpty();
    }
  }

  @Test
  void detachedHalvesAreJoinedInMemory() throws Throwable {
    List<Path> halves = fixture.detached(fixture.library());
    try (Validity.Fresh fresh = LoadFixture.fresh(halves.get(0));
        Validity.FreshCode freshCode = LoadFixture.freshCode(halves.get(1));
        Arena arena = Arena.ofShared()) {
      LoadedCode loaded = loaded(Loader.of(fresh).load(freshCode, arena));
      MethodHandle total = loaded.function("total", "(J)J");
      assertThat((long) total.invokeExact((long) LoadFixture.COUNT)).isEqualTo(LoadFixture.total());
    }
  }

  @Test
  void everythingGoesWithTheArena() throws Throwable {
    Path data = fixture.data();
    List<Path> halves = fixture.detached(fixture.library());
    MemoryMaps.fileAt(0); // What it asks stays open.
    for (Path code : List.of(fixture.slots(data), fixture.hole(data), halves.get(1))) {
      Path half = code.equals(halves.get(1)) ? halves.get(0) : data;
      int open = descriptors();
      Arena arena = Arena.ofShared();
      LoadedCode loaded;
      try (Validity.Fresh fresh = LoadFixture.fresh(half);
          Validity.FreshCode freshCode = LoadFixture.freshCode(code)) {
        loaded = loaded(Loader.of(fresh).withImport("scale", TRIPLE).load(freshCode, arena));
      }
      MethodHandle total = loaded.function("total", "(J)J");
      assertThat(mapped(code.equals(halves.get(1)) ? Path.of("/memfd:calotype") : code))
          .isNotEmpty();
      arena.close();
      assertThat(mapped(folder)).as(code.toString()).isEmpty();
      assertThat(mapped(Path.of("/memfd:calotype"))).isEmpty();
      assertThat(descriptors()).isEqualTo(open);
      assertThatThrownBy(() -> total.invoke(1L)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> loaded.symbol("total")).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void twoLoadsOfOneFileHaveCellsOfTheirOwn() throws Throwable {
    Path data = fixture.data();
    Path code = fixture.slots(data);
    MethodHandle identity = MethodHandles.identity(long.class);
    try (Validity.Fresh fresh = LoadFixture.fresh(data);
        Validity.FreshCode freshCode = LoadFixture.freshCode(code);
        Arena one = Arena.ofShared();
        Arena two = Arena.ofShared()) {
      LoadedCode first = loaded(Loader.of(fresh).withImport("scale", TRIPLE).load(freshCode, one));
      LoadedCode second =
          loaded(Loader.of(fresh).withImport("scale", identity).load(freshCode, two));
      assertThat((long) first.function("scaled").invokeExact(5L)).isEqualTo(16);
      assertThat((long) second.function("scaled").invokeExact(5L)).isEqualTo(6);
      assertThat(total(second)).isEqualTo(LoadFixture.total());
    }
    assertThat(mapped(folder)).isEmpty();
  }

  @Test
  void aPrivateCopyIsTheSameCode() throws Throwable {
    Path data = fixture.data();
    for (Path code : List.of(fixture.slots(data), fixture.hole(data))) {
      try (Validity.Fresh fresh = LoadFixture.fresh(data);
          Validity.FreshCode freshCode = LoadFixture.freshCode(code);
          Arena arena = Arena.ofShared()) {
        Loader loader = Loader.of(fresh).withImport("scale", TRIPLE).withPrivateCopy();
        assertThat(total(loaded(loader.load(freshCode, arena)))).isEqualTo(LoadFixture.total());
        assertThat(mapped(folder)).isEmpty();
      }
    }
  }

  @Test
  void importsAreOtherCodeMethodsAndTheCLibrary() throws Throwable {
    Path data = fixture.data();
    Path code = fixture.slots(data);
    Path other = fixture.slots(data, "other.so", "-O2", Origin.none(), Linkage.none());
    try (Validity.Fresh fresh = LoadFixture.fresh(data);
        Validity.FreshCode freshCode = LoadFixture.freshCode(code);
        Validity.FreshCode freshOther = LoadFixture.freshCode(other);
        Arena arena = Arena.ofShared()) {
      Loader loader = Loader.of(fresh);
      LoadedCode first = loaded(loader.withImport("scale", TRIPLE).load(freshCode, arena));
      LoadedCode second =
          loaded(loader.withImport("scale", first, "scaled").load(freshOther, arena));
      assertThat((long) second.function("scaled").invokeExact(5L)).isEqualTo(17);
      try (Arena third = Arena.ofShared()) {
        SymbolLookup labs = _ -> Linker.nativeLinker().defaultLookup().find("labs");
        LoadedCode absolute = loaded(loader.withLibrary(labs).load(freshCode, third));
        assertThat((long) absolute.function("scaled").invokeExact(-5L)).isEqualTo(6);
      }
    }
  }

  @Test
  void whatDoesNotFitIsAnAnswerWithAllCauses() throws Throwable {
    Path data = fixture.data();
    Path other = fixture.data("other.ji", 9);
    Linkage more = Linkage.none().withSlots("nothing", List.of(0L));
    Path code = fixture.slots(data, "more.so", "-O1", Origin.none(), Linkage.none());
    Path wrong = fixture.slots(data, "wrong.so", "-O1", Origin.none().withFeature("avx1024"), more);
    try (Validity.Fresh fresh = LoadFixture.fresh(data);
        Validity.Fresh freshOther = LoadFixture.fresh(other);
        Validity.FreshCode freshCode = LoadFixture.freshCode(code);
        Arena arena = Arena.ofShared()) {
      assertThat(causes(Loader.of(fresh).load(freshCode, arena)))
          .containsExactly(Cause.Code.IMPORT_UNBOUND);
      MethodHandle narrow = MethodHandles.identity(int.class);
      assertThat(causes(Loader.of(fresh).withImport("scale", narrow).load(freshCode, arena)))
          .containsExactly(Cause.Code.IMPORT_TYPE);
      assertThat(
              causes(
                  Loader.of(fresh)
                      .withImport("scale", "(I)J", MemorySegment.ofAddress(1))
                      .load(freshCode, arena)))
          .containsExactly(Cause.Code.IMPORT_TYPE);
      assertThat(causes(Loader.of(freshOther).withImport("scale", TRIPLE).load(freshCode, arena)))
          .containsExactly(Cause.Code.CODE_DATA_ID);
      assertThat(
              causes(
                  Loader.of(fresh)
                      .withHost(new Host("aarch64-elf", Set.of(), 1 << 17))
                      .load(freshCode, arena)))
          .containsExactlyInAnyOrder(
              Cause.Code.TARGET, Cause.Code.PAGE_SIZE, Cause.Code.IMPORT_UNBOUND);
      try (Validity.FreshCode freshWrong = LoadFixture.freshCode(wrong)) {
        assertThat(causes(Loader.of(fresh).load(freshWrong, arena)))
            .contains(Cause.Code.FEATURE, Cause.Code.IMPORT_UNBOUND, Cause.Code.DATA_SECTION);
      }
      Path small = fixture.hole(data, "small.so", 65_536, "");
      try (Validity.FreshCode freshSmall = LoadFixture.freshCode(small)) {
        assertThat(causes(Loader.of(fresh).load(freshSmall, arena)))
            .containsExactly(Cause.Code.DATA_SECTION);
      }
    }
    assertThat(mapped(folder)).isEmpty();
  }

  @Test
  void codeThatMustNotHaveAHoleIsRefusedWithTheReason() throws Throwable {
    Path data = fixture.data();
    String resolver =
        "static long one(void) { return 1; } static void *pick(void) { return one; }\n";
    List<List<String>> bad =
        List.of(
            List.of("__thread long counter; long next(void) { return counter++; }", "PT_TLS"),
            List.of(
                resolver
                    + "long ifunc(void) __attribute__((ifunc(\"pick\"), visibility(\"hidden\")));"
                    + " long use(void) { return ifunc(); }",
                "IRELATIVE"),
            List.of(
                "__asm__(\".globl one\\n.type one, @gnu_unique_object\\n.size one, 8\\n"
                    + ".data\\none: .quad 1\\n.text\");",
                "a unique symbol, one"));
    for (List<String> one : bad) {
      Path code = fixture.hole(data, "bad.so", 131_072, one.get(0));
      try (Validity.Fresh fresh = LoadFixture.fresh(data);
          Validity.FreshCode freshCode = LoadFixture.freshCode(code);
          Arena arena = Arena.ofShared()) {
        assertThatThrownBy(() -> Loader.of(fresh).load(freshCode, arena))
            .isInstanceOf(RefusedException.class)
            .hasMessageContaining(one.get(1));
      }
    }
  }

  /** It would see a hole without data: each of these ends the process if it runs. */
  @Test
  void codeThatRunsBeforeItsHoleCanBeFilledIsRefusedUnrun() throws Throwable {
    Path data = fixture.data();
    String check = " static void check(void) { if (table[1] != 2) __builtin_trap(); }\n";
    String bare = "-nostartfiles";
    List<List<String>> bad =
        List.of(
            List.of("__attribute__((constructor))" + check, bare, "mapped: DT_INIT_ARRAY (link"),
            List.of("__attribute__((destructor))" + check, bare, "mapped: DT_FINI_ARRAY (link"),
            List.of(check.replace("static void check", "void _init"), bare, "mapped: DT_INIT ("),
            List.of(check.replace("static void check", "void _fini"), bare, "mapped: DT_FINI ("),
            List.of("", "-g0", "DT_INIT, DT_FINI, DT_INIT_ARRAY, DT_FINI_ARRAY"));
    for (List<String> one : bad) {
      Path code = fixture.holeByCompiler(data, "early.so", one.get(0), one.get(1));
      try (Validity.Fresh fresh = LoadFixture.fresh(data);
          Validity.FreshCode freshCode = LoadFixture.freshCode(code);
          Arena arena = Arena.ofShared()) {
        assertThatThrownBy(() -> Loader.of(fresh).load(freshCode, arena))
            .isInstanceOf(RefusedException.class)
            .hasMessageContaining(one.get(2))
            .hasMessageContaining("without start files and constructors");
      }
      assertThat(mapped(folder)).isEmpty();
    }
  }

  @Test
  void constructorsSeeTheDataThatTheirCodeNeeds() throws Throwable {
    Path container = fixture.container(fixture.data());
    Path code =
        fixture.needed(
            container,
            """
            static long early;
            __attribute__((constructor)) static void sum(void) { early = total(10000); }
            __attribute__((destructor)) static void check(void) {
              if (table[1] != 2) __builtin_trap();
            }
            long before(void) { return early; }
            """);
    try (Validity.Fresh fresh = LoadFixture.fresh(container);
        Validity.FreshCode freshCode = LoadFixture.freshCode(code);
        Arena arena = Arena.ofShared()) {
      LoadedCode loaded = loaded(Loader.of(fresh).load(freshCode, arena));
      assertThat((long) loaded.function("before", "()J").invokeExact())
          .isEqualTo(LoadFixture.total());
    }
    assertThat(mapped(folder)).isEmpty();
  }

  @Test
  void dataWithinAnotherLibraryIsAsGoodAsAFileOfItsOwn() throws Throwable {
    List<Path> both = fixture.within();
    Path data = both.get(0);
    Path library = both.get(1);
    long expected = LoadFixture.total() + 6; // Its first number is 7.
    for (Path code : List.of(fixture.slots(data), fixture.hole(data))) {
      try (Validity.Fresh fresh = LoadFixture.fresh(library);
          Validity.FreshCode freshCode = LoadFixture.freshCode(code);
          Arena arena = Arena.ofShared()) {
        Loader loader = Loader.of(fresh).withImport("scale", TRIPLE);
        assertThat(total(loaded(loader.load(freshCode, arena)))).isEqualTo(expected);
        assertThat(mapped(library)).isNotEmpty();
        assertThat(mapped(data)).isEmpty();
      }
      assertThat(mapped(folder)).isEmpty();
    }
  }

  /** By the system's loader, under its own name. */
  @Test
  @SuppressWarnings("restricted")
  void codeThatOthersLoadedIsLoadedOnceMore() throws Throwable {
    Path data = fixture.data();
    Path code = fixture.slots(data);
    try (Validity.Fresh fresh = LoadFixture.fresh(data);
        Validity.FreshCode freshCode = LoadFixture.freshCode(code);
        Arena theirs = Arena.ofShared();
        Arena arena = Arena.ofShared()) {
      MemorySegment other = SymbolLookup.libraryLookup(code, theirs).find("total").orElseThrow();
      LoadedCode loaded =
          loaded(Loader.of(fresh).withImport("scale", TRIPLE).load(freshCode, arena));
      assertThat(loaded.symbol("total").orElseThrow().address()).isNotEqualTo(other.address());
      assertThat(total(loaded)).isEqualTo(LoadFixture.total());
    }
    assertThat(mapped(folder)).isEmpty();
  }

  @Test
  void codeWithAHoleThatWouldStayLoadedIsRefused() throws Throwable {
    Path data = fixture.data();
    Path code = fixture.keptHole(data);
    try (Validity.Fresh fresh = LoadFixture.fresh(data);
        Validity.FreshCode freshCode = LoadFixture.freshCode(code);
        Arena arena = Arena.ofShared()) {
      assertThatThrownBy(() -> Loader.of(fresh).load(freshCode, arena))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("it would stay in memory without its data: DF_1_NODELETE");
    }
    assertThat(mapped(folder)).isEmpty();
  }

  @Test
  void dataThatIsNoSharedObjectCanNotBeNeeded() throws Throwable {
    Path data = fixture.data();
    Path code = fixture.needed(fixture.container(data));
    try (Validity.Fresh fresh = LoadFixture.fresh(data);
        Validity.FreshCode freshCode = LoadFixture.freshCode(code);
        Arena arena = Arena.ofShared()) {
      assertThatThrownBy(() -> Loader.of(fresh).load(freshCode, arena))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("it needs its data as a shared object");
    }
  }

  private static long total(LoadedCode code) throws Throwable {
    return (long) code.function("total").invokeExact((long) LoadFixture.COUNT);
  }

  private static LoadedCode loaded(Loading loading) {
    return switch (loading) {
      case Loading.Loaded it -> it.code();
      case Loading.Refused no -> throw new AssertionError(no.causes());
    };
  }

  private static List<Cause.Code> causes(Loading loading) {
    assertThat(loading).isInstanceOf(Loading.Refused.class);
    return ((Loading.Refused) loading).causes().stream().map(Cause::code).toList();
  }

  /** The mappings whose path starts so. */
  private static List<String> mapped(Path path) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).stream()
        .filter(line -> line.contains(" " + path))
        .toList();
  }

  private static List<String> smaps(Path file) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
    int at = 0;
    while (!lines.get(at).endsWith(file.toString())) {
      at++;
    }
    return lines.subList(at + 1, at + 20);
  }

  private static int descriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return (int) all.count();
    }
  }
}
