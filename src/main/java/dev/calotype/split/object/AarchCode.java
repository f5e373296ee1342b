package dev.calotype.split.object;

/** The instructions that form an address on aarch64 (Arm ARM, C6.2). */
public final class AarchCode {
  /** Register 31 is the stack pointer in {@code add} and zero in {@code ldr}. */
  private static final int SP = 31;

  private AarchCode() {}

  /** Whether it is {@code adrp}. */
  public static boolean isAdrp(int word) {
    return (word & 0x9f000000) == 0x90000000;
  }

  /** Whether it is a 64-bit {@code add} of an unshifted immediate that may become a load. */
  public static boolean isAdd(int word) {
    return (word & 0xffc00000) == 0x91000000 && destination(word) != SP && source(word) != SP;
  }

  /** The register that is written. */
  public static int destination(int word) {
    return word & 31;
  }

  /** The register that is read. */
  public static int source(int word) {
    return word >>> 5 & 31;
  }

  /** The 64-bit {@code ldr} with the registers of an {@code add}, its immediate 0. */
  public static int load(int add) {
    return 0xf9400000 | (add & 0x3ff);
  }

  /** What {@code adrp} has as immediate; an object's linker adds it as bytes. */
  public static long adrpImmediate(int word) {
    int low = word >>> 29 & 3;
    int high = word >>> 5 & 0x7ffff;
    return (long) (high << 13) >> 11 | low;
  }

  /** {@code adrp} with an immediate of 0. */
  public static int adrpWithout(int word) {
    return word & ~0x60ffffe0;
  }

  /** The 12 bits of an unshifted immediate. */
  public static long addImmediate(int word) {
    return (word >>> 10) & 0xfffL;
  }
}
