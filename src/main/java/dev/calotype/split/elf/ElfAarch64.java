package dev.calotype.split.elf;

import dev.calotype.split.object.AarchCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** aarch64 (ELF for the Arm 64-bit Architecture, "Relocation types"). */
final class ElfAarch64 implements ElfMachine {
  private static final int R_ABS64 = 257;
  private static final int R_PREL64 = 260;
  private static final int R_ADR_PREL_PG_HI21 = 275;
  private static final int R_ADR_PREL_PG_HI21_NC = 276;
  private static final int R_ADD_ABS_LO12_NC = 277;
  private static final int R_LDST64_ABS_LO12_NC = 286;
  private static final int R_ADR_GOT_PAGE = 311;
  private static final int R_LD64_GOT_LO12_NC = 312;

  @Override
  public int address() {
    return R_ABS64;
  }

  @Override
  public List<Integer> distance() {
    return List.of(R_PREL64);
  }

  @Override
  public boolean isByTable(int type) {
    return type == R_ADR_GOT_PAGE || type == R_LD64_GOT_LO12_NC;
  }

  @Override
  public boolean completes(int type) {
    return false;
  }

  @Override
  public void toCells(List<ElfReference> references, Sink sink) {
    Map<AarchPairs.Key, AarchPairs> pairs = new LinkedHashMap<>();
    Map<Integer, AarchPairs.Key> pages = new HashMap<>();
    for (ElfReference reference : references) {
      AarchPairs.Key key = new AarchPairs.Key(reference.moved(), reference.target());
      switch (reference.type()) {
        case R_ADR_GOT_PAGE, R_LD64_GOT_LO12_NC -> {
          if (reference.addend() != 0) {
            sink.obstacle(reference, "an addend to an entry of the global offset table");
          } else {
            boolean isPage = reference.type() == R_ADR_GOT_PAGE;
            sink.toCell(
                reference,
                reference.target(),
                isPage ? R_ADR_PREL_PG_HI21 : R_LDST64_ABS_LO12_NC,
                0);
          }
        }
        case R_ADR_PREL_PG_HI21, R_ADR_PREL_PG_HI21_NC -> {
          AarchPairs pair = pairs.computeIfAbsent(key, _ -> new AarchPairs());
          boolean isAdrp = reference.has(0, 4) && AarchCode.isAdrp(reference.u32());
          (isAdrp ? pair.pages : pair.others).add(reference);
          if (isAdrp) {
            pages.put(AarchCode.destination(reference.u32()), key);
          }
        }
        case R_ADD_ABS_LO12_NC -> {
          AarchPairs pair = pairs.computeIfAbsent(key, _ -> new AarchPairs());
          // Another page in that register means that the two were never a pair.
          boolean isAdd =
              reference.has(0, 4)
                  && AarchCode.isAdd(reference.u32())
                  && key.equals(pages.get(AarchCode.source(reference.u32())));
          (isAdd ? pair.adds : pair.others).add(reference);
        }
        default -> pairs.computeIfAbsent(key, _ -> new AarchPairs()).others.add(reference);
      }
    }
    pairs.values().forEach(pair -> finish(pair, sink));
  }

  private static void finish(AarchPairs pair, Sink sink) {
    if (pair.isWhole()) {
      for (ElfReference page : pair.pages) {
        sink.toCell(page, page.target(), page.type(), 0);
      }
      for (ElfReference add : pair.adds) {
        sink.instruction(add.moved(), add.fileAt(), ElfMachine.word(AarchCode.load(add.u32())));
        sink.toCell(add, add.target(), R_LDST64_ABS_LO12_NC, 0);
      }
      return;
    }
    for (ElfReference other : pair.others) {
      sink.obstacle(other, "an instruction uses the data itself (%s)".formatted(other.typeName()));
    }
    List<ElfReference> halves = new ArrayList<>(pair.pages);
    halves.addAll(pair.adds);
    for (ElfReference half : halves) {
      sink.obstacle(
          half, "no adrp and add that can become adrp and ldr (%s)".formatted(half.typeName()));
    }
  }

  /** The references in a section of code to one address. */
  private static final class AarchPairs {
    final List<ElfReference> pages = new ArrayList<>();
    final List<ElfReference> adds = new ArrayList<>();
    final List<ElfReference> others = new ArrayList<>();

    record Key(int moved, long target) {}

    boolean isWhole() {
      return !pages.isEmpty() && !adds.isEmpty() && others.isEmpty();
    }
  }
}
