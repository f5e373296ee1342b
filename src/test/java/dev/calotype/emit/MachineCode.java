package dev.calotype.emit;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Functions as a compiler would leave them in memory: {@code get} reads {@code value}, {@code
 * twice} calls {@code get}, {@code table} reads it through the global offset table, {@code slot}
 * reads what a cell points to, {@code import} jumps to where a cell points, and {@code start} exits
 * with what {@code twice} returns.
 */
final class MachineCode {
  private static final Pattern TOKEN = Pattern.compile("(\\w+):|(\\w+)\\((\\w+)\\)|(\\p{XDigit}+)");

  private static final String X86_64 =
      """
      get: 8b 05 RIP(value) c3
      twice: e8 CALL(get) 01 c0 c3
      slot: 48 8b 05 RIP(slot_cell) 8b 00 c3
      import: ff 25 RIP(import_cell)
      start: e8 CALL(twice) 89 c7 b8 3c 00 00 00 0f 05
      """;

  private static final String X86_64_TABLE = "table: 48 8b 05 GOT_RIP(value) 8b 00 c3";

  private static final String AARCH64 =
      """
      get: PAGE(value) 90000000 PAGE_ADD(value) 91000000 b9400000 d65f03c0
      twice: a9bf7bfd CALL(get) 94000000 0b000000 a8c17bfd d65f03c0
      slot: PAGE(slot_cell) 90000000 PAGE_LOAD(slot_cell) f9400000 b9400000 d65f03c0
      import: PAGE(import_cell) 90000010 PAGE_LOAD(import_cell) f9400210 d61f0200
      start: CALL(twice) 94000000 d2800ba8 d4000001
      """;

  private static final String AARCH64_TABLE =
      "table: GOT_PAGE(value) 90000000 GOT_LOAD(value) f9400000 b9400000 d65f03c0";

  private static final String RISCV64 =
      """
      get: PAGE(value) 00000517 PAGE_ADD(value) 00050513 00052503 00008067
      twice: ff010113 00113423 CALL(get) 00000097 000080e7 00a5053b 00813083 01010113 00008067
      slot: PAGE(slot_cell) 00000517 PAGE_LOAD(slot_cell) 00053503 00052503 00008067
      import: PAGE(import_cell) 00000317 PAGE_LOAD(import_cell) 00033303 00030067
      start: CALL(twice) 00000097 000080e7 05d00893 00000073
      """;

  private static final String RISCV64_TABLE =
      "table: GOT_PAGE(value) 00000517 GOT_LOAD(value) 00053503 00052503 00008067";

  private MachineCode() {}

  /** A place in the code that a linker has to fill. */
  record Field(int offset, RelocationKind kind, String symbol) {}

  /** The section of these functions for a target, for all to call. */
  static ObjectSection of(ObjectTarget target) {
    return section(text(target), false);
  }

  /** The same for no other image to call, so that calls need no way around. */
  static ObjectSection hidden(ObjectTarget target) {
    return section(text(target), true);
  }

  /** What the linker has to fill in it. */
  static List<Field> fields(ObjectTarget target) {
    List<Field> fields = new ArrayList<>();
    assemble(text(target), new ArrayList<>(), fields);
    return fields;
  }

  /** Where a function starts. */
  static long offset(ObjectTarget target, String function) {
    List<ObjectSymbol> symbols = new ArrayList<>();
    assemble(text(target), symbols, new ArrayList<>());
    return symbols.stream()
        .filter(one -> one.name().equals(function))
        .findFirst()
        .orElseThrow()
        .value();
  }

  private static String text(ObjectTarget target) {
    return switch (target) {
      case X86_64_LINUX, X86_64_MACOS -> X86_64 + X86_64_TABLE;
      case X86_64_WINDOWS, X86_64_MINGW -> X86_64;
      case AARCH64_LINUX, AARCH64_MACOS -> AARCH64 + AARCH64_TABLE;
      case AARCH64_WINDOWS -> AARCH64;
      case RISCV64_LINUX -> RISCV64 + RISCV64_TABLE;
      case S390X_LINUX, I686_WINDOWS -> "get: 00000000";
    };
  }

  private static ObjectSection section(String text, boolean isHidden) {
    List<ObjectSymbol> symbols = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    byte[] code = assemble(text, symbols, fields);
    ObjectSection section =
        ObjectSection.code(Payload.of(MemorySegment.ofArray(code), "machine code"));
    symbols.forEach(symbol -> section.symbol(isHidden ? symbol.hidden() : symbol));
    fields.forEach(field -> section.relocation(field.offset, field.kind, field.symbol));
    return section;
  }

  private static byte[] assemble(String text, List<ObjectSymbol> symbols, List<Field> fields) {
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    for (Matcher token = TOKEN.matcher(text); token.find(); ) {
      if (token.group(1) != null) {
        symbols.add(ObjectSymbol.function(token.group(1), code.size(), 0));
      } else if (token.group(2) != null) {
        RelocationKind kind = RelocationKind.valueOf(token.group(2));
        fields.add(new Field(code.size(), kind, token.group(3)));
        if (text.startsWith("get: 8b")) {
          code.writeBytes(new byte[4]);
        }
      } else if (token.group(4).length() == 8) {
        // An instruction as manuals write it; in memory its lowest byte is first.
        int word = Integer.parseUnsignedInt(token.group(4), 16);
        ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(word);
        code.writeBytes(bytes.array());
      } else {
        code.writeBytes(HexFormat.of().parseHex(token.group(4)));
      }
    }
    return code.toByteArray();
  }
}
