package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.RefusedException;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Libraries.Toolchain;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A data file within a shared object, which loads as before. */
class EmbedTest {
  @TempDir Path folder;
  private Path data = Path.of("");
  private Path within = Path.of("");
  private byte[] table = {};
  private DataId id = new DataId("00".repeat(32));

  @BeforeEach
  void write() throws IOException {
    data = folder.resolve("tables.ji");
    within = folder.resolve("within.so");
    table = Bytes.random(70_000, 1);
    try (DataFileWriter writer = DataFileWriter.create(data, WriteOptions.standard())) {
      try (OutputStream stream = writer.section("table", 64, true)) {
        stream.write(table);
      }
      id = writer.publish();
    }
  }

  @ParameterizedTest
  @EnumSource(value = Toolchain.class, names = "GNU_EXECUTABLE", mode = EnumSource.Mode.EXCLUDE)
  void theLibraryLoadsAndAnswersAsBefore(Toolchain toolchain) throws IOException {
    Path library = toolchain.link(folder);
    embed(library);
    assertBothFresh(within);
    assertThat(load("gcc", within)).startsWith("answer: ").isEqualTo(load("gcc", library));
    for (String reader : List.of("readelf", "llvm-readelf-19", "eu-readelf")) {
      Run before = Run.of(Tools.require(reader), "-a", library.toString());
      Run after = Run.of(Tools.require(reader), "-a", within.toString());
      assertThat(after.err().lines().count()).as(reader).isEqualTo(before.err().lines().count());
      assertThat(after.exit()).isEqualTo(before.exit());
    }
  }

  @Test
  void muslLoadsItToo() throws IOException {
    Path library = folder.resolve("libmusl.so");
    Libraries.compile(
        "musl-gcc", folder, "library.c", library, List.of("-shared", "-fPIC", "-nostdlib"));
    embed(library);
    assertThat(load("musl-gcc", within))
        .startsWith("answer: ")
        .isEqualTo(load("musl-gcc", library));
  }

  @Test
  void theDataIsMappedInPlaceWithoutLoadingTheCode() throws IOException {
    embed(Toolchain.GNU.link(folder));
    try (Validity validity = check(within, Tier.HEADER);
        Arena arena = Arena.ofConfined()) {
      DataFile file = ((Validity.Fresh) validity).data();
      assertThat(file.id()).isEqualTo(id);
      assertThat(file.base() % DataFile.PLACEABLE_ALIGNMENT).isZero();
      var section = file.section("table").orElseThrow();
      assertThat(section.isPlaceable()).isTrue();
      assertThat(section.map(arena).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(table);
    }
  }

  @Test
  void aLibraryWithoutSectionHeadersTakesOneToo() throws IOException {
    Path bare = Libraries.withoutSections(Toolchain.GNU.link(folder));
    embed(bare);
    assertBothFresh(within);
    assertThat(load("gcc", within)).startsWith("answer: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"aarch64-linux-gnu", "riscv64-linux-gnu", "s390x-linux-gnu"})
  void librariesOfOtherMachinesTakeOne(String target) throws IOException {
    Path library = Libraries.cross(folder, target);
    embed(library);
    try (Validity validity = check(within, Tier.FULL)) {
      assertThat(validity).isInstanceOf(Validity.Fresh.class);
    }
    assertThat(Run.of(Tools.require("llvm-readelf-19"), "-a", within.toString()).succeeded().err())
        .isEmpty();
  }

  @Test
  void afterStrippingByLlvmTheDataIsFreshAndTheCodeIsNotWhatWasSealed() throws IOException {
    Path library = Toolchain.GNU_DEBUG.link(folder);
    Path stripped = strip("llvm-strip-19", library);
    try (Validity validity = check(stripped, Tier.FULL)) {
      assertThat(validity).isInstanceOf(Validity.Fresh.class);
    }
    try (Validity validity = CodeObject.check(stripped, Expectations.none().withTier(Tier.FULL))) {
      assertThat(validity).isInstanceOf(Validity.Damaged.class);
    }
    assertThat(load("gcc", stripped)).isEqualTo(load("gcc", library));
  }

  /** They put the program headers back where there is no room for them. */
  @ParameterizedTest
  @ValueSource(strings = {"strip", "eu-strip"})
  void whatOtherStrippersBreakIsSaidToBeBroken(String tool) throws IOException {
    Path stripped = strip(tool, Toolchain.GNU_DEBUG.link(folder));
    try (Validity validity = CodeObject.check(stripped, Expectations.none().withTier(Tier.FULL))) {
      assertThat(validity).isInstanceOfAny(Validity.Damaged.class, Validity.Foreign.class);
    }
    try (Validity validity = check(stripped, Tier.FULL)) {
      assertThat(validity).isInstanceOfAny(Validity.Damaged.class, Validity.Foreign.class);
    }
  }

  private Path strip(String tool, Path library) throws IOException {
    embed(library);
    Path stripped = folder.resolve("stripped.so");
    Run.of(Tools.require(tool), "-o", stripped.toString(), within.toString()).succeeded();
    return stripped;
  }

  @Test
  void damageInTheDataIsFoundInBothHalves() throws IOException {
    embed(Toolchain.GNU.link(folder));
    byte[] whole = Bytes.read(within);
    int at = whole.length - 60_000;
    Bytes.writeFlipped(within, whole, at, 4);
    try (Validity validity = check(within, Tier.FULL)) {
      assertThat(validity).isInstanceOf(Validity.Damaged.class);
      assertThat(((Validity.Damaged) validity).offset()).isBetween(0L, (long) at);
    }
    try (Validity validity = CodeObject.check(within, Expectations.none().withTier(Tier.FULL))) {
      assertThat(validity).isInstanceOf(Validity.Damaged.class);
    }
  }

  @Test
  void aCutFileIsDamaged() throws IOException {
    embed(Toolchain.GNU.link(folder));
    byte[] whole = Bytes.read(within);
    for (int length : List.of(whole.length - 6000, whole.length - 20_000)) {
      Bytes.write(within, Arrays.copyOf(whole, length));
      try (Validity validity = CodeObject.check(within, Expectations.none())) {
        assertThat(validity).isInstanceOf(Validity.Damaged.class);
      }
    }
  }

  @Test
  void theSameHalvesMakeTheSameFile() throws IOException {
    Path library = Toolchain.GNU.link(folder);
    embed(library);
    byte[] first = Bytes.read(within);
    embed(library);
    assertThat(Bytes.read(within)).isEqualTo(first);
    assertThat(Bytes.read(library)).isEqualTo(Bytes.read(Toolchain.GNU.link(folder)));
  }

  @Test
  void whatIsNoSharedObjectIsRefusedAndNothingIsWritten() throws IOException {
    Path program = Toolchain.GNU_EXECUTABLE.link(folder);
    Path object = Libraries.object(folder, "x86_64-linux-gnu");
    embed(Toolchain.GNU.link(folder));
    Path twice = folder.resolve("twice.so");
    Bytes.write(twice, Bytes.read(within));
    Bytes.write(within, new byte[0]);
    for (Path image : List.of(program, object, twice)) {
      assertThatThrownBy(() -> embed(image)).isInstanceOf(RefusedException.class);
      assertThat(within).isEmptyFile();
    }
    Path object2 = Libraries.object(folder, "x86_64-apple-macos11");
    assertThatThrownBy(() -> embed(object2))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("a linker puts the data in");
  }

  private void embed(Path image) throws IOException {
    try (Validity validity = check(data, Tier.FULL)) {
      Embed.within(
          image,
          ((Validity.Fresh) validity).data(),
          within,
          Origin.none().withCompiler("example 1.0"),
          true,
          _ -> {});
    }
  }

  private void assertBothFresh(Path file) throws IOException {
    try (Validity validity = check(file, Tier.FULL)) {
      assertThat(validity).isInstanceOf(Validity.Fresh.class);
      assertThat(((Validity.Fresh) validity).data().id()).isEqualTo(id);
    }
    try (Validity validity =
        CodeObject.check(file, Expectations.none().withDataId(id).withTier(Tier.FULL))) {
      assertThat(validity).isInstanceOf(Validity.FreshCode.class);
      assertThat(((Validity.FreshCode) validity).code().note().shape()).isEqualTo(Shape.WITHIN);
    }
  }

  private String load(String compiler, Path library) {
    Path loader = folder.resolve("loader-" + compiler);
    Libraries.compile(compiler, folder, "loader.c", loader, List.of("-ldl"));
    return Run.of(loader.toString(), library.toString()).out();
  }

  private static Validity check(Path file, Tier tier) throws IOException {
    return DataFile.check(file, Expectations.none().withTier(tier));
  }
}
