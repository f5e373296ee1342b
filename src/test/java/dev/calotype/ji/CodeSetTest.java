package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.emit.OutputOptions;
import dev.calotype.emit.Payload;
import dev.calotype.emit.Wrap;
import dev.calotype.split.Split;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.ObjectLink;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One data file and many code objects, on hosts of all kinds. */
final class CodeSetTest {
  private static final WriteOptions FAST = WriteOptions.standard().withDurability(Durability.FAST);
  private static final Host BASE = host("x86_64-elf");
  private static final Host V2 = host("x86_64-elf", "x86-64-v2", "sse4_2");
  private static final Host V3 =
      host("x86_64-elf", "x86-64-v2", "x86-64-v3", "sse4_2", "avx2", "avx512f");
  private static final Host V4 =
      host("x86_64-elf", "x86-64-v2", "x86-64-v3", "x86-64-v4", "sse4_2", "avx2", "avx512f");

  @TempDir Path folder;
  private Path data = Path.of("");
  private Path made = Path.of("");
  private int number;

  @BeforeEach
  void makeData() throws IOException {
    made = Files.createDirectory(folder.resolve("made"));
    data = Files.createDirectory(folder.resolve("set")).resolve("m.ji");
    write(data, "the negative");
  }

  @Test
  void addingAndRemovingCodeDoesNotTouchTheData() throws IOException {
    FileTime longAgo = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(data, longAgo);
    byte[] bytes = Files.readAllBytes(data);
    CodeSet set = set();
    set.add(code("O", "0"), FAST);
    set.add(code("O", "3"), FAST);
    set.add(code(ObjectLink.GNU, Origin.none().withFeature("x86-64-v3")), FAST);
    set.add(code(ObjectLink.LLD_LINK, Origin.none()), FAST);
    set.add(code(ObjectLink.LD64_AARCH64, Origin.none()), FAST);
    set.add(code(ObjectLink.LLD_AARCH64, Origin.none().withFeature("armv8.1-a")), FAST);
    assertThat(Bytes.names(data.resolveSibling("")))
        .containsExactly(
            "m.aarch64-elf-armv8_1-a.so",
            "m.aarch64-macho.dylib",
            "m.ji",
            "m.x86_64-elf-O-0.so",
            "m.x86_64-elf-O-3.so",
            "m.x86_64-elf-v3.so",
            "m.x86_64-pe.dll");
    assertThat(set.remove("x86_64-elf-O-0")).containsExactly(sibling("m.x86_64-elf-O-0.so"));
    assertThat(set.remove("x86_64-elf-O-0")).isEmpty();
    assertThat(set.files()).hasSize(5);
    assertThat(data).hasBinaryContent(bytes);
    assertThat(Files.getLastModifiedTime(data)).isEqualTo(longAgo);
  }

  @Test
  void eachHostGetsWhatNeedsMostOfIt() throws IOException {
    CodeSet set = set();
    set.add(code(ObjectLink.GNU, Origin.none()), "a", FAST, _ -> {});
    for (String feature : List.of("x86-64-v2", "x86-64-v3", "x86-64-v4", "sse4_2")) {
      set.add(code(ObjectLink.GNU, Origin.none().withFeature(feature)), FAST);
    }
    Origin more = Origin.none().withFeature("x86-64-v3").withFeature("avx512f");
    set.add(code(ObjectLink.GNU, more), FAST);
    set.add(code(ObjectLink.LLD_AARCH64, Origin.none()), FAST);
    set.add(code(ObjectLink.LLD_AARCH64, Origin.none().withFeature("sve")), FAST);
    set.add(code(ObjectLink.LLD_AARCH64, Origin.none().withFeature("armv8.1-a")), FAST);

    assertThat(best(set, BASE)).isEqualTo("a");
    assertThat(best(set, V2)).isEqualTo("x86_64-elf-v2");
    assertThat(best(set, V3)).isEqualTo("x86_64-elf-avx512f-v3");
    assertThat(best(set, V4)).isEqualTo("x86_64-elf-v4");
    assertThat(best(set, host("x86_64-elf", "sse4_2"))).isEqualTo("x86_64-elf-sse4_2");
    assertThat(best(set, host("aarch64-elf"))).isEqualTo("aarch64-elf");
    assertThat(best(set, host("aarch64-elf", "sve"))).isEqualTo("aarch64-elf-sve");
    assertThat(best(set, host("aarch64-elf", "sve", "armv8.1-a")))
        .isEqualTo("aarch64-elf-armv8_1-a");
    assertThat(best(set, host("riscv64-elf"))).isEmpty();
  }

  @Test
  void amongEqualsTheWantedOptionDecidesAndThenTheName() throws IOException {
    CodeSet set = set();
    set.add(code("O", "0"), "o0", FAST, _ -> {});
    set.add(code("O", "1"), "o1", FAST, _ -> {});
    set.add(code("O", "3"), "o3", FAST, _ -> {});
    set.add(code(ObjectLink.GNU, Origin.none()), "a", FAST, _ -> {});
    assertThat(best(set, BASE)).isEqualTo("a");
    assertThat(best(set, BASE, Map.of("O", "3"))).isEqualTo("o3");
    assertThat(best(set, BASE, Map.of("O", "0"))).isEqualTo("o0");
    // No -O2, and -O3 is at least that.
    assertThat(best(set, BASE, Map.of("O", "2"))).isEqualTo("o3");
    // Less optimised is nearer than not known.
    assertThat(best(set, BASE, Map.of("O", "4"))).isEqualTo("o0");
    assertThat(best(set, BASE, Map.of("sanitizer", "address"))).isEqualTo("a");
    Origin both = Origin.none().withOption("O", "0", Comparison.AT_LEAST).withFeature("x86-64-v2");
    set.add(code(ObjectLink.GNU, both), "v2", FAST, _ -> {});
    assertThat(best(set, V2, Map.of("O", "3"))).as("features come first").isEqualTo("v2");
    try (CodeChoice choice = set.pick(V2, Map.of("O", "3"))) {
      assertThat(choice.others().stream().map(set::tag)).containsExactly("o3", "o0", "o1", "a");
      assertThat(choice.rejected()).isEmpty();
    }
  }

  @Test
  void everyRejectedCandidateHasItsCauses() throws IOException {
    CodeSet set = set();
    set.add(code(ObjectLink.GNU, Origin.none().withFeature("x86-64-v4")), "v4", FAST, _ -> {});
    set.add(code(ObjectLink.LLD_LINK, Origin.none()), "windows", FAST, _ -> {});
    Path unsealed = linked(ObjectLink.GNU, id(data), Origin.none(), 4096);
    Files.copy(unsealed, sibling("m.unsealed.so"));
    Path other = folder.resolve("other.ji");
    write(other, "another");
    Files.copy(sealed(linked(ObjectLink.GNU, id(other), Origin.none(), 0)), sibling("m.other.so"));
    Files.writeString(sibling("m.text.so"), "not code at all");
    Files.writeString(sibling("m.so"), "");
    byte[] whole = Files.readAllBytes(sibling("m.v4.so"));
    Files.write(sibling("m.cut.so"), Arrays.copyOf(whole, 100));
    Files.writeString(sibling("m.x.y.so"), "of m.x.ji");
    Files.writeString(sibling("mm.so"), "of mm.ji");
    Files.writeString(sibling("m.txt"), "no code");
    try (CodeChoice choice = set.pick(host(65_536, "x86_64-elf"), Map.of())) {
      assertThat(choice.best()).isEmpty();
      assertThat(choice.others()).isEmpty();
      assertThat(choice.rejected().stream().map(CodeSetTest::causes))
          .containsExactly(
              "m.cut.so damaged",
              "m.other.so code-data-id",
              "m.so damaged",
              "m.text.so foreign",
              "m.unsealed.so unsealed page-size",
              "m.v4.so feature",
              "m.windows.dll target");
    }
  }

  @Test
  void whatMustBeSoIsAnExpectation() throws IOException {
    CodeSet set = set();
    Origin plain = Origin.none().withOption("sanitizer", "none", Comparison.EXACT);
    Origin checked = Origin.none().withOption("sanitizer", "address", Comparison.EXACT);
    set.add(code(ObjectLink.GNU, plain.withFeature("x86-64-v2")), "plain", FAST, _ -> {});
    set.add(code(ObjectLink.GNU, checked), "checked", FAST, _ -> {});
    Expectations must = Expectations.none().withHost(V2).withOption("sanitizer", "address");
    try (CodeChoice choice = set.pick(must, Map.of())) {
      assertThat(choice.best().map(Validity.FreshCode::file).map(set::tag)).contains("checked");
      assertThat(choice.rejected().stream().map(CodeSetTest::causes))
          .containsExactly("m.plain.so option-value");
    }
  }

  @Test
  void pickingReadsHeadersAlone() throws IOException {
    CodeSet set = set();
    Path added = set.add(code(ObjectLink.GNU, Origin.none()), "a", FAST, _ -> {});
    byte[] bytes = Files.readAllBytes(added);
    bytes[bytes.length / 2] ^= 1;
    Files.write(added, bytes);
    assertThat(best(set, BASE)).isEqualTo("a");
    // The whole of it is looked at by whoever asks for that.
    try (Validity full = CodeObject.check(added, Expectations.none().withTier(Tier.FULL))) {
      assertThat(full).isInstanceOf(Validity.Damaged.class);
    }
    assertThatThrownBy(() -> set.add(added, "b", FAST, _ -> {}))
        .isInstanceOf(MalformedImageException.class);
  }

  @Test
  void thePickedFileIsTheOneThatWasChecked() throws IOException {
    CodeSet set = set();
    Path added = set.add(code(ObjectLink.GNU, Origin.none()), "a", FAST, _ -> {});
    long size = Files.size(added);
    try (CodeChoice choice = set.pick(BASE, Map.of())) {
      set.remove("a");
      Files.writeString(added, "another");
      assertThat(choice.best().orElseThrow().code().file().currentSize()).isEqualTo(size);
    }
  }

  @Test
  void onlyWholeSealedCodeOfThisDataIsAdded() throws IOException {
    CodeSet set = set();
    Path unsealed = linked(ObjectLink.GNU, id(data), Origin.none(), 0);
    assertThatThrownBy(() -> set.add(unsealed, FAST))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("unsealed: expected a sealed note");
    Path other = folder.resolve("other.ji");
    write(other, "another");
    Path ofOther = sealed(linked(ObjectLink.GNU, id(other), Origin.none(), 0));
    assertThatThrownBy(() -> set.add(ofOther, FAST))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("code-data-id");
    assertThatThrownBy(() -> set.add(data, FAST)).isInstanceOf(UnsupportedFormatException.class);
    assertThatThrownBy(() -> set.add(folder.resolve("none"), FAST))
        .isInstanceOf(NoSuchFileException.class);
    Path code = sealed(unsealed);
    for (String tag : List.of("a.b", "../x", "a b", "é", "x".repeat(101))) {
      assertThatThrownBy(() -> set.add(code, tag, FAST, _ -> {}))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("a tag has");
    }
    set.add(code, "a", FAST, _ -> {});
    assertThatThrownBy(() -> set.add(code, "a", FAST, _ -> {}))
        .isInstanceOf(FileAlreadyExistsException.class);
    set.add(code, "a", FAST.withReplace(true), _ -> {});
    assertThat(Bytes.names(data.resolveSibling(""))).containsExactly("m.a.so", "m.ji");
  }

  @Test
  void whatIsNotCodeOfThisDataIsNotRemoved() throws IOException {
    CodeSet set = set();
    Path other = folder.resolve("other.ji");
    write(other, "another");
    Files.copy(sealed(linked(ObjectLink.GNU, id(other), Origin.none(), 0)), sibling("m.a.so"));
    Files.writeString(sibling("m.b.so"), "precious");
    for (String tag : List.of("a", "b")) {
      assertThatThrownBy(() -> set.remove(tag))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("it is not code of this data, so it is not removed");
    }
    assertThat(set.files()).hasSize(2);
  }

  @Test
  void detachedCodeIsOfTheSetTooAndTheLastResort() throws IOException {
    Path image = Libraries.Toolchain.GNU.link(folder);
    Path library = sibling("libfoo.so");
    Files.copy(image, library);
    Path halves = sibling("libfoo.so.ji");
    try (Split split = Split.plan(library, List.of())) {
      split.write(halves, sibling("libfoo.so.code"), FAST);
    }
    try (Validity.Fresh fresh = (Validity.Fresh) DataFile.check(halves, Expectations.none())) {
      CodeSet set = CodeSet.of(fresh);
      assertThat(set.files()).containsExactly(sibling("libfoo.so.code"));
      try (CodeChoice choice = set.pick(BASE, Map.of())) {
        assertThat(choice.best().orElseThrow().code().note().shape()).isEqualTo(Shape.DETACHED);
      }
      Path code =
          sealed(linked(ObjectLink.GNU, fresh.data().id(), Origin.none().withFeature("sse2"), 0));
      set.add(code, "slots", FAST, _ -> {});
      try (CodeChoice choice = set.pick(host("x86_64-elf", "sse2"), Map.of())) {
        assertThat(choice.best().orElseThrow().code().note().shape()).isEqualTo(Shape.SLOTS);
      }
    }
  }

  @Test
  void aSetOfABareNameIsInTheWorkingDirectory() throws IOException {
    try (Validity.Fresh fresh = (Validity.Fresh) DataFile.check(data, Expectations.none())) {
      Validity.Fresh bare = new Validity.Fresh(Path.of("m.ji"), Tier.HEADER, fresh.data());
      assertThat(CodeSet.of(bare).files()).isEmpty();
    }
  }

  private static String best(CodeSet set, Host host) throws IOException {
    return best(set, host, Map.of());
  }

  private static String best(CodeSet set, Host host, Map<String, String> wanted)
      throws IOException {
    try (CodeChoice choice = set.pick(host, wanted)) {
      return choice.best().map(Validity.FreshCode::file).map(set::tag).orElse("");
    }
  }

  private static String causes(Validity answer) {
    String name = answer.file().getFileName() + " ";
    return switch (answer) {
      case Validity.Stale stale ->
          name + String.join(" ", stale.causes().stream().map(Cause::id).distinct().toList());
      case Validity.Damaged _ -> name + "damaged";
      case Validity.Foreign _ -> name + "foreign";
      default -> name + answer;
    };
  }

  private CodeSet set() throws IOException {
    try (Validity.Fresh fresh = (Validity.Fresh) DataFile.check(data, Expectations.none())) {
      return CodeSet.of(fresh);
    }
  }

  private Path code(String option, String value) throws IOException {
    return code(ObjectLink.GNU, Origin.none().withOption(option, value, Comparison.AT_LEAST));
  }

  private Path code(ObjectLink link, Origin origin) throws IOException {
    return sealed(linked(link, id(data), origin, 0));
  }

  private static Path sealed(Path library) throws IOException {
    Seal.seal(library, library, Durability.FAST, true);
    return library;
  }

  private Path linked(ObjectLink link, DataId id, Origin origin, long pageSize) throws IOException {
    String target = link.target().target().id().replace("-coff", "-pe");
    LinkedNote note = LinkedNote.unsealed(Shape.SLOTS, pageSize, id, origin.withTarget(target));
    Path object = made.resolve("note.o");
    byte[] bytes = note.encode(link.target().target().byteOrder());
    Wrap.note(link.target(), CodeNote.section(link.target().target().format()))
        .write(
            Payload.of(MemorySegment.ofArray(bytes), "note"),
            object,
            OutputOptions.standard().withReplace(true));
    Path library = link.link(made, List.of(link.compile(made).toString(), object.toString()));
    number++;
    return Files.move(library, made.resolve("code-" + number));
  }

  private Path sibling(String name) {
    return data.resolveSibling(name);
  }

  private static DataId id(Path data) throws IOException {
    try (Validity.Fresh fresh = (Validity.Fresh) DataFile.check(data, Expectations.none())) {
      return fresh.data().id();
    }
  }

  private static void write(Path file, String content) throws IOException {
    try (DataFileWriter writer = DataFileWriter.create(file, FAST)) {
      try (OutputStream section = writer.section("content", 64, false)) {
        section.write(content.getBytes(StandardCharsets.UTF_8));
      }
      writer.publish();
    }
  }

  private static Host host(String target, String... features) {
    return host(4096, target, features);
  }

  private static Host host(long pageSize, String target, String... features) {
    return new Host(target, Set.copyOf(new ArrayList<>(List.of(features))), pageSize);
  }
}
