package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.MalformedImageException;
import dev.calotype.bytes.Chunks;
import dev.calotype.publish.BootRecord;
import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFileTest {
  private static final WriteOptions OPTIONS =
      WriteOptions.standard().withCompiler("example 1.0").withTarget("x86_64-elf");

  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void useOwnFolders() {
    file = folder.resolve("a.ji");
    System.setProperty(BootRecord.FOLDER_PROPERTY, folder.resolve("boot").toString());
  }

  @AfterEach
  void forgetFolder() {
    System.clearProperty(BootRecord.FOLDER_PROPERTY);
  }

  @Test
  void whatWasWrittenIsRead() throws IOException {
    byte[] large = Bytes.random(3 * Chunks.SIZE + 17, 1);
    try (DataFileWriter writer = DataFileWriter.create(file, OPTIONS)) {
      section(writer, "small", new byte[] {1, 2, 3}, 1, false);
      section(writer, "empty", new byte[0], 256, false);
      section(writer, "large", large, 4096, true);
      section(writer, "dünn", new byte[] {9}, 64, false);
      writer.publish();
    }
    try (Validity validity = DataFile.check(file, full());
        Arena arena = Arena.ofConfined()) {
      DataFile data = ((Validity.Fresh) validity).data();
      assertThat(data.compiler()).isEqualTo("example 1.0");
      assertThat(data.target()).isEqualTo("x86_64-elf");
      assertThat(data.sections())
          .extracting(DataSection::name)
          .containsExactly("small", "empty", "large", "dünn");
      DataSection section = data.section("large").orElseThrow();
      assertThat(section.isPlaceable()).isTrue();
      assertThat(section.offset() % 65536).isZero();
      assertThat(section.map(arena).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(large);
      try (InputStream stream = section.newInputStream()) {
        assertThat(stream.readAllBytes()).isEqualTo(large);
      }
      assertThat(data.section("small").orElseThrow().alignment()).isEqualTo(64);
      assertThat(data.section("empty").orElseThrow().size()).isZero();
      assertThat(data.section("none")).isEmpty();
    }
  }

  @Test
  void aFileWithoutSectionsIsAFile() throws IOException {
    try (DataFileWriter writer = DataFileWriter.create(file, WriteOptions.standard())) {
      writer.publish();
    }
    try (Validity validity = DataFile.check(file, full())) {
      assertThat(((Validity.Fresh) validity).data().sections()).isEmpty();
    }
  }

  @Test
  void theWorkedExampleOfTheFormatPageIsWhatIsWritten() throws IOException {
    write(file, OPTIONS);
    Path golden = Path.of("src/test/resources/dev/calotype/ji/example.ji");
    if (Boolean.getBoolean("calotype.updateGolden")) {
      Files.createDirectories(golden.getParent());
      Files.write(golden, Files.readAllBytes(file));
    }
    assertThat(file).hasSameBinaryContentAs(golden);
    try (Validity validity = DataFile.check(golden, full())) {
      assertThat(((Validity.Fresh) validity).data().id().hex())
          .isEqualTo("d13e3987b3b63143bc180fff15d57b9348ddb86e4b802766af47f8dabb709ee6");
    }
  }

  @Test
  void theIdIsOfTheContentAndOfNothingElse() throws IOException {
    DataId id = write(folder.resolve("1"), OPTIONS);
    assertThat(write(folder.resolve("2"), WriteOptions.standard())).isEqualTo(id);
    assertThat(write(folder.resolve("3"), OPTIONS.withDurability(Durability.FAST))).isEqualTo(id);
    byte[] content = {1};
    assertThat(
            List.of(
                id,
                one("a", content, 64, false),
                one("b", content, 64, false),
                one("a", content, 128, false),
                one("a", content, 65536, true),
                one("a", content, 65536, false),
                one("a", new byte[] {2}, 64, false),
                one("a", new byte[] {1, 0}, 64, false)))
        .doesNotHaveDuplicates();
    assertThat(one("a", content, 1, false)).isEqualTo(one("a", content, 64, false));
  }

  @Test
  void anIdIs64LowerCaseHexadecimalDigits() {
    for (String wrong :
        List.of("", "ab".repeat(31), "ab".repeat(33), "AB".repeat(32), "g".repeat(64))) {
      assertThatThrownBy(() -> new DataId(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(new DataId("0f".repeat(32)).shortHex()).isEqualTo("0f0f0f0f0f0f");
  }

  @Test
  void theSameContentIsTheSameBytes() throws IOException {
    write(folder.resolve("1"), OPTIONS);
    write(folder.resolve("2"), OPTIONS);
    assertThat(folder.resolve("1")).hasSameBinaryContentAs(folder.resolve("2"));
  }

  @Test
  void allCausesOfStalenessAreListed() throws IOException {
    DataId id = write(file, OPTIONS);
    DataId other = new DataId("ab".repeat(32));
    Expectations expectations =
        Expectations.none().withCompiler("example 2.0").withTarget("aarch64-elf").withDataId(other);
    try (Validity validity = DataFile.check(file, expectations)) {
      assertThat(validity.tier()).isEqualTo(Tier.HEADER);
      assertThat(((Validity.Stale) validity).causes())
          .containsExactly(
              new Cause(Cause.Code.DATA_ID, other.hex(), id.hex()),
              new Cause(Cause.Code.TARGET, "aarch64-elf", "x86_64-elf"),
              new Cause(Cause.Code.COMPILER, "example 2.0", "example 1.0"));
    }
    Expectations met =
        Expectations.none().withCompiler("example 1.0").withTarget("x86_64-elf").withDataId(id);
    assertThat(verdict(file, met)).isEqualTo("Fresh");
  }

  @Test
  void whatWasNotRecordedIsNotWhatWasAskedFor() throws IOException {
    write(file, WriteOptions.standard());
    try (Validity validity = DataFile.check(file, Expectations.none().withTarget("x86_64-elf"))) {
      assertThat(((Validity.Stale) validity).causes())
          .containsExactly(new Cause(Cause.Code.TARGET, "x86_64-elf", ""));
    }
  }

  @Test
  void noFileIsAbsentAndAFolderIsAnError() throws IOException {
    assertThat(verdict(file, full())).isEqualTo("Absent");
    assertThatThrownBy(() -> DataFile.check(folder, full()))
        .isInstanceOf(FileSystemException.class);
  }

  @Test
  void otherFilesAreForeign() throws IOException {
    Files.writeString(file, "an ordinary text of some length");
    assertThat(verdict(file, full())).isEqualTo("Foreign");
    Files.write(file, Bytes.random(10_000, 3));
    assertThat(verdict(file, full())).isEqualTo("Foreign");
  }

  @Test
  void otherMajorVersionsAreForeignTooNewAndTooOld() throws IOException {
    write(file, OPTIONS);
    byte[] bytes = Files.readAllBytes(file);
    for (int major : new int[] {2, 0}) {
      ByteBuffer page = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      page.putShort(8, (short) major);
      fixChecksum(bytes);
      Files.write(file, bytes);
      try (Validity validity = DataFile.check(file, full())) {
        assertThat(((Validity.Foreign) validity).found())
            .isEqualTo(
                "a data file of format %d, too %s (this reads 1)"
                    .formatted(major, major == 2 ? "new" : "old"));
      }
    }
  }

  @Test
  void aLaterMinorVersionIsRead() throws IOException {
    write(file, OPTIONS);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer page = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    page.putShort(10, (short) 7).putLong(0x900, 1234);
    fixChecksum(bytes);
    Files.write(file, bytes);
    assertThat(verdict(file, full())).isEqualTo("Fresh");
  }

  @Test
  void liesBehindARightChecksumAreDamageAndAllocateNothing() throws IOException {
    write(file, OPTIONS);
    byte[] bytes = Files.readAllBytes(file);
    long[] lies = {0, 1, 4095, bytes.length + 1L, Long.MAX_VALUE, Long.MIN_VALUE, -1};
    for (int field : new int[] {0x0c, 0x10, 0x18, 0x20}) {
      for (long lie : lies) {
        byte[] changed = bytes.clone();
        ByteBuffer page = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
        page.putLong(field, lie);
        fixChecksum(changed);
        Files.write(file, changed);
        assertThat(verdict(file, Expectations.none())).isEqualTo("Damaged");
        assertThat(verdict(file, full())).isEqualTo("Damaged");
      }
    }
  }

  @Test
  void digestsOfPageOneThatAreNotOfThisFileAreFoundUnderARightChecksum() throws IOException {
    write(file, OPTIONS);
    byte[] bytes = Files.readAllBytes(file);
    for (int field : new int[] {0x30, 0x50, 0x70, 0x90, 0xb0, 0xd0, 0xf0, 0x110, 0x130, 0x154}) {
      byte[] changed = bytes.clone();
      changed[field] ^= 1;
      fixChecksum(changed);
      Files.write(file, changed);
      assertThat(verdict(file, full())).as("digest at 0x%x", field).isEqualTo("Damaged");
    }
  }

  @Test
  void theHeaderTierDoesNotLookAtTheContent() throws IOException {
    write(file, OPTIONS);
    byte[] bytes = Files.readAllBytes(file);
    Bytes.writeFlipped(file, bytes, 4100, 1);
    assertThat(verdict(file, Expectations.none())).isEqualTo("Fresh");
    assertThat(verdict(file, full())).isEqualTo("Damaged");
  }

  @Test
  void damageIsLocatedToItsChunk() throws IOException {
    try (DataFileWriter writer = DataFileWriter.create(file, OPTIONS)) {
      section(writer, "first", new byte[100], 64, false);
      section(writer, "second", Bytes.random(3 * Chunks.SIZE, 5), 64, false);
      writer.publish();
    }
    byte[] bytes = Files.readAllBytes(file);
    int start = 4096 + 128;
    Bytes.writeFlipped(file, bytes, start + Chunks.SIZE + 500, 1);
    try (Validity validity = DataFile.check(file, full())) {
      Validity.Damaged damaged = (Validity.Damaged) validity;
      assertThat(damaged.structure()).isEqualTo("section second");
      assertThat(damaged.offset()).isEqualTo(start + Chunks.SIZE);
    }
    try (Validity validity = DataFile.check(file, Expectations.none())) {
      DataFile data = ((Validity.Fresh) validity).data();
      try (InputStream stream = data.section("second").orElseThrow().newInputStream()) {
        assertThat(stream.readNBytes(Chunks.SIZE)).hasSize(Chunks.SIZE);
        assertThatThrownBy(stream::read).isInstanceOf(MalformedImageException.class);
      }
    }
    Bytes.writeFlipped(file, bytes, 4096 + 110, 1);
    try (Validity validity = DataFile.check(file, full())) {
      Validity.Damaged damaged = (Validity.Damaged) validity;
      assertThat(damaged.structure()).isEqualTo("padding");
      assertThat(damaged.offset()).isEqualTo(4096 + 110);
    }
  }

  @Test
  void aFastFileIsTrustedThisBootAndVerifiedOnceAfterAnother() throws IOException {
    write(file, OPTIONS.withDurability(Durability.FAST));
    assertThat(tier(file)).isEqualTo(Tier.HEADER);
    forgetThisBoot();
    assertThat(tier(file)).isEqualTo(Tier.FULL);
    assertThat(tier(file)).isEqualTo(Tier.HEADER);
  }

  @Test
  void aFastFileTornByAPowerLossIsDamagedEvenForTheHeaderTier() throws IOException {
    write(file, OPTIONS.withDurability(Durability.FAST));
    byte[] torn = Files.readAllBytes(file);
    Arrays.fill(torn, 4096, torn.length, (byte) 0);
    forgetThisBoot();
    Files.write(file, torn);
    assertThat(verdict(file, Expectations.none())).isEqualTo("Damaged");
    assertThat(verdict(file, Expectations.none())).isEqualTo("Damaged");
  }

  @Test
  void aDurableFileIsTrustedAfterAnyBoot() throws IOException {
    write(file, OPTIONS);
    assertThat(tier(file)).isEqualTo(Tier.HEADER);
    assertThat(folder.resolve("boot")).doesNotExist();
  }

  @Test
  void freshOwnsTheFileThatWasChecked() throws IOException {
    write(file, OPTIONS);
    try (Validity validity = DataFile.check(file, full())) {
      Files.delete(file);
      Files.writeString(file, "something else");
      DataFile data = ((Validity.Fresh) validity).data();
      try (InputStream stream = data.section(".rodata").orElseThrow().newInputStream()) {
        assertThat(stream.readAllBytes()).asString(StandardCharsets.UTF_8).startsWith("one neg");
      }
    }
  }

  @Test
  void anUnfinishedWriterLeavesNothing() throws IOException {
    try (DataFileWriter writer = DataFileWriter.create(file, OPTIONS)) {
      section(writer, "a", new byte[100], 64, false);
      assertThat(file).doesNotExist();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void misuseIsRejected() throws IOException {
    try (DataFileWriter writer = DataFileWriter.create(file, OPTIONS)) {
      assertThatThrownBy(() -> writer.section("", 64, false))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> writer.section("x".repeat(4097), 64, false))
          .isInstanceOf(IllegalArgumentException.class);
      for (long alignment : new long[] {0, 3, -64, 1 << 21}) {
        assertThatThrownBy(() -> writer.section("a", alignment, false))
            .isInstanceOf(IllegalArgumentException.class);
      }
      OutputStream open = writer.section("a", 64, false);
      assertThatThrownBy(() -> writer.section("b", 64, false))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(writer::publish).isInstanceOf(IllegalStateException.class);
      open.close();
      assertThatThrownBy(() -> open.write(1)).isInstanceOf(IOException.class);
      writer.publish();
      assertThatThrownBy(writer::publish).isInstanceOf(IllegalStateException.class);
    }
  }

  static DataId write(Path file, WriteOptions options) throws IOException {
    try (DataFileWriter writer = DataFileWriter.create(file, options)) {
      byte[] content = "one negative, many prints\n".getBytes(StandardCharsets.UTF_8);
      section(writer, ".rodata", content, 16, false);
      return writer.publish();
    }
  }

  static void section(
      DataFileWriter writer, String name, byte[] content, long alignment, boolean placeable)
      throws IOException {
    try (OutputStream stream = writer.section(name, alignment, placeable)) {
      stream.write(content);
    }
  }

  static void fixChecksum(byte[] file) {
    CRC32C crc = new CRC32C();
    crc.update(file, 0, 4092);
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(4092, (int) crc.getValue());
  }

  static String verdict(Path file, Expectations expectations) throws IOException {
    try (Validity validity = DataFile.check(file, expectations)) {
      return validity.getClass().getSimpleName();
    }
  }

  private static Tier tier(Path file) throws IOException {
    try (Validity validity = DataFile.check(file, Expectations.none())) {
      assertThat(validity).isInstanceOf(Validity.Fresh.class);
      return validity.tier();
    }
  }

  private DataId one(String name, byte[] content, long alignment, boolean placeable)
      throws IOException {
    WriteOptions options = WriteOptions.standard().withReplace(true);
    try (DataFileWriter writer = DataFileWriter.create(folder.resolve("one"), options)) {
      section(writer, name, content, alignment, placeable);
      return writer.publish();
    }
  }

  private void forgetThisBoot() throws IOException {
    Path boots = folder.resolve("boot");
    for (String boot : Bytes.names(boots)) {
      for (String marker : Bytes.names(boots.resolve(boot))) {
        Files.delete(boots.resolve(boot).resolve(marker));
      }
    }
  }

  private static Expectations full() {
    return Expectations.none().withTier(Tier.FULL);
  }
}
