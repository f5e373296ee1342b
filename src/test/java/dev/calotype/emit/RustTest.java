package dev.calotype.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.calotype.image.Binary;
import dev.calotype.image.Container;
import dev.calotype.image.Format;
import dev.calotype.image.Image;
import dev.calotype.image.Symbol;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the installed rustc writes, where there is one. */
class RustTest {
  /** A crate without the standard library, so that rustc needs nothing of the target. */
  private static final String CRATE =
      """
      #![feature(no_core, lang_items)]
      #![no_core]
      #[lang = "pointee_sized"] pub trait PointeeSized {}
      #[lang = "meta_sized"] pub trait MetaSized: PointeeSized {}
      #[lang = "sized"] pub trait Sized: MetaSized {}
      #[lang = "copy"] pub trait Copy {}
      impl Copy for i32 {}
      pub fn same(x: i32) -> i32 { x }
      #[no_mangle] pub extern "C" fn answer(x: i32) -> i32 { x }
      """;

  /** The version whose files these tests were written from. */
  private static final String KNOWN = "rustc 1.95.";

  @TempDir Path folder;
  private String rustc = "";

  @BeforeEach
  void findRustc() throws IOException {
    Optional<String> found = Tools.find("rustc");
    assumeTrue(found.isPresent(), "not run: rustc is not installed");
    rustc = found.get();
    Files.writeString(folder.resolve("crate.rs"), CRATE);
  }

  @ParameterizedTest
  @EnumSource
  void theMetadataInAnArchiveIsUnwrappedAndWrappedAsRustcHasIt(ObjectTarget target)
      throws IOException {
    assumeKnown();
    Path archive = folder.resolve("libsmall.rlib");
    compile(target, "rlib", archive);
    Path metadata = folder.resolve("metadata");
    Unwrapping found = Unwrap.standard().write(archive, metadata, OutputOptions.standard());
    assertThat(found.members()).containsExactly("lib.rmeta");
    assertThat(found.section()).isEqualTo(".rmeta");
    assertMetadata(Bytes.read(metadata));
    Binary member =
        ((Container) Binary.of(MemorySegment.ofArray(Bytes.read(archive)), "rlib"))
            .member("lib.rmeta")
            .orElseThrow()
            .binary();
    Path theirs = folder.resolve("theirs");
    Bytes.write(theirs, member.bytes().toArray(ValueLayout.JAVA_BYTE));
    assertSame(Wrap.carried(target), metadata, theirs);
  }

  @ParameterizedTest
  @EnumSource
  void theMetadataForALibraryIsUnwrappedAndWrappedAsRustcHasIt(ObjectTarget target)
      throws IOException {
    assumeKnown();
    // The link does nothing, so that no target's linker is needed; its input is kept.
    compile(target, "dylib", folder.resolve("library"), "-Csave-temps", "-Clinker=true");
    Path theirs;
    try (Stream<Path> files = Files.walk(folder)) {
      theirs = files.filter(file -> file.endsWith("rmeta.o")).findFirst().orElseThrow();
    }
    Path metadata = folder.resolve("metadata");
    Unwrapping found = Unwrap.standard().write(theirs, metadata, OutputOptions.standard());
    assertThat(found.section()).isEqualTo(".rustc");
    byte[] payload = Bytes.read(metadata);
    assertMetadata(payload);
    Binary object = Binary.of(MemorySegment.ofArray(Bytes.read(theirs)), "rmeta.o");
    String symbol = "";
    for (Symbol one : ((Image) object).symbols()) {
      symbol = one.isGlobal() ? one.name() : symbol;
    }
    boolean hasUnderscore =
        target.target().format() == Format.MACHO || target == ObjectTarget.I686_WINDOWS;
    assertThat(symbol).startsWith(hasUnderscore ? "_rust_metadata_" : "rust_metadata_");
    assertSame(Wrap.kept(target, symbol.substring(hasUnderscore ? 1 : 0)), metadata, theirs);
  }

  @Test
  void theArchiveHasTheMetadataThatRustcWritesOnItsOwn() throws IOException {
    Files.writeString(folder.resolve("crate.rs"), "pub fn double(x: i32) -> i32 { x * 2 }\n");
    run("--crate-type=rlib", "--emit=link,metadata");
    Path metadata = folder.resolve("metadata");
    Unwrap.standard().write(folder.resolve("libsmall.rlib"), metadata, OutputOptions.standard());
    assertMetadata(Bytes.read(metadata));
    assertThat(metadata).hasSameBinaryContentAs(folder.resolve("libsmall.rmeta"));
  }

  @Test
  void aLinkedRustLibraryGivesItsMetadata() throws IOException {
    Files.writeString(folder.resolve("crate.rs"), "pub fn double(x: i32) -> i32 { x * 2 }\n");
    run("--crate-type=dylib", "-Cprefer-dynamic");
    Path metadata = folder.resolve("metadata");
    Unwrapping found =
        Unwrap.standard().write(folder.resolve("libsmall.so"), metadata, OutputOptions.standard());
    assertThat(found.section()).isEqualTo(".rustc");
    assertMetadata(Bytes.read(metadata));
  }

  private void assertSame(Wrap wrap, Path metadata, Path theirs) throws IOException {
    Path ours = folder.resolve("ours");
    wrap.write(Payload.of(metadata), ours, OutputOptions.standard());
    Format format = wrap.target().target().format();
    assertThat(Described.asRustWouldHaveIt(Described.of(ours, format)))
        .containsExactlyElementsOf(Described.of(theirs, format));
    if (format != Format.ELF) {
      assertThat(ours).hasSameBinaryContentAs(theirs);
    }
  }

  private static void assertMetadata(byte[] bytes) {
    assertThat(new String(bytes, 0, 7, StandardCharsets.ISO_8859_1)).isEqualTo("rust\0\0\0");
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).endsWith("rust-end-file");
  }

  private void assumeKnown() {
    String version = Run.of(rustc, "--version").succeeded().out();
    assumeTrue(version.startsWith(KNOWN), "not run: another version of rustc, " + version);
  }

  private void compile(ObjectTarget target, String type, Path out, String... more)
      throws IOException {
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--target=" + target.triple(), "--crate-type=" + type));
    options.addAll(List.of("-Cpanic=abort", "-o", out.toString()));
    options.addAll(List.of(more));
    run(options.toArray(String[]::new));
  }

  private void run(String... options) {
    List<String> command = new ArrayList<>(List.of(rustc, "--crate-name=small", "-Awarnings"));
    command.addAll(List.of("--out-dir", folder.toString(), folder.resolve("crate.rs").toString()));
    command.addAll(List.of(options));
    Run.of(Map.of("RUSTC_BOOTSTRAP", "1"), command).succeeded();
  }
}
