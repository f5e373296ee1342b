package dev.calotype.split.elf;

import dev.calotype.split.object.X86Code;
import java.util.List;

/** x86-64 (psABI for AMD64, "Relocation Types"). */
final class ElfX86 implements ElfMachine {
  private static final int R_64 = 1;
  private static final int R_PC32 = 2;
  private static final int R_GOTPCREL = 9;
  private static final int R_PC64 = 24;
  private static final int R_GOTPCRELX = 41;
  private static final int R_CODE_4_GOTPCRELX = 43;

  /** From the displacement of an instruction to its end. */
  private static final int DISPLACEMENT = 4;

  @Override
  public int address() {
    return R_64;
  }

  @Override
  public List<Integer> distance() {
    return List.of(R_PC64);
  }

  @Override
  public boolean isByTable(int type) {
    return type == R_GOTPCREL || (type >= R_GOTPCRELX && type <= R_CODE_4_GOTPCRELX);
  }

  @Override
  public boolean completes(int type) {
    return false;
  }

  @Override
  public void toCells(List<ElfReference> references, Sink sink) {
    for (ElfReference reference : references) {
      if (isByTable(reference.type())) {
        if (reference.addend() != -DISPLACEMENT) {
          sink.obstacle(reference, "an addend to an entry of the global offset table");
        } else {
          sink.toCell(reference, reference.target() + DISPLACEMENT, R_PC32, -DISPLACEMENT);
        }
      } else if (reference.type() == R_PC32) {
        String why = isLea(reference);
        if (why.isEmpty()) {
          sink.instruction(reference.moved(), reference.fileAt() - 2, new byte[] {X86Code.MOV});
          sink.toCell(reference, reference.target() + DISPLACEMENT, R_PC32, -DISPLACEMENT);
        } else {
          sink.obstacle(reference, why);
        }
      } else {
        sink.obstacle(reference, reference.typeName());
      }
    }
  }

  /** Why an instruction is not {@code lea r64, [rip+x]}; empty if it is. */
  private static String isLea(ElfReference reference) {
    boolean looksSo =
        reference.has(3, DISPLACEMENT)
            && X86Code.isLea(reference.u8(-3), reference.u8(-2), reference.u8(-1));
    if (!looksSo) {
      return "an instruction uses the data itself (%s)".formatted(reference.typeName());
    }
    return reference.offset() >= 6 && reference.u8(-6) == X86Code.EVEX
        ? "an instruction that may be another than lea (0x62 before it)"
        : "";
  }
}
