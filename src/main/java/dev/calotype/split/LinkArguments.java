package dev.calotype.split;

import dev.calotype.RefusedException;
import dev.calotype.image.Format;
import dev.calotype.image.Target;
import dev.calotype.ji.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a linker is told: docs/linking.md, "Arguments". */
final class LinkArguments {
  private final Linker linker;
  private final Target target;
  private final Shape shape;
  private final List<String> arguments = new ArrayList<>();

  LinkArguments(Linker linker, Target target, Shape shape) {
    this.linker = linker;
    this.target = target;
    this.shape = shape;
    arguments.add(linker.program().toString());
    boolean fits =
        switch (linker.kind()) {
          case DRIVER -> true;
          case GNU -> target.format() != Format.MACHO;
          case MICROSOFT -> target.format() == Format.COFF;
          case APPLE -> target.format() == Format.MACHO;
        };
    if (!fits) {
      throw new RefusedException(
          linker.program().toString(), "it does not link objects for " + target.id());
    }
  }

  /**
   * Adds what is always said.
   *
   * @param pageSize the largest pages that the result has to fit
   * @param minimumVersion the least version of the system, in Mach-O; may be empty
   */
  LinkArguments start(Path output, long pageSize, String minimumVersion) {
    switch (target.format()) {
      case ELF -> elf(output, pageSize);
      case MACHO -> macho(output, minimumVersion);
      default -> pe(output);
    }
    return this;
  }

  /** Adds the caller's own and the inputs. */
  LinkArguments more(List<String> words) {
    arguments.addAll(words);
    return this;
  }

  /** Adds a shared object that is to be loaded first, whether one of its symbols is used or not. */
  LinkArguments needed(Path data) {
    arguments.add(linker.kind() == Linker.Kind.DRIVER ? "-Wl,--no-as-needed" : "--no-as-needed");
    arguments.add(data.toString());
    return this;
  }

  /** Puts a file into a section of its own, in Mach-O. */
  LinkArguments section(String segment, String section, Path file) {
    for (String word : List.of("-sectcreate", segment, section, file.toString())) {
      if (linker.kind() == Linker.Kind.DRIVER) {
        add("-Xlinker");
      }
      add(word);
    }
    return this;
  }

  /** Aligns sections in the file of a PE image, so that they can be mapped. */
  LinkArguments fileAlignment(int bytes) {
    switch (linker.kind()) {
      case MICROSOFT -> add("/filealign:" + bytes);
      case GNU -> add("--file-alignment", Integer.toString(bytes));
      default -> add("-Wl,--file-alignment," + bytes);
    }
    return this;
  }

  /** The whole command. */
  List<String> command() {
    return List.copyOf(arguments);
  }

  private void elf(Path output, long pageSize) {
    add("-shared", "-o", output.toString());
    String most = "max-page-size=" + pageSize;
    if (linker.kind() == Linker.Kind.DRIVER) {
      add("-Wl,-z," + most, "-Wl,-z,noexecstack");
      if (shape == Shape.HOLE) {
        add("-nostartfiles");
      }
    } else {
      add("-z", most, "-z", "noexecstack");
    }
  }

  private void pe(Path output) {
    switch (linker.kind()) {
      case MICROSOFT ->
          add(
              "/nologo",
              "/dll",
              "/noentry",
              "/brepro",
              "/out:" + output,
              "/implib:" + output + ".lib");
      // No entry point: a start file's would need its C library. An automatic image base is a
      // digest of the output's path.
      case GNU ->
          add(
              "-shared",
              "-o",
              output.toString(),
              "--no-insert-timestamp",
              "--disable-auto-image-base",
              "-e",
              "0");
      default ->
          add(
              "-shared",
              "-o",
              output.toString(),
              "-nostartfiles",
              "-Wl,--no-insert-timestamp,--disable-auto-image-base,-e,0");
    }
  }

  private void macho(Path output, String minimumVersion) {
    String architecture = target.architecture().equals("aarch64") ? "arm64" : target.architecture();
    String name = "@rpath/" + output.getFileName();
    if (linker.kind() == Linker.Kind.DRIVER) {
      add("-dynamiclib", "-arch", architecture, "-Wl,-install_name," + name);
    } else {
      String version =
          minimumVersion.isEmpty()
              ? architecture.equals("arm64") ? "11.0" : "10.12"
              : minimumVersion;
      add("-dylib", "-arch", architecture, "-platform_version", "macos", version, version);
      add("-install_name", name);
    }
    add("-o", output.toString());
  }

  private void add(String... words) {
    arguments.addAll(List.of(words));
  }
}
