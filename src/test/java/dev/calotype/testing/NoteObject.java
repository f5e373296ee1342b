package dev.calotype.testing;

import dev.calotype.image.Format;
import dev.calotype.ji.CodeNote;
import dev.calotype.ji.LinkedNote;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Objects for ELF with a code note whose places lead to symbols of other objects. */
public final class NoteObject {
  private NoteObject() {}

  /**
   * Assembles one.
   *
   * @param symbols what each place leads to
   */
  public static Path assemble(Path folder, CodeLink link, LinkedNote note, String... symbols) {
    boolean big = link == CodeLink.LLD_S390X;
    byte[] bytes = note.encode(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    int[] places = note.placeOffsets();
    StringBuilder text = new StringBuilder();
    text.append(".section %s,\"a\",@note\n.balign 8\n".formatted(CodeNote.section(Format.ELF)));
    int end = places.length == 0 ? bytes.length : places[0];
    for (int i = 0; i < end; i++) {
      text.append(".byte ").append(bytes[i]).append('\n');
    }
    for (int i = 0; i < places.length; i++) {
      text.append(".hidden %1$s\n.Lplace%2$d: .quad %1$s - .Lplace%2$d\n".formatted(symbols[i], i));
    }
    text.append(".section .note.GNU-stack,\"\",@progbits\n");
    Path source = folder.resolve("note.s");
    Bytes.write(source, text.toString().getBytes(StandardCharsets.US_ASCII));
    Path object = folder.resolve("note-%s.o".formatted(link));
    List<String> command = new ArrayList<>(List.of(Tools.require("clang-19"), "-c"));
    command.addAll(link.target());
    command.addAll(List.of("-o", object.toString(), source.toString()));
    Run.of(Map.of(), command).succeeded();
    return object;
  }
}
