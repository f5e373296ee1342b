package dev.calotype.emit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.image.Format;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Readobj;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real linkers, with a small compiled object beside the wrapped one. */
class WrapLinkTest {
  private static final String SYMBOL = "metadata_of_the_crate";
  private static final byte[] PAYLOAD = Bytes.random(70_003, 7);
  private static final OutputOptions REPLACE = OutputOptions.standard().withReplace(true);
  private static final Pattern SPACES = Pattern.compile(" ");

  @TempDir Path folder;

  /** A linker, what it links for, and how it is told to make a library. */
  enum Link {
    GNU(ObjectTarget.X86_64_LINUX, "x86_64-linux-gnu", "ld -shared"),
    GNU_COLLECTING(ObjectTarget.X86_64_LINUX, "x86_64-linux-gnu", "ld -shared --gc-sections"),
    LLD(ObjectTarget.X86_64_LINUX, "x86_64-linux-gnu", "ld.lld-19 -shared --gc-sections"),
    LLD_AARCH64(ObjectTarget.AARCH64_LINUX, "aarch64-linux-gnu", "ld.lld-19 -shared"),
    LLD_RISCV64(ObjectTarget.RISCV64_LINUX, "riscv64-linux-gnu -march=rv64gc", "ld.lld-19 -shared"),
    LLD_S390X(ObjectTarget.S390X_LINUX, "s390x-linux-gnu", "ld.lld-19 -shared"),
    LLD_LINK(ObjectTarget.X86_64_WINDOWS, "x86_64-windows-msvc", "lld-link-19 /dll /opt:ref"),
    LLD_LINK_I686(
        ObjectTarget.I686_WINDOWS, "i686-windows-msvc", "lld-link-19 /dll /safeseh /opt:ref"),
    LLD_LINK_AARCH64(ObjectTarget.AARCH64_WINDOWS, "aarch64-windows-msvc", "lld-link-19 /dll"),
    MINGW(ObjectTarget.X86_64_MINGW, "x86_64-w64-windows-gnu", "x86_64-w64-mingw32-ld -shared"),
    LD64_X86_64(
        ObjectTarget.X86_64_MACOS,
        "x86_64-apple-macos10.12",
        "ld64.lld-19 -dylib -dead_strip -arch x86_64 -platform_version macos 10.12 10.12"),
    LD64_AARCH64(
        ObjectTarget.AARCH64_MACOS,
        "arm64-apple-macos11",
        "ld64.lld-19 -dylib -dead_strip -arch arm64 -platform_version macos 11.0 11.0");

    final ObjectTarget target;
    private final String compiled;
    private final String command;

    Link(ObjectTarget target, String compiled, String command) {
      this.target = target;
      this.compiled = compiled;
      this.command = command;
    }

    /** A compiled object that defines {@code answer}. */
    Path compile(Path folder) {
      Path source = folder.resolve("code.c");
      Bytes.write(source, "int answer(void) { return 42; }\n".getBytes(StandardCharsets.US_ASCII));
      Path object = folder.resolve("code.o");
      List<String> command = new ArrayList<>(List.of(Tools.require("clang-19")));
      command.addAll(SPACES.splitAsStream("--target=" + compiled + " -c -O1 -fPIC").toList());
      if (target.target().format() == Format.COFF) {
        command.remove("-fPIC");
      }
      command.addAll(List.of("-o", object.toString(), source.toString()));
      Run.of(Map.of(), command).succeeded();
      return object;
    }

    /** Links, without a word of complaint. */
    Path link(Path folder, List<String> inputs) {
      Path library = folder.resolve("library");
      List<String> words = SPACES.splitAsStream(command).toList();
      List<String> line = new ArrayList<>(List.of(Tools.require(words.getFirst())));
      line.addAll(words.subList(1, words.size()));
      if (words.getFirst().startsWith("lld-link")) {
        line.addAll(List.of("/noentry", "/nodefaultlib", "/export:answer", "/out:" + library));
      } else {
        line.addAll(List.of("-o", library.toString()));
      }
      line.addAll(inputs);
      Run run = Run.of(Map.of(), line).succeeded();
      assertThat(run.out() + run.err()).isEmpty();
      return library;
    }

    /** The option that takes every member of an archive, as far as there is one. */
    List<String> whole(Path archive) {
      return switch (target.target().format()) {
        case ELF -> List.of("--whole-archive", archive.toString());
        case COFF ->
            this == MINGW
                ? List.of("--whole-archive", archive.toString())
                : List.of("/wholearchive:" + archive);
        default -> List.of("-force_load", archive.toString());
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCarriedPayloadIsInNoLinkedLibrary(Link link) throws IOException {
    Path code = link.compile(folder);
    Path object = write(Wrap.carried(link.target));
    Path archive = archive(link, code, object);
    Path without = Files.copy(link.link(folder, List.of(code.toString())), folder.resolve("plain"));
    List<List<String>> ways =
        List.of(
            List.of(code.toString(), object.toString()),
            List.of(code.toString(), archive.toString()),
            link.whole(archive));
    for (List<String> inputs : ways) {
      Path library = link.link(folder, inputs);
      assertThat(sections(library)).isEqualTo(sections(without)).doesNotContain(".rmeta");
      assertThat(Files.size(library)).isLessThan(Files.size(without) + 4096);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aKeptPayloadIsInTheLibraryAndFoundByItsSymbol(Link link) throws IOException {
    Path code = link.compile(folder);
    Path object = write(Wrap.kept(link.target, SYMBOL));
    for (List<String> inputs :
        List.of(
            List.of(code.toString(), object.toString()), link.whole(archive(link, code, object)))) {
      Path library = link.link(folder, inputs);
      assertThat(sections(library)).contains(".rustc");
      assertThat(dump(library, link)).startsWith(PAYLOAD);
      Path again = folder.resolve("again");
      Unwrap.standard().write(library, again, REPLACE);
      assertThat(again).hasBinaryContent(PAYLOAD);
      if (link.command.startsWith("lld-link")) {
        continue; // It writes no table of symbols: the name is for whoever links with the object.
      }
      String symbol = link.target.target().format() == Format.MACHO ? "_" + SYMBOL : SYMBOL;
      assertThat(Readobj.of(library, "--symbols").all("Symbol"))
          .anySatisfy(one -> {
            assertThat(one.word("Name")).isEqualTo(symbol);
            assertThat(one.word("Section")).isEqualTo(".rustc");
          });
    }
  }

  @Test
  void codeRefersToAKeptPayloadByItsSymbolWhereLoadersMapIt() throws IOException {
    for (Link link : List.of(Link.LLD_LINK, Link.MINGW, Link.LD64_AARCH64)) {
      Path source = folder.resolve("user.c");
      Files.writeString(
          source,
          "extern const char " + SYMBOL + "[];\nint answer(void) { return " + SYMBOL + "[3]; }\n");
      Path user = folder.resolve("user.o");
      Run.of(
              Tools.require("clang-19"),
              "--target=" + link.compiled,
              "-c",
              "-o",
              user.toString(),
              source.toString())
          .succeeded();
      Path object = write(Wrap.kept(link.target, SYMBOL).withAlignment(64));
      Path library = link.link(folder, List.of(user.toString(), object.toString()));
      assertThat(dump(library, link)).startsWith(PAYLOAD);
    }
  }

  @Test
  void gnuLdMakesNoStackExecutableAndKeepsBranchProtection() throws IOException {
    Path source = folder.resolve("code.c");
    Files.writeString(source, "int answer(void) { return 42; }\n");
    Path code = folder.resolve("protected.o");
    Run.of(
            Tools.require("clang-19"),
            "--target=x86_64-linux-gnu",
            "-fcf-protection=full",
            "-fPIC",
            "-c",
            "-o",
            code.toString(),
            source.toString())
        .succeeded();
    for (Wrap wrap :
        List.of(
            Wrap.carried(ObjectTarget.X86_64_LINUX),
            Wrap.kept(ObjectTarget.X86_64_LINUX, SYMBOL))) {
      Path library = Link.GNU.link(folder, List.of(code.toString(), write(wrap).toString()));
      Readobj said = Readobj.of(library, "--program-headers", "--notes");
      assertThat(said.all("ProgramHeader"))
          .filteredOn(header -> header.word("Type").equals("PT_GNU_STACK"))
          .singleElement()
          .satisfies(header ->
              assertThat(header.child("Flags").orElseThrow().children())
                  .noneMatch(flag -> flag.name().startsWith("PF_X")));
      assertThat(said.all("Property").toString()).contains("IBT, SHSTK");
    }
  }

  @Test
  void payloadsOfSeveralObjectsEachHaveTheirSection() throws IOException {
    Link link = Link.LLD;
    Path code = link.compile(folder);
    List<String> inputs = new ArrayList<>(List.of(code.toString()));
    for (int i = 0; i < 3; i++) {
      Path object = folder.resolve(i + ".o");
      Wrap.kept(link.target, "part_" + i)
          .withSection(".part" + i)
          .write(
              Payload.of(MemorySegment.ofArray(Bytes.random(1000 + i, i)), "part"),
              object,
              OutputOptions.standard());
      inputs.add(object.toString());
    }
    Path library = link.link(folder, inputs);
    for (int i = 0; i < 3; i++) {
      Path again = folder.resolve(i + ".again");
      Unwrap.standard().withSection(".part" + i).write(library, again, OutputOptions.standard());
      assertThat(again).hasBinaryContent(Bytes.random(1000 + i, i));
    }
  }

  private Path write(Wrap wrap) throws IOException {
    Path object = folder.resolve("lib.rmeta");
    wrap.write(Payload.of(MemorySegment.ofArray(PAYLOAD), "payload"), object, REPLACE);
    return object;
  }

  private Path archive(Link link, Path... members) throws IOException {
    Path archive = folder.resolve("archive.a");
    Files.deleteIfExists(archive);
    List<String> command = new ArrayList<>(List.of(Tools.require("llvm-ar-19"), "rcs"));
    command.add(link.target.target().format() == Format.MACHO ? "--format=darwin" : "--format=gnu");
    command.add(archive.toString());
    for (Path member : members) {
      command.add(member.toString());
    }
    Run.of(Map.of(), command).succeeded();
    return archive;
  }

  private static List<String> sections(Path library) {
    return Readobj.of(library, "--sections").all("Section").stream()
        .filter(section -> section.child("Name").isPresent())
        .map(section -> section.word("Name"))
        .toList();
  }

  /** What another reader finds in the section; of a PE image with its padding. */
  private byte[] dump(Path library, Link link) {
    String segment = link.target.target().format() == Format.MACHO ? "__DATA," : "";
    Path dump = folder.resolve("dump");
    Run.of(
            Tools.require("llvm-objcopy-19"),
            "--dump-section",
            segment + ".rustc=" + dump,
            library.toString(),
            "/dev/null")
        .succeeded();
    return Bytes.read(dump);
  }
}
