package dev.calotype.emit;

import dev.calotype.RefusedException;
import dev.calotype.image.Format;
import dev.calotype.image.Target;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What objects are written for, named by target triple. */
public enum ObjectTarget {
  /** Linux on x86-64. */
  X86_64_LINUX("x86_64-unknown-linux-gnu", Format.ELF, "x86_64", 62, 0),

  /** Linux on 64-bit Arm. */
  AARCH64_LINUX("aarch64-unknown-linux-gnu", Format.ELF, "aarch64", 183, 0),

  /** Linux on 64-bit RISC-V with compressed instructions and double floats in registers. */
  RISCV64_LINUX("riscv64gc-unknown-linux-gnu", Format.ELF, "riscv64", 243, 5),

  /** Linux on IBM Z. */
  S390X_LINUX("s390x-unknown-linux-gnu", Format.ELF, "s390x", 22, 0),

  /** Windows on x86-64, for Microsoft's linker and those like it. */
  X86_64_WINDOWS("x86_64-pc-windows-msvc", Format.COFF, "x86_64", 0x8664, 0),

  /** Windows on x86-64, for MinGW's linker. */
  X86_64_MINGW("x86_64-pc-windows-gnu", Format.COFF, "x86_64", 0x8664, 0),

  /** Windows on 32-bit x86. Bit 0: all exception handlers are registered, there being none. */
  I686_WINDOWS("i686-pc-windows-msvc", Format.COFF, "i386", 0x14c, 1),

  /** Windows on 64-bit Arm. */
  AARCH64_WINDOWS("aarch64-pc-windows-msvc", Format.COFF, "aarch64", 0xaa64, 0),

  /** macOS on x86-64. */
  X86_64_MACOS("x86_64-apple-darwin", Format.MACHO, "x86_64", 0x0100_0007, 3),

  /** macOS on 64-bit Arm. */
  AARCH64_MACOS("aarch64-apple-darwin", Format.MACHO, "aarch64", 0x0100_000c, 0);

  private final String triple;
  private final Format format;
  private final String architecture;
  private final int machine;
  private final int variant;

  ObjectTarget(String triple, Format format, String architecture, int machine, int variant) {
    this.triple = triple;
    this.format = format;
    this.architecture = architecture;
    this.machine = machine;
    this.variant = variant;
  }

  /**
   * The target of that triple.
   *
   * @throws RefusedException if no objects are written for it
   */
  public static ObjectTarget of(String triple) {
    for (ObjectTarget target : values()) {
      if (target.triple.equals(triple)) {
        return target;
      }
    }
    throw new RefusedException(triple, refusal(triple));
  }

  /**
   * The first target whose objects have that id, as {@link dev.calotype.ji.Host#target()} tells it
   * on Linux: {@code x86_64-elf}.
   *
   * @throws RefusedException if no objects are written for it
   */
  public static ObjectTarget ofId(String id) {
    for (ObjectTarget target : values()) {
      if (target.target().id().equals(id)) {
        return target;
      }
    }
    throw new RefusedException(id, refusal(id));
  }

  /** The triple, as Rust and LLVM spell it. */
  public String triple() {
    return triple;
  }

  /** What an image for this target shows as its own. */
  public Target target() {
    int bits = this == I686_WINDOWS ? 32 : 64;
    ByteOrder order = this == S390X_LINUX ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    return new Target(architecture, format, bits, order);
  }

  /** {@code e_machine}, {@code Machine} or {@code cputype}. */
  public int machine() {
    return machine;
  }

  /**
   * {@code e_flags} in ELF, the value of {@code @feat.00} in COFF, {@code cpusubtype} in Mach-O.
   */
  public int variant() {
    return variant;
  }

  private static String refusal(String triple) {
    if (triple.startsWith("wasm")) {
      return "no objects are written for WebAssembly";
    }
    if (triple.endsWith("-aix")) {
      return "no objects are written for AIX, whose format is XCOFF";
    }
    return "no objects are written for this target, only for "
        + Arrays.stream(values()).map(ObjectTarget::triple).collect(Collectors.joining(", "));
  }
}
