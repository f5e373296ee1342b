package dev.calotype.split.elf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** riscv64 (RISC-V ELF psABI, "Relocations"). */
final class ElfRiscv implements ElfMachine {
  private static final int R_64 = 2;
  private static final int R_GOT_HI20 = 20;
  private static final int R_PCREL_HI20 = 23;
  private static final int R_PCREL_LO12_I = 24;
  private static final int R_PCREL_LO12_S = 25;
  private static final int R_ADD64 = 36;
  private static final int R_SUB64 = 40;

  @Override
  public int address() {
    return R_64;
  }

  @Override
  public List<Integer> distance() {
    return List.of(R_ADD64, R_SUB64);
  }

  @Override
  public boolean isByTable(int type) {
    return type == R_GOT_HI20;
  }

  @Override
  public boolean completes(int type) {
    return type == R_PCREL_LO12_I || type == R_PCREL_LO12_S;
  }

  @Override
  public void toCells(List<ElfReference> references, Sink sink) {
    Map<Long, List<ElfReference>> users = new HashMap<>();
    for (ElfReference reference : references) {
      // The low half names the label of the instruction that has the high half.
      if (completes(reference.type())
          && reference.object().symbolSection(reference.symbol()) == reference.place()) {
        users.computeIfAbsent(reference.target(), _ -> new ArrayList<>()).add(reference);
      }
    }
    for (ElfReference reference : references) {
      if (reference.moved() == 0) {
        continue;
      }
      switch (reference.type()) {
        case R_GOT_HI20 -> {
          if (reference.addend() != 0) {
            sink.obstacle(reference, "an addend to an entry of the global offset table");
          } else {
            sink.toCell(reference, reference.target(), R_PCREL_HI20, 0);
          }
        }
        case R_PCREL_HI20 ->
            pair(reference, users.getOrDefault(reference.offset(), List.of()), sink);
        default -> sink.obstacle(reference, reference.typeName());
      }
    }
  }

  private static void pair(ElfReference high, List<ElfReference> lows, Sink sink) {
    boolean allAdd =
        !lows.isEmpty()
            && lows.stream()
                .allMatch(
                    low -> low.type() == R_PCREL_LO12_I && low.has(0, 4) && isAddi(low.u32()));
    if (!allAdd) {
      sink.obstacle(high, "an instruction uses the data itself (%s)".formatted(high.typeName()));
      return;
    }
    for (ElfReference low : lows) {
      sink.instruction(high.moved(), low.fileAt(), ElfMachine.word(load(low.u32())));
    }
    sink.toCell(high, high.target(), R_PCREL_HI20, 0);
  }

  /** {@code addi} (RISC-V unprivileged specification, "Integer Register-Immediate"). */
  private static boolean isAddi(int word) {
    return (word & 0x707f) == 0x13;
  }

  /** {@code ld} with the registers of an {@code addi}. */
  private static int load(int addi) {
    return (addi & ~0x707f) | 0x3003;
  }
}
