package dev.calotype.testing;

import dev.calotype.image.Format;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A linker as a user names it, and what Clang compiles for it. */
public enum CodeLink {
  /** The driver of the system. */
  CC("cc", "x86_64-linux-gnu", Format.ELF),
  /** Clang as a driver. */
  CLANG("clang-19", "x86_64-linux-gnu", Format.ELF),
  /** GNU ld. */
  GNU("ld", "x86_64-linux-gnu", Format.ELF),
  /** GNU's other linker. */
  GOLD("ld.gold", "x86_64-linux-gnu", Format.ELF),
  /** LLD. */
  LLD("ld.lld-19", "x86_64-linux-gnu", Format.ELF),
  /** LLD for aarch64. */
  LLD_AARCH64("ld.lld-19", "aarch64-linux-gnu", Format.ELF),
  /** LLD for riscv64. */
  LLD_RISCV64("ld.lld-19", "riscv64-linux-gnu -march=rv64gc", Format.ELF),
  /** LLD for s390x, which is big-endian. */
  LLD_S390X("ld.lld-19", "s390x-linux-gnu", Format.ELF),
  /** LLD as the linker of Visual C++. */
  LLD_LINK("lld-link-19", "x86_64-windows-msvc", Format.PE),
  /** The same for Windows on aarch64. */
  LLD_LINK_AARCH64("lld-link-19", "aarch64-windows-msvc", Format.PE),
  /** GNU ld for Windows. */
  MINGW("x86_64-w64-mingw32-ld", "x86_64-w64-windows-gnu", Format.PE),
  /** The driver of the same. */
  MINGW_GCC("x86_64-w64-mingw32-gcc", "x86_64-w64-windows-gnu", Format.PE),
  /** LLD as the linker of macOS. */
  LD64("ld64.lld-19", "x86_64-apple-macos10.14", Format.MACHO),
  /** The same for Arm. */
  LD64_ARM64("ld64.lld-19", "arm64-apple-macos12", Format.MACHO);

  private final String linker;
  private final String compiled;
  private final Format format;

  CodeLink(String linker, String compiled, Format format) {
    this.linker = linker;
    this.compiled = compiled;
    this.format = format;
  }

  /** The linker's name. */
  public String linker() {
    return linker;
  }

  /** What it makes. */
  public Format format() {
    return format;
  }

  /** Whether this machine runs what it makes. */
  public boolean runsHere() {
    return compiled.startsWith("x86_64-linux") && System.getProperty("os.arch").equals("amd64");
  }

  /** Clang's options for what it links for. */
  public List<String> target() {
    return List.of(("--target=" + compiled).split(" ", -1));
  }

  /** Compiles {@code slots.c} or {@code hole.c}. */
  public Path compile(Path folder, String source, String... more) {
    Tools.require(linker);
    Path object = folder.resolve("%s-%s.o".formatted(source, this));
    List<String> options = new ArrayList<>(target());
    options.add("-c");
    options.addAll(List.of("-ffreestanding", "-fno-vectorize", "-fno-unroll-loops"));
    if (format != Format.PE) {
      options.add("-fPIC");
    }
    options.addAll(List.of(more));
    Libraries.compile("clang-19", folder, source, object, options);
    return object;
  }
}
