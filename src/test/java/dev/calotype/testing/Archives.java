package dev.calotype.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Archives of the same objects and one text, by every archiver and in every flavour. */
public enum Archives {
  /** GNU ar, with an index and a table of long names. */
  GNU("GNU archive", "ar rcs"),
  /** GNU ar, without an index. */
  GNU_WITHOUT_INDEX("GNU archive", "ar rcS"),
  /** GNU ar, members outside. */
  THIN("thin archive", "ar rcsT"),
  /** GNU ar, members outside, without an index. */
  THIN_WITHOUT_INDEX("thin archive", "ar rcST"),
  /** llvm-ar in GNU's way. */
  LLVM_GNU("GNU archive", "llvm-ar-19 rcs --format=gnu"),
  /** llvm-ar in GNU's way with an index of 64-bit offsets. */
  LLVM_GNU_64("GNU archive", "llvm-ar-19 rcs --format=gnu"),
  /** llvm-ar, members outside. */
  LLVM_THIN("thin archive", "llvm-ar-19 rcs --thin"),
  /** llvm-ar in BSD's way. */
  BSD("BSD archive", "llvm-ar-19 rcs --format=bsd"),
  /** llvm-ar in Darwin's way. */
  DARWIN("BSD archive", "llvm-ar-19 rcs --format=darwin"),
  /** llvm-ar in Darwin's way with an index of 64-bit offsets. */
  DARWIN_64("BSD archive", "llvm-ar-19 rcs --format=darwin"),
  /** Apple's libtool, by LLVM. */
  LIBTOOL("BSD archive", "llvm-libtool-darwin-19 -static -o", "--target=x86_64-apple-macos11"),
  /** llvm-ar in Microsoft's way, with two linker members. */
  MICROSOFT("COFF archive", "llvm-ar-19 rcs --format=coff"),
  /** llvm-ar in Microsoft's way with an index of 64-bit offsets, which is GNU's. */
  MICROSOFT_64("GNU archive", "llvm-ar-19 rcs --format=coff"),
  /** Microsoft's lib, by LLVM. */
  LIB("COFF archive", "llvm-lib-19", "--target=x86_64-windows-msvc"),
  /** The same of ARM64EC objects, which have an index of their own. */
  LIB_EC("COFF archive", "llvm-lib-19 /machine:arm64ec", "--target=arm64ec-windows-msvc"),
  /** An import library by LLVM's lib: short import objects. */
  IMPORTS("COFF archive", "llvm-lib-19 /machine:x64"),
  /** An import library by LLD's linker. */
  LINKED_IMPORTS("COFF archive", "lld-link-19", "--target=x86_64-windows-msvc"),
  /** An import library by MinGW's dlltool: whole objects. */
  MINGW_IMPORTS("GNU archive", "x86_64-w64-mingw32-dlltool -m i386:x86-64");

  private static final String LONG_NAME = "a_name_too_long_for_a_header.o";

  private final String type;
  private final String command;
  private final String target;

  Archives(String type, String command) {
    this(type, command, "--target=x86_64-linux-gnu");
  }

  Archives(String type, String command, String target) {
    this.type = type;
    this.command = command;
    this.target = target;
  }

  /** What {@code Container.type()} says of it. */
  public String type() {
    return type;
  }

  /** Whether it has a symbol index. */
  public boolean hasIndex() {
    return this != GNU_WITHOUT_INDEX && this != THIN_WITHOUT_INDEX;
  }

  /** Builds it in a folder; compiles the objects there too. */
  public Path build(Path folder) {
    Path archive = folder.resolve(name().toLowerCase(Locale.ROOT) + ".a");
    try {
      List<String> all = new ArrayList<>(List.of(command.split(" ", -1)));
      all.set(0, Tools.require(all.getFirst()));
      all.addAll(
          switch (this) {
            case LIB, LIB_EC -> prepend("/out:" + archive, objects(folder));
            case IMPORTS -> List.of("/def:" + definitions(folder), "/out:" + archive);
            case MINGW_IMPORTS ->
                List.of("-d", definitions(folder).toString(), "-l", archive.toString());
            case LINKED_IMPORTS ->
                List.of(
                    "/dll",
                    "/noentry",
                    "/export:one",
                    "/implib:" + archive,
                    "/out:" + folder.resolve("one.dll"),
                    objects(folder).getFirst());
            case LIBTOOL -> prepend(archive.toString(), objects(folder));
            default -> {
              List<String> members = new ArrayList<>(objects(folder));
              members.add(Files.writeString(folder.resolve("odd.txt"), "hi\n").toString());
              yield prepend(archive.toString(), members);
            }
          });
      Run.of(environment(), all).succeeded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return archive;
  }

  private Map<String, String> environment() {
    return switch (this) {
      case LLVM_GNU_64, DARWIN_64, MICROSOFT_64 -> Map.of("SYM64_THRESHOLD", "0");
      default -> Map.of();
    };
  }

  private List<String> objects(Path folder) throws IOException {
    List<String> objects = new ArrayList<>();
    for (String name : List.of("one.o", "two.o", LONG_NAME)) {
      String function = name.substring(0, name.length() - 2);
      Path source = folder.resolve(function + ".c");
      Files.writeString(
          source, "int %1$s_data = 1;\nint %1$s(void) { return 0; }\n".formatted(function));
      Path object = folder.resolve(name);
      Run.of(Tools.require("clang-19"), target, "-c", source + "", "-o", object + "").succeeded();
      objects.add(object.toString());
    }
    return objects;
  }

  private static Path definitions(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("foo.def"), "LIBRARY foo\nEXPORTS\n one\n two DATA\n three @7 NONAME\n");
  }

  private static List<String> prepend(String first, List<String> rest) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(rest);
    return all;
  }
}
