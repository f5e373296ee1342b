package dev.calotype.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Small files of every format, for every machine and by every linker there is here, built from
 * {@code fixture.c} once a JVM.
 */
public enum Fixtures {
  /** Objects and libraries for the nine machines of Linux, and the newer kinds of tables. */
  ELF {
    @Override
    void build(Path folder) {
      for (String arch :
          List.of(
              "x86_64",
              "i386",
              "aarch64",
              "arm",
              "riscv64",
              "powerpc64",
              "powerpc64le",
              "s390x",
              "mips")) {
        String target = "--target=" + arch + "-linux-gnu";
        object(folder, arch + ".o", target, "-fPIC", "-ffunction-sections");
        run(folder, "ld.lld-19 -shared --build-id -soname=libARCH.so -o ARCH.so ARCH.o", arch);
      }
      String target = "--target=x86_64-linux-gnu";
      object(folder, "zlib.o", target, "-g", "-gz=zlib");
      object(folder, "zstd.o", target, "-g", "-gz=zstd");
      object(folder, "crel.o", target, "-Wa,--crel,--allow-experimental-crel");
      run(folder, "ld.lld-19 -shared -z pack-relative-relocs --emit-relocs -o relr.so x86_64.o");
      run(folder, "gcc -c -fPIC -o wanted.o wanted.c");
      run(folder, "gcc -shared -nostdlib -o libwanted.so wanted.o");
      run(folder, "gcc -pie -nostartfiles -Wl,-e,answer -o program x86_64.o libwanted.so -lc");
    }
  },

  /** Objects and libraries for macOS. */
  MACHO {
    @Override
    void build(Path folder) {
      for (String arch : List.of("x86_64", "arm64")) {
        String target = "--target=" + arch + "-apple-macos11";
        object(folder, arch + ".o", target, "-g");
        run(
            folder,
            "ld64.lld-19 -dylib -arch ARCH -platform_version macos 11.0 14.0 -undefined"
                + " dynamic_lookup -install_name @rpath/libARCH.dylib -o libARCH.dylib ARCH.o",
            arch);
        run(
            folder,
            "ld64.lld-19 -dylib -arch ARCH -platform_version macos 13.0 14.0 -undefined"
                + " dynamic_lookup -fixup_chains -o chained-ARCH.dylib ARCH.o",
            arch);
      }
      object(folder, "i386.o", "--target=i386-apple-macos10.6");
    }
  },

  /** Fat files of both kinds, of libraries and of archives. */
  FAT {
    @Override
    void build(Path folder) {
      for (String arch : List.of("x86_64", "arm64")) {
        object(folder, arch + ".o", "--target=" + arch + "-apple-macos11");
        run(folder, "llvm-ar-19 rcs --format=darwin ARCH.a ARCH.o", arch);
      }
      run(folder, "llvm-lipo-19 -create x86_64.o arm64.o -output fat.o");
      run(folder, "llvm-lipo-19 -create -fat64 x86_64.o arm64.o -output fat64.o");
      run(folder, "llvm-lipo-19 -create x86_64.a arm64.a -output fat.a");
    }
  },

  /** Objects for Windows. */
  COFF {
    @Override
    void build(Path folder) {
      for (String arch : List.of("x86_64", "i686", "aarch64")) {
        object(folder, arch + ".obj", "--target=" + arch + "-windows-msvc", "-ffunction-sections");
      }
      object(folder, "codeview.obj", "--target=x86_64-windows-msvc", "-g", "-gcodeview");
      run(folder, "x86_64-w64-mingw32-gcc -c -o mingw.obj fixture.c");
    }
  },

  /** Libraries for Windows. */
  PE {
    @Override
    void build(Path folder) {
      for (String arch : List.of("x86_64", "i686", "aarch64")) {
        String target = "--target=" + arch + "-windows-msvc";
        compile(folder, "wanted.c", "wanted.obj", target);
        object(folder, "fixture.obj", target);
        run(folder, "lld-link-19 /dll /noentry /out:wanted.dll wanted.obj");
        run(
            folder,
            "lld-link-19 /dll /noentry /debug /pdbaltpath:ARCH.pdb /out:ARCH.dll fixture.obj"
                + " wanted.lib",
            arch);
      }
      run(folder, "x86_64-w64-mingw32-gcc -shared -nostdlib -o mingw.dll fixture.c wanted.c");
    }
  },

  /** Archives by every archiver. */
  ARCHIVE {
    @Override
    void build(Path folder) {
      for (Archives kind : Archives.values()) {
        kind.build(folder);
      }
    }
  };

  private static final Map<Fixtures, List<Path>> BUILT = new EnumMap<>(Fixtures.class);

  abstract void build(Path folder);

  /** The files, sorted by name. */
  public List<Path> files() {
    synchronized (BUILT) {
      return BUILT.computeIfAbsent(this, Fixtures::build);
    }
  }

  private static List<Path> build(Fixtures fixtures) {
    try {
      Path folder = Files.createTempDirectory("fixtures");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      for (String source : List.of("fixture.c", "wanted.c")) {
        try (InputStream stream =
            Objects.requireNonNull(Fixtures.class.getResourceAsStream(source), source)) {
          Files.copy(stream, folder.resolve(source), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      fixtures.build(folder);
      try (Stream<Path> files = Files.list(folder)) {
        return files
            .filter(file -> fixtures.isOne(file.getFileName().toString()))
            .sorted()
            .toList();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a file of the folder is a fixture, and neither its source nor on the way to it. */
  private boolean isOne(String name) {
    return switch (this) {
      case ELF -> name.endsWith(".o") || name.endsWith(".so") || name.equals("program");
      case MACHO -> name.endsWith(".o") || name.endsWith(".dylib");
      case FAT -> name.startsWith("fat");
      case COFF -> name.endsWith(".obj");
      case PE -> name.endsWith(".dll");
      case ARCHIVE -> name.endsWith(".a");
    };
  }

  private static void object(Path folder, String object, String... options) {
    compile(folder, "fixture.c", object, options);
  }

  private static void compile(Path folder, String source, String object, String... options) {
    List<String> command = new ArrayList<>(List.of(Tools.require("clang-19"), "-O1", "-c"));
    command.addAll(List.of("-ffreestanding", "-fno-ident", "-o", folder.resolve(object) + ""));
    command.addAll(Arrays.asList(options));
    command.add(folder.resolve(source).toString());
    Run.of(command.toArray(String[]::new)).succeeded();
  }

  /** Runs a command in the folder. */
  private static void run(Path folder, String command) {
    List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
    words.set(0, Tools.require(words.getFirst()));
    Run.in(folder, words).succeeded();
  }

  /** Runs a command in the folder, with a machine's name for {@code ARCH}. */
  private static void run(Path folder, String command, String arch) {
    run(folder, command.replace("ARCH", arch));
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
