package dev.calotype.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Real libraries: those of the JDK and the system, and ones linked here from C sources. */
public final class Libraries {
  private static final Pattern SPACES = Pattern.compile(" ");

  private Libraries() {}

  /** A compiler and a linker, and how they are told to link. */
  public enum Toolchain {
    /** GCC and GNU ld, as distributions use them. */
    GNU("gcc", ""),
    /** GNU ld with code and data in one segment. */
    GNU_ONE_SEGMENT("gcc", "-Wl,-z,noseparate-code"),
    /** GNU ld for systems with pages of 64 KiB. */
    GNU_64K_PAGES("gcc", "-Wl,-z,max-page-size=65536"),
    /** GNU ld, stripped. */
    GNU_STRIPPED("gcc", "-s"),
    /** GNU ld, with debug information and kept relocations. */
    GNU_DEBUG("gcc", "-g -Wl,--emit-relocs"),
    /** A position-independent executable. */
    GNU_EXECUTABLE("gcc", "-pie -fPIE -nostartfiles -Wl,-e,answer"),
    /** Clang and LLD. */
    LLVM("clang-19", "-fuse-ld=lld"),
    /** LLD with code and read-only data in one segment. */
    LLVM_ONE_SEGMENT("clang-19", "-fuse-ld=lld -Wl,--no-rosegment"),
    /** LLD with packed relative relocations. */
    LLVM_RELR("clang-19", "-fuse-ld=lld -Wl,-z,pack-relative-relocs");

    private final String compiler;
    private final String options;

    Toolchain(String compiler, String options) {
      this.compiler = compiler;
      this.options = options;
    }

    /** Compiles and links {@code library.c}. */
    public Path link(Path folder, String... more) {
      Path library = folder.resolve("lib%s.so".formatted(name().toLowerCase(Locale.ROOT)));
      List<String> all = new ArrayList<>(List.of("-shared", "-fPIC"));
      all.addAll(SPACES.splitAsStream(options).filter(option -> !option.isEmpty()).toList());
      all.addAll(List.of(more));
      if (this == GNU_EXECUTABLE) {
        all.removeAll(List.of("-shared", "-fPIC"));
      }
      compile(compiler, folder, "library.c", library, all);
      return library;
    }
  }

  /** Compiles and links {@code library.c} for another target, with Clang and LLD. */
  public static Path cross(Path folder, String target, String... more) {
    Path library = folder.resolve("lib%s.so".formatted(target));
    Tools.require("ld.lld-19");
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--target=" + target, "-fuse-ld=lld-19", "-nostdlib", "-ffreestanding"));
    options.addAll(List.of("-shared", "-fPIC", "-Wl,--build-id"));
    options.addAll(List.of(more));
    compile("clang-19", folder, "library.c", library, options);
    return library;
  }

  /** Compiles {@code library.c} to an object for another target, with Clang. */
  public static Path object(Path folder, String target, String... more) {
    Path object = folder.resolve("%s.o".formatted(target));
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--target=" + target, "-c", "-ffreestanding"));
    if (!target.contains("windows")) {
      options.add("-fPIC");
    }
    options.addAll(List.of(more));
    compile("clang-19", folder, "library.c", object, options);
    return object;
  }

  /** An object with {@code count} sections {@code .data.N}, each with a {@code symbol_N}. */
  public static Path manySections(Path folder, int count) {
    StringBuilder source = new StringBuilder();
    for (int i = 0; i < count; i++) {
      source.append(".section .data.%d,\"aw\"\nsymbol_%d: .long %d\n".formatted(i, i, i));
    }
    Path object = folder.resolve("many.o");
    Bytes.write(folder.resolve("many.s"), source.toString().getBytes(StandardCharsets.US_ASCII));
    Run.of(
            Tools.require("clang-19"),
            "--target=x86_64-linux-gnu",
            "-c",
            folder.resolve("many.s").toString(),
            "-o",
            object.toString())
        .succeeded();
    return object;
  }

  /** Compiles one of the sources beside this class. */
  public static void compile(
      String compiler, Path folder, String source, Path target, List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Tools.require(compiler));
    command.addAll(List.of("-O1", "-o", target.toString(), source(folder, source).toString()));
    command.addAll(options);
    Run.of(Map.of(), command).succeeded();
  }

  /** A copy of a library beside it, without its section headers. */
  public static Path withoutSections(Path library) {
    Path bare = library.resolveSibling(library.getFileName() + ".bare");
    String objcopy = Tools.require("llvm-objcopy-19");
    Run.of(objcopy, "--strip-sections", library.toString(), bare.toString()).succeeded();
    return bare;
  }

  /** A library of the running JDK: {@code server/libjvm.so} or {@code libnet.so} for example. */
  public static Path ofTheJdk(String name) {
    return Path.of(System.getProperty("java.home"), "lib").resolve(name);
  }

  /** Libraries of the system, by name: at most {@code most}, at least 16 KiB each. */
  public static List<Path> ofTheSystem(int most) {
    for (String folder :
        List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64")) {
      if (Files.isDirectory(Path.of(folder))) {
        try (Stream<Path> files = Files.list(Path.of(folder))) {
          return files
              .filter(file -> file.getFileName().toString().contains(".so"))
              .filter(file -> Files.isRegularFile(file) && !Files.isSymbolicLink(file))
              .filter(file -> file.toFile().length() >= 16 << 10)
              .filter(Libraries::isElf)
              .sorted()
              .limit(most)
              .toList();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return List.of();
  }

  private static boolean isElf(Path file) {
    try (InputStream stream = Files.newInputStream(file)) {
      byte[] start = stream.readNBytes(4);
      return start.length == 4 && start[0] == 0x7f && start[1] == 'E' && start[2] == 'L';
    } catch (IOException e) {
      return false;
    }
  }

  private static Path source(Path folder, String name) {
    Path copy = folder.resolve(name);
    try (InputStream stream =
        Objects.requireNonNull(Libraries.class.getResourceAsStream(name), name)) {
      Files.copy(stream, copy, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return copy;
  }
}
