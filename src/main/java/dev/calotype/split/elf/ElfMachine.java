package dev.calotype.split.elf;

import java.util.List;

/** What a machine's instructions and relocations are, for those that can go through cells. */
interface ElfMachine {
  /** {@code R_*_NONE}, the same everywhere. */
  int NONE = 0;

  /** The type of a 64-bit address. */
  int address();

  /** The types that make a signed 64-bit distance from their place; the last one subtracts. */
  List<Integer> distance();

  /** Whether a type loads the address of its symbol from the global offset table. */
  boolean isByTable(int type);

  /** Whether a type completes another relocation in its section and names that by a label. */
  boolean completes(int type);

  /** Makes the references of a section of code go through cells, or says which can't. */
  void toCells(List<ElfReference> references, Sink sink);

  /** The machine of an object. */
  static ElfMachine of(ElfObject object) {
    return switch (object.machine()) {
      case ElfObject.EM_X86_64 -> new ElfX86();
      case ElfObject.EM_AARCH64 -> new ElfAarch64();
      default -> new ElfRiscv();
    };
  }

  /** Takes what becomes of references. */
  interface Sink {
    /** A reference that can't go through a cell. */
    void obstacle(ElfReference reference, String what);

    /**
     * A reference that becomes one to a cell.
     *
     * @param target what of the moved section the cell will point to
     * @param type the new type
     * @param addend what is added to the cell's address
     */
    void toCell(ElfReference reference, long target, int type, long addend);

    /**
     * An instruction that changes because of a reference to a cell.
     *
     * @param moved the section that is referred to
     * @param fileAt where in the file
     */
    void instruction(int moved, long fileAt, byte[] bytes);
  }

  /** An instruction word in little-endian order. */
  static byte[] word(int value) {
    return new byte[] {
      (byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)
    };
  }
}
