package dev.calotype.emit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.image.Format;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.ObjectLink;
import dev.calotype.testing.Readobj;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real linkers, with a small compiled object beside the wrapped one. */
class WrapLinkTest {
  private static final String SYMBOL = "metadata_of_the_crate";
  private static final byte[] PAYLOAD = Bytes.random(70_003, 7);
  private static final OutputOptions REPLACE = OutputOptions.standard().withReplace(true);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void aCarriedPayloadIsInNoLinkedLibrary(ObjectLink link) throws IOException {
    Path code = link.compile(folder);
    Path object = write(Wrap.carried(link.target()));
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
  void aKeptPayloadIsInTheLibraryAndFoundByItsSymbol(ObjectLink link) throws IOException {
    Path code = link.compile(folder);
    Path object = write(Wrap.kept(link.target(), SYMBOL));
    for (List<String> inputs :
        List.of(
            List.of(code.toString(), object.toString()), link.whole(archive(link, code, object)))) {
      Path library = link.link(folder, inputs);
      assertThat(sections(library)).contains(".rustc");
      assertThat(dump(library, link)).startsWith(PAYLOAD);
      Path again = folder.resolve("again");
      Unwrap.standard().write(library, again, REPLACE);
      assertThat(again).hasBinaryContent(PAYLOAD);
      if (link.isLldLink()) {
        continue; // It writes no table of symbols: the name is for whoever links with the object.
      }
      String symbol = link.target().target().format() == Format.MACHO ? "_" + SYMBOL : SYMBOL;
      assertThat(Readobj.of(library, "--symbols").all("Symbol"))
          .anySatisfy(one -> {
            assertThat(one.word("Name")).isEqualTo(symbol);
            assertThat(one.word("Section")).isEqualTo(".rustc");
          });
    }
  }

  @Test
  void codeRefersToAKeptPayloadByItsSymbolWhereLoadersMapIt() throws IOException {
    for (ObjectLink link :
        List.of(ObjectLink.LLD_LINK, ObjectLink.MINGW, ObjectLink.LD64_AARCH64)) {
      Path source = folder.resolve("user.c");
      Files.writeString(
          source,
          "extern const char " + SYMBOL + "[];\nint answer(void) { return " + SYMBOL + "[3]; }\n");
      Path user = folder.resolve("user.o");
      Run.of(
              Tools.require("clang-19"),
              "--target=" + link.compiled(),
              "-c",
              "-o",
              user.toString(),
              source.toString())
          .succeeded();
      Path object = write(Wrap.kept(link.target(), SYMBOL).withAlignment(64));
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
      Path library = ObjectLink.GNU.link(folder, List.of(code.toString(), write(wrap).toString()));
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
    ObjectLink link = ObjectLink.LLD;
    Path code = link.compile(folder);
    List<String> inputs = new ArrayList<>(List.of(code.toString()));
    for (int i = 0; i < 3; i++) {
      Path object = folder.resolve(i + ".o");
      Wrap.kept(link.target(), "part_" + i)
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

  private Path archive(ObjectLink link, Path... members) throws IOException {
    Path archive = folder.resolve("archive.a");
    Files.deleteIfExists(archive);
    List<String> command = new ArrayList<>(List.of(Tools.require("llvm-ar-19"), "rcs"));
    command.add(
        link.target().target().format() == Format.MACHO ? "--format=darwin" : "--format=gnu");
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
  private byte[] dump(Path library, ObjectLink link) {
    String segment = link.target().target().format() == Format.MACHO ? "__DATA," : "";
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
