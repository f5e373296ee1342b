package dev.calotype.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.emit.ObjectTarget;
import dev.calotype.image.Format;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A linker, what it links for, and how it is told to make a library. */
public enum ObjectLink {
  /** GNU ld for x86-64. */
  GNU(ObjectTarget.X86_64_LINUX, "x86_64-linux-gnu", "ld -shared"),
  /** The same, leaving out what nobody refers to. */
  GNU_COLLECTING(ObjectTarget.X86_64_LINUX, "x86_64-linux-gnu", "ld -shared --gc-sections"),
  /** LLD, leaving out what nobody refers to. */
  LLD(ObjectTarget.X86_64_LINUX, "x86_64-linux-gnu", "ld.lld-19 -shared --gc-sections"),
  /** LLD for aarch64. */
  LLD_AARCH64(ObjectTarget.AARCH64_LINUX, "aarch64-linux-gnu", "ld.lld-19 -shared"),
  /** LLD for riscv64. */
  LLD_RISCV64(ObjectTarget.RISCV64_LINUX, "riscv64-linux-gnu -march=rv64gc", "ld.lld-19 -shared"),
  /** LLD for s390x, which is big-endian. */
  LLD_S390X(ObjectTarget.S390X_LINUX, "s390x-linux-gnu", "ld.lld-19 -shared"),
  /** LLD as the linker of Visual C++. */
  LLD_LINK(ObjectTarget.X86_64_WINDOWS, "x86_64-windows-msvc", "lld-link-19 /dll /opt:ref"),
  /** The same for 32-bit Windows. */
  LLD_LINK_I686(
      ObjectTarget.I686_WINDOWS, "i686-windows-msvc", "lld-link-19 /dll /safeseh /opt:ref"),
  /** The same for Windows on aarch64. */
  LLD_LINK_AARCH64(ObjectTarget.AARCH64_WINDOWS, "aarch64-windows-msvc", "lld-link-19 /dll"),
  /** GNU ld for Windows. */
  MINGW(ObjectTarget.X86_64_MINGW, "x86_64-w64-windows-gnu", "x86_64-w64-mingw32-ld -shared"),
  /** LLD as the linker of macOS. */
  LD64_X86_64(
      ObjectTarget.X86_64_MACOS,
      "x86_64-apple-macos10.12",
      "ld64.lld-19 -dylib -dead_strip -arch x86_64 -platform_version macos 10.12 10.12"),
  /** The same for aarch64. */
  LD64_AARCH64(
      ObjectTarget.AARCH64_MACOS,
      "arm64-apple-macos11",
      "ld64.lld-19 -dylib -dead_strip -arch arm64 -platform_version macos 11.0 11.0");

  private static final Pattern SPACES = Pattern.compile(" ");

  private final ObjectTarget target;
  private final String compiled;
  private final String command;

  ObjectLink(ObjectTarget target, String compiled, String command) {
    this.target = target;
    this.compiled = compiled;
    this.command = command;
  }

  /** What it links for. */
  public ObjectTarget target() {
    return target;
  }

  /** Clang's name of what it links for, and more options of Clang's. */
  public String compiled() {
    return compiled;
  }

  /** Whether it is LLVM's stand-in for Microsoft's linker. */
  public boolean isLldLink() {
    return command.startsWith("lld-link");
  }

  /** A compiled object that defines {@code answer}. */
  public Path compile(Path folder) {
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
  public Path link(Path folder, List<String> inputs) {
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
  public List<String> whole(Path archive) {
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
