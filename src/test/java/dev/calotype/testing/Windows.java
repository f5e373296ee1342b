package dev.calotype.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Files for Windows, made here from sources beside this class. */
public final class Windows {
  private Windows() {}

  /** Compiles {@code exporter.c} or {@code importer.c} as for Visual C++, with Clang. */
  public static Path object(Path folder, String architecture, String source, String... more) {
    Path object = folder.resolve("%s-%s.obj".formatted(source, architecture));
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--target=%s-windows-msvc".formatted(architecture), "-c"));
    options.addAll(List.of("-ffunction-sections", "-fcommon"));
    options.addAll(List.of(more));
    Libraries.compile("clang-19", folder, source, object, options);
    return object;
  }

  /** Assembles a text as for Visual C++ on x86_64. */
  public static Path assemble(Path folder, String text) {
    Path source = folder.resolve("generated.s");
    Bytes.write(source, text.getBytes(StandardCharsets.US_ASCII));
    Path object = folder.resolve("generated.obj");
    Run.of(
            Tools.require("clang-19"),
            "--target=x86_64-windows-msvc",
            "-c",
            "-o",
            object.toString(),
            source.toString())
        .succeeded();
    return object;
  }

  /** A library with one of each kind of export; its import library is beside it. */
  public static Path exporter(Path folder, String architecture) {
    return link(
        folder,
        "exporter",
        object(folder, architecture, "exporter.c", "-g", "-gcodeview"),
        "/export:answer",
        "/export:also_answer=answer",
        "/export:by_ordinal,@7,NONAME",
        "/export:forwarded=other.thing",
        "/export:shared_data,DATA");
  }

  /** A library that imports from {@link #exporter} and, when first called, from late.dll. */
  public static Path importer(Path folder, String architecture) {
    exporter(folder, architecture);
    Path late = object(folder, architecture, "exporter.c");
    link(folder, "late", late, "/export:late");
    return link(
        folder,
        "importer",
        object(folder, architecture, "importer.c", "-g", "-gcodeview"),
        "/export:import_all",
        folder.resolve("exporter.lib").toString(),
        folder.resolve("late.lib").toString(),
        "/delayload:late.dll");
  }

  private static Path link(Path folder, String name, Path object, String... more) {
    Path library = folder.resolve(name + ".dll");
    List<String> command = new ArrayList<>();
    command.add(Tools.require("lld-link-19"));
    command.addAll(List.of("/dll", "/noentry", "/nodefaultlib", "/debug", "/safeseh:no"));
    command.addAll(List.of("/out:" + library, "/implib:" + folder.resolve(name + ".lib")));
    command.addAll(List.of(object.toString()));
    command.addAll(List.of(more));
    Run.of(Map.of(), command).succeeded();
    return library;
  }

  /** A library linked by the GNU tools, with their start files. */
  public static Path mingw(Path folder, String architecture, String... more) {
    Path library = folder.resolve("mingw-%s.dll".formatted(architecture));
    List<String> options = new ArrayList<>(List.of("-shared", "-g"));
    options.addAll(List.of(more));
    Libraries.compile(architecture + "-w64-mingw32-gcc", folder, "exporter.c", library, options);
    return library;
  }

  /** A library that comes with the GNU tools. */
  public static Path ofMingw(String architecture, String name) {
    String gcc = Tools.require(architecture + "-w64-mingw32-gcc");
    return Path.of(Run.of(gcc, "-print-file-name=" + name).succeeded().out().strip());
  }

  /** The members of an archive, in files of their own, in its order. */
  public static List<Path> members(Path archive) {
    List<Path> members = new ArrayList<>();
    String llvmAr = Tools.require("llvm-ar-19");
    Map<String, Integer> seen = new HashMap<>();
    for (String name : Run.of(llvmAr, "t", archive.toString()).succeeded().out().lines().toList()) {
      // Members of an import library are all named after its library.
      int position = seen.merge(name, 1, Integer::sum);
      Path file = archive.resolveSibling("member-%d".formatted(members.size()));
      extract(llvmAr, archive, name, position, file);
      members.add(file);
    }
    return members;
  }

  private static void extract(String llvmAr, Path archive, String name, int position, Path to) {
    try {
      Run.of(
              llvmAr,
              "xN",
              Integer.toString(position),
              "--output",
              archive.resolveSibling("").toString(),
              archive.toString(),
              name)
          .succeeded();
      Files.move(archive.resolveSibling(name), to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
