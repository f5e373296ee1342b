package dev.calotype.split.object;

/** The instruction that forms an address on x86-64 (Intel SDM, volume 2, "Instruction Format"). */
public final class X86Code {
  /** The opcode of {@code mov r64, m64}. */
  public static final byte MOV = (byte) 0x8b;

  /**
   * The first byte of a prefix whose payload is where REX would be. With {@code 8d} as opcode it
   * makes {@code vpermb}.
   */
  public static final int EVEX = 0x62;

  private static final int LEA = 0x8d;

  private X86Code() {}

  /**
   * Whether the three bytes before a displacement are those of {@code lea r64, [rip+x]}: a REX
   * prefix with W, the opcode, and a ModRM byte with mod 0 and r/m 5.
   */
  public static boolean isLea(int prefix, int opcode, int modRm) {
    return (prefix & 0xf8) == 0x48 && opcode == LEA && (modRm & 0xc7) == 5;
  }
}
