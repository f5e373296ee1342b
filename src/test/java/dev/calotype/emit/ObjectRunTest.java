package dev.calotype.emit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataId;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Shape;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Machine code that the linker connects, and that runs. */
class ObjectRunTest {
  /**
   * Loads a library as a loader of ours would: cells are filled by address, then code is called.
   */
  private static final String MAIN =
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <stdio.h>
      #include <stdlib.h>
      static int answer = 1234;
      static int imported(int x) { return x * 3; }
      int main(int count, char **arguments) {
        void *library = dlopen(arguments[1], RTLD_NOW);
        if (!library) { puts(dlerror()); return 1; }
        int (*get)(void) = (int (*)(void)) dlsym(library, "get");
        int (*twice)(void) = (int (*)(void)) dlsym(library, "twice");
        int (*table)(void) = (int (*)(void)) dlsym(library, "table");
        int (*slot)(void) = (int (*)(void)) dlsym(library, "slot");
        int (*import)(int) = (int (*)(int)) dlsym(library, "import");
        int **pointer = dlsym(library, "pointer");
        Dl_info information;
        dladdr((void *) get, &information);
        char *base = information.dli_fbase;
        *(void **) (base + strtol(arguments[2], 0, 0)) = &answer;
        *(void **) (base + strtol(arguments[3], 0, 0)) = (void *) imported;
        printf("%d %d %d %d %d %d\\n", get(), twice(), table(), slot(), import(5), **pointer);
        return 0;
      }
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "X86_64_LINUX, ld, '', elf_x86_64",
    "X86_64_LINUX, ld.lld-19, '', elf_x86_64",
    "AARCH64_LINUX, aarch64-linux-gnu-ld, qemu-aarch64, aarch64linux",
    "AARCH64_LINUX, ld.lld-19, qemu-aarch64, aarch64linux",
    "RISCV64_LINUX, riscv64-linux-gnu-ld, qemu-riscv64, elf64lriscv",
    "RISCV64_LINUX, ld.lld-19, qemu-riscv64, elf64lriscv",
  })
  void codeCallsCodeAndReadsData(ObjectTarget target, String linker, String runner, String machine)
      throws IOException {
    Path object = folder.resolve("code.o");
    writer(target).write(object, OutputOptions.standard());
    Path program = folder.resolve("program");
    Run link =
        Run.of(
            Tools.require(linker),
            "-m",
            machine,
            "-static",
            "-e",
            "start",
            "-o",
            program.toString(),
            object.toString());
    assertThat(link.succeeded().err()).isEmpty();
    List<String> command = new ArrayList<>(List.of(program.toString()));
    if (!runner.isEmpty()) {
      command.addFirst(Tools.require(runner));
    }
    assertThat(Run.of(Map.of(), command).exit()).isEqualTo(42);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ld", "ld.lld-19"})
  void aLibraryRunsWithItsCellsFilled(String linker) throws IOException {
    ObjectTarget target = ObjectTarget.X86_64_LINUX;
    Path object = folder.resolve("code.o");
    writer(target).write(object, OutputOptions.standard());
    Path library = folder.resolve("libcode.so");
    Run link =
        Run.of(Tools.require(linker), "-shared", "-o", library.toString(), object.toString());
    assertThat(link.succeeded().err()).isEmpty();
    LinkedNote note = (LinkedNote) CodeObject.readNote(library).orElseThrow();
    Path source = Files.writeString(folder.resolve("main.c"), MAIN);
    Path program = folder.resolve("main");
    Run.of(Tools.require("gcc"), "-o", program.toString(), source.toString(), "-ldl").succeeded();
    Run run =
        Run.of(
            program.toString(),
            library.toString(),
            Long.toString(note.slots().getFirst().address()),
            Long.toString(note.imports().getFirst().address()));
    assertThat(run.succeeded().out()).isEqualTo("21 42 21 1234 15 21\n");
  }

  @Test
  void theExampleOfThePackageRuns() throws IOException {
    byte[] code = {(byte) 0x8b, 0x05, 0, 0, 0, 0, (byte) 0xc3};
    Path constants = Files.write(folder.resolve("constants.bin"), new byte[] {77, 0, 0, 0});
    Path object = folder.resolve("get.o");
    ObjectWriter.of(ObjectTarget.X86_64_LINUX)
        .add(
            ObjectSection.code(payload(code))
                .symbol(ObjectSymbol.function("get", 0, 7))
                .relocation(2, RelocationKind.RIP, "value"))
        .add(
            ObjectSection.readOnly(Payload.of(constants))
                .symbol(ObjectSymbol.data("value", 0, 4).local()))
        .write(object, OutputOptions.standard());
    Path source =
        Files.writeString(
            folder.resolve("main.c"), "int get(void); int main(void) { return get(); }");
    Path program = folder.resolve("main");
    Run.of(Tools.require("gcc"), "-o", program.toString(), source.toString(), object.toString())
        .succeeded();
    assertThat(Run.of(program.toString()).exit()).isEqualTo(77);
  }

  @Test
  void aWeakFunctionGivesWay() throws IOException {
    ObjectTarget target = ObjectTarget.X86_64_LINUX;
    Path weak = folder.resolve("weak.o");
    byte[] one = {(byte) 0xb8, 1, 0, 0, 0, (byte) 0xc3};
    ObjectWriter.of(target)
        .add(ObjectSection.code(payload(one)).symbol(ObjectSymbol.function("choice", 0, 6).weak()))
        .write(weak, OutputOptions.standard());
    Path strong = folder.resolve("strong.o");
    byte[] two = {(byte) 0xb8, 2, 0, 0, 0, (byte) 0xc3};
    ObjectWriter.of(target)
        .add(ObjectSection.code(payload(two)).symbol(ObjectSymbol.function("choice", 0, 6)))
        .write(strong, OutputOptions.standard());
    Path source =
        Files.writeString(
            folder.resolve("main.c"), "int choice(void); int main(void) { return choice(); }");
    for (List<Path> objects : List.of(List.of(weak), List.of(weak, strong))) {
      Path program = folder.resolve("main");
      List<String> command =
          new ArrayList<>(
              List.of(Tools.require("gcc"), "-o", program.toString(), source.toString()));
      objects.forEach(object -> command.add(object.toString()));
      Run.of(Map.of(), command).succeeded();
      assertThat(Run.of(program.toString()).exit()).isEqualTo(objects.size());
    }
  }

  /** The functions, what they read, and cells for them. */
  static ObjectWriter writer(ObjectTarget target) {
    LinkedNote note =
        LinkedNote.unsealed(Shape.SLOTS, 0, new DataId("00".repeat(32)), Origin.none());
    byte[] value = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder()).putInt(8, 21).array();
    return ObjectWriter.of(target)
        .add(MachineCode.of(target))
        .add(
            ObjectSection.readOnly(payload(value))
                .symbol(ObjectSymbol.data("value", 8, 4).hidden()))
        .add(
            ObjectSection.data(payload(new byte[8]))
                .symbol(ObjectSymbol.data("pointer", 0, 8))
                .relocation(0, RelocationKind.ABS64, "value"))
        .add(
            CellTable.of(note)
                .slot("slot_cell", "table", 0)
                .importCell("import_cell", "imported", "(I)I")
                .function("get", "()I"));
  }

  private static Payload payload(byte[] bytes) {
    return Payload.of(MemorySegment.ofArray(bytes), "bytes");
  }
}
