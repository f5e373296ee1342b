package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.emit.OutputOptions;
import dev.calotype.emit.Payload;
import dev.calotype.emit.Wrap;
import dev.calotype.image.Format;
import dev.calotype.testing.Libraries.Toolchain;
import dev.calotype.testing.ObjectLink;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Notes that real linkers carry into real libraries, sealed there and checked. */
class SealTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void aNoteGoesThroughTheLinkerAndIsSealedInWhatItMakes(ObjectLink link) throws IOException {
    DataId data = data("some data");
    Path library = linked(link, data, Origin.none());
    Expectations full = Expectations.none().withDataId(data).withTier(Tier.FULL);
    assertThat(codes(library, full)).containsExactly(Cause.Code.UNSEALED);

    byte[] before = Files.readAllBytes(library);
    LinkedNote sealed = Seal.seal(library, library, Durability.FAST, true);
    byte[] after = Files.readAllBytes(library);
    assertThat(sealed.sealed()).isTrue();
    assertThat(after).hasSameSizeAs(before);
    try (Validity validity = CodeObject.check(library, full)) {
      assertThat(validity).isInstanceOf(Validity.FreshCode.class);
      CodeNote note = ((Validity.FreshCode) validity).code().note();
      assertThat(note)
          .isEqualTo(CodeNote.decode(MemorySegment.ofArray(noteIn(link, sealed)), 0, ""));
    }
    // Sealing again changes nothing.
    Seal.seal(library, library, Durability.FAST, true);
    assertThat(Files.readAllBytes(library)).isEqualTo(after);
    assertThat(codes(library, full.withDataId(data("other data"))))
        .containsExactly(Cause.Code.CODE_DATA_ID);
  }

  @ParameterizedTest
  @EnumSource(names = {"GNU", "LLD_S390X", "LLD_LINK", "LD64_AARCH64"})
  void everyFlippedByteOfASealedLibraryIsFound(ObjectLink link) throws IOException {
    DataId data = data("some data");
    Path library = linked(link, data, Origin.none());
    Seal.seal(library, library, Durability.FAST, true);
    byte[] bytes = Files.readAllBytes(library);
    Expectations full = Expectations.none().withDataId(data).withTier(Tier.FULL);
    Path changed = folder.resolve("changed");
    boolean[] open = unsealed(library);
    int step = Tools.soak() ? 1 : 13;
    for (int at = 0; at < bytes.length; at += step) {
      bytes[at] ^= 0x40;
      Files.write(changed, bytes);
      bytes[at] ^= 0x40;
      try (Validity validity = CodeObject.check(changed, full)) {
        assertThat(validity instanceof Validity.FreshCode)
            .as("byte 0x%x: %s", at, validity)
            .isEqualTo(open[at]);
      }
    }
    for (int size = 0; size < bytes.length; size += 97) {
      Files.write(changed, Arrays.copyOf(bytes, size));
      try (Validity validity = CodeObject.check(changed, full)) {
        assertThat(validity)
            .as("cut to %d", size)
            .isInstanceOfAny(Validity.Damaged.class, Validity.Foreign.class);
      }
    }
  }

  @Test
  void anObjectThatIsStillToBeLinkedHasItsNoteToo() throws IOException {
    DataId data = data("some data");
    for (ObjectLink link : ObjectLink.values()) {
      Path object = note(link, data, Origin.none(), 0);
      assertThat(codes(object, Expectations.none().withDataId(data)))
          .as(link.name())
          .containsExactly(Cause.Code.UNSEALED);
    }
  }

  @Test
  void whatTheCodeNeedsOfAHostIsComparedWithTheHost() throws IOException {
    DataId data = data("some data");
    Origin origin =
        Origin.none()
            .withTarget("x86_64-elf")
            .withCompiler("example 1.0")
            .withFeature("avx2")
            .withOption("opt-level", "3", Comparison.EXACT);
    Path library = linked(ObjectLink.GNU, data, origin, 16_384);
    Seal.seal(library, library, Durability.FAST, true);
    Host host = new Host("x86_64-elf", Set.of("sse2", "avx2"), 4096);
    Expectations asked =
        Expectations.none().withDataId(data).withHost(host).withOption("opt-level", "3");
    assertThat(codes(library, asked.withCompiler("example 1.0"))).isEmpty();
    assertThat(codes(library, asked.withCompiler("example 1.1")))
        .containsExactly(Cause.Code.COMPILER);
    assertThat(codes(library, asked.withOption("opt-level", "2")))
        .containsExactly(Cause.Code.OPTION_VALUE);
    assertThat(codes(library, asked.withFeatures(List.of("sse2"))))
        .containsExactly(Cause.Code.FEATURE);
    assertThat(codes(library, asked.withTarget("aarch64-elf"))).containsExactly(Cause.Code.TARGET);
    assertThat(codes(library, asked.withPageSize(16_384))).isEmpty();
    assertThat(codes(library, asked.withPageSize(65_536))).containsExactly(Cause.Code.PAGE_SIZE);
    assertThat(
            codes(
                library,
                asked.withHost(new Host("riscv64-elf", Set.of(), 65_536)).withCompiler("x")))
        .containsExactlyInAnyOrder(
            Cause.Code.TARGET, Cause.Code.COMPILER, Cause.Code.FEATURE, Cause.Code.PAGE_SIZE);
  }

  @Test
  void stripKeepsTheNote() throws IOException {
    DataId data = data("some data");
    Path library = linked(ObjectLink.GNU, data, Origin.none());
    for (String strip : List.of("strip", "llvm-strip-19")) {
      Run.of(Tools.require(strip), library.toString()).succeeded();
      assertThat(codes(library, Expectations.none().withDataId(data)))
          .containsExactly(Cause.Code.UNSEALED);
    }
    Seal.seal(library, library, Durability.FAST, true);
    assertThat(codes(library, Expectations.none().withTier(Tier.FULL).withDataId(data))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"LD64_X86_64", "LD64_AARCH64"})
  void anAdHocSignatureFitsAgainAfterSealing(ObjectLink link) throws Exception {
    DataId data = data("some data");
    Path library = linked(link, data, Origin.none(), 0, "-adhoc_codesign");
    assertPagesAreSigned(Files.readAllBytes(library));
    Seal.seal(library, library, Durability.FAST, true);
    assertPagesAreSigned(Files.readAllBytes(library));
  }

  @Test
  void aSignatureOfAnIdentityIsNotBroken() throws IOException {
    Path library =
        linked(ObjectLink.LD64_AARCH64, data("some data"), Origin.none(), 0, "-adhoc_codesign");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(library));
    int directory = directory(bytes);
    bytes.putInt(directory + 12, 0); // flags, without CS_ADHOC
    Files.write(library, bytes.array());
    assertThatThrownBy(() -> Seal.seal(library, library, Durability.FAST, true))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("signed with an identity");
    assertThat(Files.readAllBytes(library)).isEqualTo(bytes.array());
  }

  @ParameterizedTest
  @EnumSource(names = {"LLD_LINK", "LLD_LINK_I686", "MINGW"})
  void aWindowsLibraryMayBeSignedAfterItWasSealed(ObjectLink link) throws IOException {
    DataId data = data("some data");
    Path library = linked(link, data, Origin.none());
    Seal.seal(library, library, Durability.FAST, true);
    byte[] sealed = Files.readAllBytes(library);
    // What a signer does: pad to 8, append certificates, point to them, change the checksum.
    int size = (sealed.length + 7) & -8;
    ByteBuffer signed =
        ByteBuffer.wrap(Arrays.copyOf(sealed, size + 512)).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.fill(signed.array(), size, size + 512, (byte) 0x5a);
    int optional = signed.getInt(60) + 24;
    int directories = optional + (signed.getShort(optional) == 0x20b ? 112 : 96);
    signed.putInt(optional + 64, 0x12345678).putInt(directories + 32, size);
    signed.putInt(directories + 36, 512);
    Files.write(library, signed.array());
    Expectations full = Expectations.none().withTier(Tier.FULL).withDataId(data);
    assertThat(codes(library, full)).isEmpty();
    // The padding, where there is some, or else the last byte of the file itself.
    signed.put(size - 1, (byte) (signed.get(size - 1) ^ 1));
    Files.write(library, signed.array());
    try (Validity validity = CodeObject.check(library, full)) {
      assertThat(validity).isInstanceOf(Validity.Damaged.class);
    }
  }

  @Test
  void permissionsStayAndTheOriginalIsLeftAloneIfACopyIsAskedFor() throws IOException {
    Path library = linked(ObjectLink.GNU, data("some data"), Origin.none());
    Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rwxr-x--x"));
    byte[] before = Files.readAllBytes(library);
    Path copy = folder.resolve("copy.so");
    Seal.seal(library, copy, Durability.DURABLE, false);
    assertThat(Files.readAllBytes(library)).isEqualTo(before);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
        .isEqualTo("rwxr-x--x");
    assertThat(codes(copy, Expectations.none().withTier(Tier.FULL))).isEmpty();
  }

  @Test
  void whatALaterMinorVersionPutIntoANoteStaysThereWhenItIsSealed() throws IOException {
    Origin origin = Origin.none().withFeature("avx2").withTarget("x86_64-elf");
    Path library = linked(ObjectLink.GNU, data("some data"), origin);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(library)).order(ByteOrder.LITTLE_ENDIAN);
    int note = (int) noteOffset(library);
    int size = 16 + bytes.getInt(note + 4);
    bytes.put(note + 120, (byte) 99); // The first fact's kind, which no version has yet.
    bytes.putInt(note + LinkedNote.CRC, 0);
    bytes.putInt(note + LinkedNote.CRC, Bytes.crc(bytes.array(), note + 16, size - 16));
    Files.write(library, bytes.array());
    Seal.seal(library, library, Durability.FAST, true);
    assertThat(codes(library, Expectations.none().withTier(Tier.FULL))).isEmpty();
    byte[] sealed = Files.readAllBytes(library);
    assertThat(sealed[note + 120]).isEqualTo((byte) 99);
    assertThat(
            Arrays.mismatch(
                bytes.array(), note + 120, sealed.length, sealed, note + 120, sealed.length))
        .isNegative();
  }

  @Test
  void whatHasNoNoteIsNotSealed() {
    Path plain = Toolchain.GNU.link(folder);
    assertThatThrownBy(() -> Seal.seal(plain, plain, Durability.FAST, true))
        .isInstanceOf(UnsupportedFormatException.class)
        .hasMessageContaining("without a note");
  }

  /** Which bytes may change after sealing: those that {@link SealedRanges} takes for zeros. */
  private static boolean[] unsealed(Path library) throws IOException {
    try (var file = dev.calotype.map.OpenFile.open(library)) {
      CodeObject code = CodeObject.find(file);
      byte[] marks = new byte[(int) file.size()];
      Arrays.fill(marks, (byte) 1);
      SealedRanges.of(file, code.format(), code.noteOffset()).zero(marks, 0, marks.length);
      boolean[] open = new boolean[marks.length];
      for (int i = 0; i < marks.length; i++) {
        // The note's own fields have a checksum.
        boolean isNote = i >= code.noteOffset() && i < code.noteOffset() + 152;
        open[i] = marks[i] == 0 && !isNote;
      }
      return open;
    }
  }

  private static long noteOffset(Path library) throws IOException {
    try (var file = dev.calotype.map.OpenFile.open(library)) {
      return CodeObject.find(file).noteOffset();
    }
  }

  private static List<Cause.Code> codes(Path code, Expectations expectations) throws IOException {
    try (Validity validity = CodeObject.check(code, expectations)) {
      return switch (validity) {
        case Validity.FreshCode _ -> List.of();
        case Validity.Stale stale -> stale.causes().stream().map(Cause::code).toList();
        default -> throw new AssertionError(validity);
      };
    }
  }

  private DataId data(String content) throws IOException {
    Path path = folder.resolve("data.ji");
    WriteOptions options = WriteOptions.standard().withReplace(true);
    try (DataFileWriter writer = DataFileWriter.create(path, options)) {
      try (OutputStream section = writer.section("content", 64, false)) {
        section.write(content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
      return writer.publish();
    }
  }

  private Path linked(ObjectLink link, DataId data, Origin origin) throws IOException {
    return linked(link, data, origin, 0);
  }

  private Path linked(ObjectLink link, DataId data, Origin origin, long pageSize, String... options)
      throws IOException {
    List<String> inputs = new java.util.ArrayList<>();
    inputs.add(link.compile(folder).toString());
    inputs.add(note(link, data, origin, pageSize).toString());
    inputs.addAll(List.of(options));
    Path library = link.link(folder, inputs);
    return Files.move(
        library, folder.resolve("sealed-" + link), StandardCopyOption.REPLACE_EXISTING);
  }

  private Path note(ObjectLink link, DataId data, Origin origin, long pageSize) throws IOException {
    LinkedNote note = LinkedNote.unsealed(Shape.SLOTS, pageSize, data, origin);
    Format format = link.target().target().format();
    Path object = folder.resolve("note.o");
    Wrap.note(link.target(), CodeNote.section(format))
        .write(
            Payload.of(MemorySegment.ofArray(noteIn(link, note)), "note"),
            object,
            OutputOptions.standard().withReplace(true));
    return object;
  }

  private static byte[] noteIn(ObjectLink link, LinkedNote note) {
    return note.encode(link.target().target().byteOrder());
  }

  /** Recomputes the digest of each page, as a system that checks the signature would. */
  private static void assertPagesAreSigned(byte[] library) throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap(library);
    int directory = directory(bytes);
    int hashes = directory + bytes.getInt(directory + 16);
    int slots = bytes.getInt(directory + 28);
    int limit = bytes.getInt(directory + 32);
    int pageSize = 1 << bytes.get(directory + 39);
    assertThat(slots).isPositive();
    for (int i = 0; i < slots; i++) {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(library, i * pageSize, Math.min(pageSize, limit - i * pageSize));
      assertThat(Arrays.copyOfRange(library, hashes + i * 32, hashes + i * 32 + 32))
          .as("page %d", i)
          .isEqualTo(sha.digest());
    }
  }

  /** Where the code directory starts: the last blob that has its magic. */
  private static int directory(ByteBuffer bytes) {
    for (int at = bytes.capacity() - 40; at > 0; at--) {
      if (bytes.getInt(at) == 0xfade0c02) {
        return at;
      }
    }
    throw new AssertionError("no code directory");
  }
}
