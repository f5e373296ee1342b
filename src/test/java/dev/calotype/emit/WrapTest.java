package dev.calotype.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.image.Format;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WrapTest {
  private static final byte[] PAYLOAD = Bytes.random(4095, 1);
  private static final OutputOptions REPLACE = OutputOptions.standard().withReplace(true);
  private static final String SYMBOL = "a_symbol_with_more_than_eight_bytes";

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void anObjectHasTheSectionsFlagsAndSymbolsOfRustcs(ObjectTarget target) throws IOException {
    for (Wrap wrap : List.of(Wrap.carried(target), Wrap.kept(target, SYMBOL))) {
      Path object = write(wrap, PAYLOAD);
      assertThat(Described.of(object, target.target().format()))
          .containsExactlyElementsOf(Described.expected(wrap));
    }
  }

  @ParameterizedTest
  @EnumSource
  void namesAndAlignmentsAreTheCallers(ObjectTarget target) throws IOException {
    Format format = target.target().format();
    Wrap wrap = Wrap.kept(target, "short").withSection(".sixteen_letters");
    for (long alignment : new long[] {2, 64, 8192}) {
      Wrap aligned = wrap.withAlignment(alignment);
      Path object = folder.resolve("aligned");
      Wrapped wrapped = aligned.write(payload(PAYLOAD), object, REPLACE);
      assertThat(wrapped.payloadOffset() % alignment).isZero();
      assertThat(wrapped.payloadSize()).isEqualTo(PAYLOAD.length);
      assertThat(wrapped.size()).isEqualTo(Files.size(object));
      assertThat(Described.of(object, format))
          .containsExactlyElementsOf(Described.expected(aligned));
      assertThat(dumped(object, aligned)).isEqualTo(PAYLOAD);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anotherReaderFindsThePayloadOfEverySize(ObjectTarget target) throws IOException {
    for (int size : new int[] {1, 4095, (1 << 20) + 3}) {
      byte[] payload = Bytes.random(size, size);
      for (Wrap wrap : List.of(Wrap.carried(target), Wrap.kept(target, "s"))) {
        assertThat(dumped(write(wrap, payload), wrap)).isEqualTo(payload);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whereThePayloadComesFromMakesNoDifference(ObjectTarget target) throws IOException {
    Path file = Files.write(folder.resolve("payload"), PAYLOAD);
    Wrap wrap = Wrap.kept(target, SYMBOL);
    byte[] object = Files.readAllBytes(write(wrap, PAYLOAD));
    for (Payload payload :
        List.of(
            Payload.of(file),
            Payload.of(new ByteArrayInputStream(PAYLOAD), "stream"),
            Payload.of(new ByteArrayInputStream(PAYLOAD), PAYLOAD.length, "stream"),
            Payload.of(new Trickle(PAYLOAD), "stream"))) {
      Path again = folder.resolve("again");
      wrap.write(payload, again, REPLACE.withDurability(Durability.FAST));
      assertThat(again).hasBinaryContent(object);
    }
  }

  @Test
  void theExampleOfTheDocumentationIsWhatIsWritten() throws IOException {
    String page = Files.readString(Path.of("docs/wrap-format.md"));
    int start = page.indexOf("```\n", page.indexOf("\n## Example")) + 4;
    String example = page.substring(start, page.indexOf("```", start));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String line : example.lines().toList()) {
      String hex = line.substring(4, Math.min(line.length(), 52)).replace(" ", "");
      bytes.writeBytes(HexFormat.of().parseHex(hex));
    }
    byte[] hello = "hello".getBytes(StandardCharsets.UTF_8);
    assertThat(write(Wrap.carried(ObjectTarget.X86_64_WINDOWS), hello))
        .hasBinaryContent(bytes.toByteArray());
  }

  @Test
  void aLongNameOfASectionIsInCoffsStringTable() throws IOException {
    String name = ".a_section_with_a_long_name";
    Wrap wrap = Wrap.kept(ObjectTarget.X86_64_WINDOWS, SYMBOL).withSection(name);
    Path object = write(wrap, PAYLOAD);
    assertThat(Described.of(object, Format.COFF))
        .containsExactlyElementsOf(Described.expected(wrap));
  }

  @ParameterizedTest
  @CsvSource({
    "X86_64_MACOS, .seventeen_letters",
    "X86_64_MACOS, '__DATA,x'",
    "X86_64_WINDOWS, /4",
    "X86_64_LINUX, .symtab",
    "X86_64_LINUX, .note.GNU-stack",
    "X86_64_LINUX, ''",
    "X86_64_WINDOWS, ''"
  })
  void aSectionNameThatTheFormatCanNotHaveIsRefused(ObjectTarget target, String name) {
    assertThatThrownBy(() -> Wrap.carried(target).withSection(name))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith(target.triple() + ": ");
  }

  @Test
  void aNameWithANulIsRefused() {
    ObjectTarget target = ObjectTarget.X86_64_LINUX;
    assertThatThrownBy(() -> Wrap.kept(target, "a\0b")).isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> Wrap.kept(target, "")).isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> Wrap.carried(target).withSection("a\0"))
        .isInstanceOf(RefusedException.class);
  }

  @ParameterizedTest
  @EnumSource
  void anAlignmentThatTheFormatCanNotHaveIsRefused(ObjectTarget target) {
    long most =
        switch (target.target().format()) {
          case ELF -> 1L << 31;
          case COFF -> 8192;
          default -> 32_768;
        };
    assertThat(Wrap.carried(target).withAlignment(most).alignment()).isEqualTo(most);
    for (long wrong : new long[] {0, -1, 3, most * 2, Long.MIN_VALUE}) {
      assertThatThrownBy(() -> Wrap.carried(target).withAlignment(wrong))
          .isInstanceOf(RefusedException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wasm32-unknown-unknown",
        "wasm32-wasip1",
        "powerpc64-ibm-aix",
        "x86_64-unknown-freebsd",
        "x86_64",
        ""
      })
  void aTripleThatNoObjectsAreWrittenForIsRefusedByName(String triple) {
    assertThatThrownBy(() -> ObjectTarget.of(triple))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith(triple + ": no objects are written for ");
  }

  @ParameterizedTest
  @EnumSource
  void everyTargetIsFoundByItsTriple(ObjectTarget target) {
    assertThat(ObjectTarget.of(target.triple())).isSameAs(target);
    String id = target.target().id();
    assertThat(ObjectTarget.ofId(id).target().id()).isEqualTo(id);
  }

  @ParameterizedTest
  @EnumSource
  void aPayloadOverTheFormatsLimitIsRefusedBeforeAnythingIsWritten(ObjectTarget target) {
    Path object = folder.resolve("object");
    Wrap wrap = Wrap.kept(target, SYMBOL);
    long size = target.target().format() == Format.ELF ? Long.MAX_VALUE : 0xffff_ffffL;
    InputStream untouched = InputStream.nullInputStream();
    assertThatThrownBy(
            () -> wrap.write(Payload.of(untouched, size, "huge"), object, OutputOptions.standard()))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith("huge: ")
        .hasMessageContaining(target.target().format().title());
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @EnumSource
  void theLargestPayloadHasSizesThatFitTheirFields(ObjectTarget target) throws IOException {
    for (Wrap wrap : List.of(Wrap.carried(target), Wrap.kept(target, SYMBOL))) {
      WrapLayout layout = wrap.layout();
      if (layout.format() != Format.ELF) {
        // A file of that size with a hole in it: the other reader finds the symbols after it.
        long most = layout.mostPayload();
        Path object = folder.resolve("sparse");
        try (var channel =
            Files.newByteChannel(object, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.wrap(layout.head(most)));
          channel.position(layout.head(most).length + most);
          channel.write(ByteBuffer.wrap(layout.tail(most)));
        }
        assertThat(Described.of(object, layout.format()))
            .containsExactlyElementsOf(Described.expected(wrap));
        Files.delete(object);
      }
    }
  }

  @Test
  void anObjectThatIsThereStaysUnlessItMayBeReplaced() throws IOException {
    Path object = Files.writeString(folder.resolve("object"), "precious");
    Wrap wrap = Wrap.carried(ObjectTarget.X86_64_LINUX);
    assertThatThrownBy(() -> wrap.write(payload(PAYLOAD), object, OutputOptions.standard()))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(object).hasContent("precious");
    wrap.write(payload(PAYLOAD), object, REPLACE);
    assertThat(Bytes.names(folder)).containsExactly("object");
    assertThat(dumped(object, wrap)).isEqualTo(PAYLOAD);
  }

  private Path write(Wrap wrap, byte[] payload) throws IOException {
    Path object = folder.resolve("object");
    wrap.write(payload(payload), object, REPLACE);
    return object;
  }

  private static Payload payload(byte[] bytes) {
    return Payload.of(MemorySegment.ofArray(bytes), "payload");
  }

  private byte[] dumped(Path object, Wrap wrap) {
    boolean isMachO = wrap.target().target().format() == Format.MACHO;
    String segment = wrap.shape() == WrapShape.CARRIED ? "__DWARF," : "__DATA,";
    Path dump = folder.resolve("dump");
    Run.of(
            Tools.require("llvm-objcopy-19"),
            "--dump-section",
            (isMachO ? segment : "") + wrap.section() + "=" + dump,
            object.toString(),
            "/dev/null")
        .succeeded();
    return Bytes.read(dump);
  }

  /** Gives a byte or two at a time, as a pipe may. */
  private static final class Trickle extends ByteArrayInputStream {
    Trickle(byte[] bytes) {
      super(bytes);
    }

    @Override
    public synchronized int read(byte[] bytes, int offset, int length) {
      return super.read(bytes, offset, Math.min(length, 1 + pos % 2));
    }
  }
}
