package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Durability;
import dev.calotype.emit.OutputOptions;
import dev.calotype.emit.Payload;
import dev.calotype.emit.Wrap;
import dev.calotype.image.Format;
import dev.calotype.ji.CodeNote;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Seal;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.ObjectLink;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Data files that linkers for Windows and macOS put within libraries. */
class ContainerTest {
  @TempDir Path folder;
  private Path data = Path.of("");
  private byte[] content = {};
  private DataId id = new DataId("00".repeat(32));

  @BeforeEach
  void write() throws IOException {
    data = folder.resolve("tables.ji");
    content = Bytes.random(9000, 1);
    try (DataFileWriter writer = DataFileWriter.create(data, WriteOptions.standard())) {
      try (OutputStream stream = writer.section("table", 4096, false)) {
        stream.write(content);
      }
      id = writer.publish();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LLD_LINK", "LLD_LINK_AARCH64", "MINGW", "LD64_X86_64", "LD64_AARCH64"})
  void aDataFileThatALinkerPutInIsFoundCheckedMappedAndSealed(ObjectLink link) throws IOException {
    Path library = link(link, true);
    Seal.seal(library, library, Durability.DURABLE, true);
    try (Validity validity = check(library);
        Arena arena = Arena.ofConfined()) {
      DataFile file = ((Validity.Fresh) validity).data();
      assertThat(file.id()).isEqualTo(id);
      assertThat(file.base()).isPositive();
      assertThat(file.section("table").orElseThrow().isMappable()).isTrue();
      assertThat(file.section("table").orElseThrow().map(arena).toArray(ValueLayout.JAVA_BYTE))
          .isEqualTo(content);
    }
    try (Validity validity =
        CodeObject.check(library, Expectations.none().withDataId(id).withTier(Tier.FULL))) {
      assertThat(((Validity.FreshCode) validity).code().note().shape()).isEqualTo(Shape.WITHIN);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LLD_LINK", "LD64_AARCH64"})
  void noCutOrFlippedContainerIsFresh(ObjectLink link) throws IOException {
    Path library = link(link, true);
    byte[] whole = Bytes.read(library);
    int base;
    try (Validity validity = check(library)) {
      base = (int) ((Validity.Fresh) validity).data().base();
    }
    int size = Bytes.read(data).length;
    assertThat(Arrays.copyOfRange(whole, base, base + size)).isEqualTo(Bytes.read(data));
    for (int at = base; at < base + size; at += 53) {
      Bytes.writeFlipped(library, whole, at, 1 << at % 8);
      try (Validity validity = check(library)) {
        assertThat(validity).as("byte 0x%x", at).isInstanceOf(Validity.Damaged.class);
        assertThat(((Validity.Damaged) validity).offset()).isBetween((long) base, (long) at + 4096);
      }
    }
    for (int length = 0; length < base + size; length += 61) {
      Bytes.write(library, Arrays.copyOf(whole, length));
      try (Validity validity = check(library)) {
        assertThat(validity)
            .as("%d bytes", length)
            .isInstanceOfAny(Validity.Damaged.class, Validity.Foreign.class);
      }
    }
  }

  @Test
  void whatCanNotBeMappedInPlaceIsCopied() throws IOException {
    Path library = link(ObjectLink.LLD_LINK, false);
    try (Validity validity = check(library);
        Arena arena = Arena.ofConfined()) {
      DataFile file = ((Validity.Fresh) validity).data();
      assertThat(file.base() % 4096).isNotZero();
      var section = file.section("table").orElseThrow();
      assertThat(section.isMappable()).isFalse();
      var bytes = section.map(arena);
      assertThat(bytes.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
      assertThat(bytes.address() % 4096).isZero();
    }
  }

  @Test
  void aLibraryWithoutOneIsForeignAsBefore() throws IOException {
    for (ObjectLink link : List.of(ObjectLink.LLD_LINK, ObjectLink.LD64_AARCH64, ObjectLink.LLD)) {
      Path library = link.link(folder, List.of(link.compile(folder).toString()));
      try (Validity validity = check(library)) {
        assertThat(((Validity.Foreign) validity).found()).isEqualTo("a file that is no data file");
      }
    }
  }

  private Path link(ObjectLink link, boolean aligned) throws IOException {
    Format format = link.target().target().format();
    Path note = folder.resolve("note.o");
    LinkedNote unsealed =
        LinkedNote.unsealed(
            Shape.WITHIN, 0, id, Origin.none().withTarget(link.target().target().id()));
    OutputOptions options = OutputOptions.standard().withReplace(true);
    Wrap.note(link.target(), CodeNote.section(format))
        .write(
            Payload.of(MemorySegment.ofArray(unsealed.encode(ByteOrder.LITTLE_ENDIAN)), "note"),
            note,
            options);
    List<String> inputs = new ArrayList<>(List.of(link.compile(folder).toString()));
    inputs.add(note.toString());
    if (format == Format.MACHO) {
      inputs.addAll(List.of("-sectcreate", "__CALJI", "__ji", data.toString()));
      return link.link(folder, inputs);
    }
    Path object = folder.resolve("data.o");
    Wrap.kept(link.target(), "calotype_data")
        .withSection(".calji")
        .write(Payload.of(data), object, options);
    inputs.add(object.toString());
    if (link.isLldLink()) {
      inputs.addAll(List.of("/opt:noref", aligned ? "/filealign:4096" : "/filealign:512"));
    } else {
      inputs.addAll(List.of("--file-alignment", "4096"));
    }
    return link.link(folder, inputs);
  }

  private static Validity check(Path file) throws IOException {
    return DataFile.check(file, Expectations.none().withTier(Tier.FULL));
  }
}
