package dev.calotype.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.FileChangedException;
import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.Binary;
import dev.calotype.image.Container;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnwrapTest {
  private static final OutputOptions REPLACE = OutputOptions.standard().withReplace(true);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void whatWasWrappedComesOutByteForByte(ObjectTarget target) throws IOException {
    for (int size : new int[] {0, 1, 4095, (1 << 20) + 3}) {
      byte[] payload = Bytes.random(size, size);
      for (Wrap wrap : List.of(Wrap.carried(target), Wrap.kept(target, "s").withAlignment(64))) {
        Path object = write("object", wrap, payload);
        Path again = folder.resolve("again");
        Unwrapping found = Unwrap.standard().write(object, again, REPLACE);
        assertThat(again).hasBinaryContent(payload);
        assertThat(found.section()).isEqualTo(wrap.section());
        assertThat(found.members()).isEmpty();
        assertThat(found.size()).isEqualTo(size);
        try (Arena arena = Arena.ofConfined()) {
          Binary mapped = Binary.map(object, arena);
          MemorySegment bytes = Unwrap.standard().find(mapped).bytes();
          assertThat(bytes.mismatch(MemorySegment.ofArray(payload))).isEqualTo(-1);
          assertThat(mapped.bytes().asSlice(found.offset(), size).mismatch(bytes)).isEqualTo(-1);
          assertThat(size == 0 || bytes.asOverlappingSlice(mapped.bytes()).isPresent()).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anArchivesMemberWithThePayloadIsFoundAmongOthers(ObjectTarget target) throws IOException {
    byte[] payload = Bytes.random(5000, 5);
    Path object = write("lib.rmeta", Wrap.carried(target), payload);
    Path other = write("other.o", Wrap.kept(target, "s").withSection(".other"), new byte[10]);
    Path text = Files.writeString(folder.resolve("text"), "no native file");
    Path empty = Files.createFile(folder.resolve("empty"));
    for (String format : List.of("gnu", "bsd", "darwin", "coff")) {
      Path archive = archive(format, text, empty, other, object);
      Path again = folder.resolve("again");
      Unwrapping found = Unwrap.standard().write(archive, again, REPLACE);
      assertThat(again).hasBinaryContent(payload);
      assertThat(found.members()).containsExactly("lib.rmeta");
      assertThat(Unwrap.standard().withMember("lib.rmeta").write(archive, again, REPLACE))
          .isEqualTo(found);
    }
  }

  @Test
  void ofSeveralMembersWithAPayloadOneHasToBeNamed() throws IOException {
    Path first = write("first.o", Wrap.carried(ObjectTarget.X86_64_LINUX), new byte[] {1});
    Path second = write("second.o", Wrap.kept(ObjectTarget.S390X_LINUX, "s"), new byte[] {2});
    Path third = write("third.o", Wrap.carried(ObjectTarget.RISCV64_LINUX), new byte[] {3});
    Path archive = archive("gnu", first, second, third);
    Path again = folder.resolve("again");
    assertThatThrownBy(() -> Unwrap.standard().write(archive, again, REPLACE))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("first.o and second.o both");
    assertThat(again).doesNotExist();
    Unwrap.standard().withMember("third.o").write(archive, again, REPLACE);
    assertThat(again).hasBinaryContent(new byte[] {3});
    Unwrap.standard().withSection(".rustc").write(archive, again, REPLACE);
    assertThat(again).hasBinaryContent(new byte[] {2});
  }

  @Test
  void aFatFilesSlicesAndArchivesWithinThemAreSearched() throws IOException {
    byte[] payload = Bytes.random(5000, 6);
    Path arm = write("arm.o", Wrap.carried(ObjectTarget.AARCH64_MACOS), payload);
    Path fat = folder.resolve("fat");
    Path again = folder.resolve("again");
    Path intel = write("intel.o", Wrap.kept(ObjectTarget.X86_64_MACOS, "s"), Bytes.random(100, 7));
    for (List<Path> slices : List.of(List.of(arm, intel), List.of(archive("darwin", arm), intel))) {
      List<String> command = new ArrayList<>(List.of(Tools.require("llvm-lipo-19"), "-create"));
      slices.forEach(slice -> command.add(slice.toString()));
      command.addAll(List.of("-output", fat.toString()));
      Run.of(Map.of(), command).succeeded();
      assertThatThrownBy(() -> Unwrap.standard().write(fat, again, REPLACE))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("both have such a section");
      Unwrapping found = Unwrap.standard().withMember("arm64").write(fat, again, REPLACE);
      assertThat(again).hasBinaryContent(payload);
      assertThat(found.members().getFirst()).isEqualTo("arm64");
      byte[] there =
          Arrays.copyOfRange(Bytes.read(fat), (int) found.offset(), (int) found.offset() + 5000);
      assertThat(there).isEqualTo(payload);
      Files.delete(again);
    }
  }

  @Test
  void aMemberThatIsNotThereOrNoNativeFileIsSaidByName() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "no native file");
    Path archive =
        archive("gnu", text, write("a.o", Wrap.carried(ObjectTarget.X86_64_LINUX), new byte[9]));
    Path again = folder.resolve("again");
    assertThatThrownBy(() -> Unwrap.standard().withMember("b.o").write(archive, again, REPLACE))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("no member b.o with a section .rmeta or .rustc");
    assertThatThrownBy(() -> Unwrap.standard().withMember("text").write(archive, again, REPLACE))
        .isInstanceOf(UnsupportedFormatException.class)
        .hasMessageContaining("text");
    assertThat(again).doesNotExist();
  }

  @Test
  void aThinArchivesMembersAreElsewhereAndNotOpened() throws IOException {
    Path object = write("a.o", Wrap.carried(ObjectTarget.X86_64_LINUX), new byte[9]);
    Path archive = folder.resolve("thin.a");
    Run.of(Tools.require("ar"), "rcST", archive.toString(), object.toString()).succeeded();
    Binary thin = Binary.of(MemorySegment.ofArray(Bytes.read(archive)), "thin.a");
    assertThatThrownBy(() -> Unwrap.standard().find(thin)).isInstanceOf(RefusedException.class);
    String name = ((Container) thin).members().getFirst().name();
    assertThat(name).endsWith("a.o");
    assertThatThrownBy(() -> Unwrap.standard().withMember(name).find(thin))
        .isInstanceOf(UnsupportedFormatException.class);
  }

  @Test
  void aSectionThatIsCompressedOrHasNoBytesIsRefused() throws IOException {
    Path library = Libraries.object(folder, "x86_64-linux-gnu", "-g", "-gz=zlib", "-fno-common");
    Path again = folder.resolve("again");
    assertThatThrownBy(
            () -> Unwrap.standard().withSection(".debug_info").write(library, again, REPLACE))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(".debug_info is compressed");
    assertThatThrownBy(() ->
            Unwrap.standard()
                .withSection(".bss")
                .write(Libraries.ofTheJdk("libnet.so"), again, REPLACE))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(".bss has only 0 of its ");
    assertThatThrownBy(() -> Unwrap.standard().write(library, again, REPLACE))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("has no section .rmeta or .rustc");
    assertThat(again).doesNotExist();
  }

  @Test
  void aFileThatIsThereStaysUnlessItMayBeReplaced() throws IOException {
    Path object = write("object", Wrap.carried(ObjectTarget.X86_64_LINUX), new byte[9]);
    Path again = Files.writeString(folder.resolve("again"), "precious");
    assertThatThrownBy(() -> Unwrap.standard().write(object, again, OutputOptions.standard()))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(again).hasContent("precious");
    assertThat(Bytes.names(folder)).containsExactly("again", "object");
  }

  @Test
  void anObjectThatChangesWhileItIsReadGivesNothing() throws IOException {
    byte[] payload = new byte[1 << 20];
    Path again = folder.resolve("again");
    for (int size : new int[] {1000, 600_000, 2_000_000}) {
      Path object = write("object", Wrap.carried(ObjectTarget.X86_64_LINUX), payload);
      assertThatThrownBy(
              () -> Unwrap.standard().write(object, again, REPLACE, _ -> resize(object, size)))
          .isInstanceOf(FileChangedException.class);
      assertThat(Bytes.names(folder)).containsExactly("object");
    }
  }

  @ParameterizedTest
  @EnumSource
  void changedObjectsGiveAPayloadOrADeclaredError(ObjectTarget target) throws IOException {
    byte[] object =
        Bytes.read(write("object", Wrap.kept(target, "a_long_symbol"), Bytes.random(100, 1)));
    int rejected = 0;
    for (int length = 0; length < object.length; length++) {
      rejected += unwraps(Arrays.copyOf(object, length)) ? 0 : 1;
    }
    for (int at = 0; at < object.length; at++) {
      for (int mask : new int[] {0xff, 0x01, 0x80}) {
        byte[] changed = object.clone();
        changed[at] ^= (byte) mask;
        rejected += unwraps(changed) ? 0 : 1;
      }
    }
    assertThat(rejected).isBetween(100, object.length * 4 - 100);
    SplittableRandom random = new SplittableRandom(target.triple().hashCode());
    long[] evil = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 0xffff_ffffL, object.length};
    for (int i = 0; i < Tools.count(1000, 50_000); i++) {
      ByteBuffer changed = ByteBuffer.wrap(object.clone());
      for (int j = random.nextInt(3); j >= 0; j--) {
        changed.putLong(random.nextInt(object.length - 8), evil[random.nextInt(evil.length)]);
      }
      unwraps(changed.array());
    }
  }

  @Test
  void changedArchivesGiveAPayloadOrADeclaredError() throws IOException {
    Path object = write("lib.rmeta", Wrap.carried(ObjectTarget.X86_64_LINUX), new byte[50]);
    Path other =
        write("o.o", Wrap.kept(ObjectTarget.X86_64_LINUX, "s").withSection(".o"), new byte[9]);
    byte[] archive = Bytes.read(archive("gnu", other, object));
    for (int at = 0; at < archive.length; at++) {
      for (int mask : new int[] {0xff, 0x01, 0x10}) {
        byte[] changed = archive.clone();
        changed[at] ^= (byte) mask;
        unwraps(changed);
      }
    }
  }

  private static boolean unwraps(byte[] file) {
    try {
      MemorySegment bytes =
          Unwrap.standard().find(Binary.of(MemorySegment.ofArray(file), "changed")).bytes();
      assertThat(bytes.byteSize()).isLessThanOrEqualTo(file.length);
      return true;
    } catch (MalformedImageException | UnsupportedFormatException | RefusedException e) {
      return false;
    }
  }

  private Path write(String name, Wrap wrap, byte[] payload) throws IOException {
    Path object = folder.resolve(name);
    wrap.write(Payload.of(MemorySegment.ofArray(payload), "payload"), object, REPLACE);
    return object;
  }

  private Path archive(String format, Path... members) throws IOException {
    Path archive = folder.resolve("archive.a");
    Files.deleteIfExists(archive);
    List<String> command = new ArrayList<>(List.of(Tools.require("llvm-ar-19"), "rcS"));
    command.addAll(List.of("--format=" + format, archive.toString()));
    for (Path member : members) {
      command.add(member.toString());
    }
    Run.of(Map.of(), command).succeeded();
    return archive;
  }

  private static void resize(Path file, long size) {
    try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      if (size < channel.size()) {
        channel.truncate(size);
      } else {
        channel.position(size - 1);
        channel.write(ByteBuffer.wrap(new byte[1]));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
