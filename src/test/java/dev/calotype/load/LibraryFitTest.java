package dev.calotype.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import dev.calotype.ji.Cause;
import dev.calotype.ji.Host;
import dev.calotype.load.LibraryHost.Libc;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of libraries, and what dynamic loaders say of the same. */
final class LibraryFitTest {
  private static final Path JARS = Path.of("target", "natives");
  private static final Pattern NATIVE = Pattern.compile(".*\\.(so|dll|dylib|jnilib|a)");
  private static final Pattern TAB = Pattern.compile("\t");

  @TempDir Path folder;

  @Test
  void theLoaderAgreesOnEveryLibraryInTheJarsOfOthersAndTheJdk() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path jars : List.of(JARS, JARS.resolve("load"))) {
      try (Stream<Path> all = Files.list(jars)) {
        for (Path jar : all.filter(it -> it.toString().endsWith(".jar")).sorted().toList()) {
          files.addAll(unpack(jar));
        }
      }
    }
    try (Stream<Path> all = Files.list(Libraries.ofTheJdk(""))) {
      all.filter(it -> it.toString().endsWith(".so")).sorted().forEach(files::add);
    }
    Map<Path, List<String>> answers = askTheLoader(files);
    assertThat(answers).hasSizeGreaterThan(70);
    answers.forEach((file, answer) ->
        assertThat(answer.getFirst().equals("fits"))
            .as(file + ": " + answer)
            .isEqualTo(answer.getLast().equals("loaded")));
    assertThat(answers.values().stream().filter(it -> it.getFirst().equals("fits")))
        .hasSizeGreaterThan(10);
  }

  @Test
  void theLoaderAgreesOnWhatCompilersMakeAndTheSentenceSaysWhy() throws IOException {
    Map<Path, String> expected = new LinkedHashMap<>();
    expected.put(gcc("plain.so", ""), "fits");
    expected.put(gcc("bound.so", "-Wl,-z,now"), "fits");
    expected.put(gcc("object.o", "-c"), "it is REL (relocatable object), and no shared library");
    expected.put(program("program"), "it is a program, and no shared library");
    expected.put(
        gcc("closed.so", "-Wl,-z,nodlopen"), "it is not to be opened, and no shared library");
    Path arm = folder.resolve("arm.so");
    Libraries.compile("aarch64-linux-gnu-gcc", folder, "library.c", arm, shared());
    expected.put(arm, "it is for aarch64-elf, and this is x86_64-elf");
    Files.writeString(folder.resolve("one.c"), "int one(void) { return 1; }");
    run(
        "clang-19",
        "--target=x86_64-linux-gnux32 -fuse-ld=lld-19 -nostdlib -shared one.c -o x32.so");
    expected.put(
        folder.resolve("x32.so"), "it is for x86_64-elf of 32 bits, and this is x86_64-elf");
    Path musl = folder.resolve("musl.so");
    Libraries.compile("musl-gcc", folder, "library.c", musl, shared());
    expected.put(musl, "it was made for another C library, libc.so, and this system has glibc");
    expected.put(
        Files.writeString(folder.resolve("text.so"), "INPUT(x)"),
        "it is for a file that is no known native image, and this is x86_64-elf");

    Path lost = library("lost", "V_1 { *; };");
    expected.put(user("needs-lost", lost, ""), "it needs liblost.so, which is not there");
    Files.delete(lost);
    Path other = library("other", "V_1 { *; };");
    expected.put(
        user("needs-other", other, "-Wl,-rpath," + folder),
        "it needs libother.so, of which there is only %s (aarch64-elf)".formatted(other));
    Files.copy(arm, other, StandardCopyOption.REPLACE_EXISTING);
    Path old = library("old", "V_1 { f1; }; V_1.9 { f2; }; V_1.10 { f3; };");
    expected.put(
        user("needs-old", old, "-Wl,-rpath,$ORIGIN"),
        "it needs V_1.10 and V_1.9 of libold.so, which has versions up to V_1.2");
    library("old", "V_1 { f1; }; V_1.2 { f2; f3; };");
    Path bare = library("bare", "V_1 { *; };");
    expected.put(user("needs-bare", bare, "-Wl,-rpath,$ORIGIN"), "fits");
    library("bare", "{ global: *; };");
    Path deep = user("libdeep", library("gone", "V_1 { *; };"), "");
    expected.put(
        user("needs-deep", deep, "-Wl,-rpath,$ORIGIN"), "it needs libgone.so, which is not there");
    Files.delete(folder.resolve("libgone.so"));
    Files.writeString(
        folder.resolve("future.c"),
        "void *future(void); __asm__(\".symver future,memcpy@GLIBC_2.999\");"
            + " void *f(void) { return future(); }");
    Path stub = folder.resolve("stub.so");
    Files.writeString(folder.resolve("stub.map"), "GLIBC_2.999 { memcpy; };");
    Files.writeString(folder.resolve("stub.c"), "void memcpy(void) {}");
    cc(
        "-shared -fPIC -nostdlib -fno-builtin stub.c -o stub.so -Wl,-soname,libc.so.6"
            + " -Wl,--version-script=stub.map");
    cc("-shared -fPIC -nostdlib future.c stub.so -o future.so");
    Files.delete(stub);
    String highest =
        Pattern.compile("GLIBC_2\\.\\d+")
            .matcher(Run.of("getconf", "GNU_LIBC_VERSION").out().replace("glibc ", "GLIBC_"))
            .results()
            .findFirst()
            .orElseThrow()
            .group();
    expected.put(
        folder.resolve("future.so"),
        "it needs GLIBC_2.999 of libc.so.6, which has versions up to " + highest);
    Files.writeString(folder.resolve("datum.c"), "extern int datum; int f(void) { return datum; }");
    cc("-shared -fPIC datum.c -o datum.so");
    expected.put(folder.resolve("datum.so"), "nothing here has the symbol datum that it needs");
    Files.writeString(folder.resolve("call.c"), "int call(void); int f(void) { return call(); }");
    cc("-shared -fPIC -Wl,-z,lazy call.c -o lazy.so");
    expected.put(folder.resolve("lazy.so"), "fits");
    cc("-shared -fPIC -Wl,-z,now call.c -o now.so");
    expected.put(folder.resolve("now.so"), "nothing here has the symbol call that it needs");

    Map<Path, List<String>> answers = askTheLoader(new ArrayList<>(expected.keySet()));
    expected.forEach((file, sentence) -> {
      List<String> answer = answers.getOrDefault(file, List.of("", ""));
      boolean fits = sentence.equals("fits");
      assertThat(answer.getFirst())
          .as(file.toString())
          .isEqualTo(fits ? "fits" : file + " can't be loaded here: " + sentence);
      assertThat(answer.getLast().equals("loaded")).as(answer.toString()).isEqualTo(fits);
    });
  }

  @Test
  void muslsLoaderAgreesToo() throws IOException {
    Files.writeString(
        folder.resolve("probe.c"),
        "#include <dlfcn.h>\\n#include <stdio.h>\\nint main(int n, char **a) {".replace("\\n", "\n")
            + " for (int i = 1; i < n; i++) puts(dlopen(a[i], RTLD_LAZY) ? \"loaded\" : \"no\");"
            + " }");
    run("musl-gcc", "probe.c -o probe");
    Files.writeString(folder.resolve("call.c"), "int call(void); int f(void) { return call(); }");
    Libraries.compile("musl-gcc", folder, "library.c", folder.resolve("musl.so"), shared());
    cc("-shared -fPIC -Wl,-z,lazy call.c -o lazy.so");
    cc("-shared -fPIC -Wl,-z,now call.c -o now.so");
    user("needs-lost", library("lost", "V_1 { *; };"), "");
    Files.delete(folder.resolve("liblost.so"));
    LibraryHost host =
        LibraryHost.of(Host.current(), Libc.MUSL, List.of(Path.of("/usr/lib/x86_64-linux-musl")));
    List<String> names = List.of("musl.so", "lazy.so", "now.so", "needs-lost.so");
    List<String> command = new ArrayList<>(List.of("./probe"));
    names.forEach(name -> command.add("./" + name));
    assertThat(Run.in(folder, command).succeeded().out().lines())
        .containsExactly("loaded", "loaded", "no", "no");
    assertThat(names.stream().map(name -> codes(folder.resolve(name), host)))
        .containsExactly(
            List.of(), List.of(), List.of(Cause.Code.SYMBOL), List.of(Cause.Code.LIBRARY));
  }

  @Test
  void anotherMachineIsAskedByItsFolders() throws IOException {
    Files.writeString(folder.resolve("put.c"), "int puts(char *); int f(void) { return puts(0); }");
    run("aarch64-linux-gnu-gcc", "-shared -fPIC -fno-builtin put.c -o arm.so");
    Path arm = folder.resolve("arm.so");
    Path root = Path.of("/usr/aarch64-linux-gnu/lib");
    Host host = new Host("aarch64-elf", Set.of(), 4_096);
    assertThat(codes(arm, LibraryHost.of(host, Libc.GLIBC, List.of(root)))).isEmpty();
    assertThat(codes(arm, LibraryHost.of(host, Libc.GLIBC, List.of(folder))))
        .containsExactly(Cause.Code.LIBRARY);
    assertThat(codes(gcc("here.so", ""), LibraryHost.of(host, Libc.GLIBC, List.of(root))))
        .containsExactly(Cause.Code.TARGET);
  }

  @Test
  void pagesLevelsAndFoldersThatExecuteNothingAreComparedWithTheHost() throws IOException {
    LibraryHost here = LibraryHost.current();
    Host machine = here.machine();
    Path small = gcc("small.so", "-Wl,-z,max-page-size=4096");
    Host large = new Host(machine.target(), machine.features(), 65_536);
    assertThat(((LibraryFit.DoesNotFit) LibraryFit.of(small, here.withMachine(large))).causes())
        .containsExactly(new Cause(Cause.Code.PAGE_SIZE, "65536", "4096"));
    assertThat(codes(gcc("large.so", "-Wl,-z,max-page-size=65536"), here.withMachine(large)))
        .isEmpty();

    Path level = gcc("level.so", "-Wl,-z,x86-64-v4");
    Set<String> fewer = new HashSet<>(machine.features());
    fewer.remove("x86-64-v4");
    Set<String> more = new HashSet<>(machine.features());
    more.add("x86-64-v4");
    assertThat(codes(level, here.withMachine(new Host(machine.target(), fewer, 4_096))))
        .containsExactly(Cause.Code.FEATURE);
    assertThat(codes(level, here.withMachine(new Host(machine.target(), more, 4_096)))).isEmpty();

    Path mounts = folder.resolve("mounts");
    Path odd = Files.createDirectories(folder.resolve("a b").resolve("inner"));
    Path inside = Files.copy(small, odd.resolve("inside.so"));
    String point = folder.toRealPath().resolve("a b").toString().replace(" ", "\\040");
    Files.writeString(
        mounts,
        "22 1 0:1 / / rw,relatime - ext4 /dev/a rw\n"
            + "23 22 0:2 / %s rw,nosuid,noexec - tmpfs tmpfs rw\n".formatted(point));
    assertThat(codes(small, here.withMounts(mounts))).isEmpty();
    LibraryFit fit = LibraryFit.of(inside, here.withMounts(mounts));
    assertThat(((LibraryFit.DoesNotFit) fit).sentence())
        .endsWith(
            "can't be loaded here: nothing may be executed below %s"
                .formatted(folder.toRealPath().resolve("a b")));
    Files.writeString(
        mounts, Files.readString(mounts) + "24 22 0:3 / %s rw - tmpfs tmpfs rw\n".formatted(point));
    assertThat(codes(inside, here.withMounts(mounts))).isEmpty();
  }

  @Test
  void aLibraryThatEndsBeforeItsSegmentsIsMalformedAndNoLoaderHasToFindOut() throws IOException {
    Path library = gcc("torn.so", "");
    try (RandomAccessFile file = new RandomAccessFile(library.toFile(), "rw")) {
      file.setLength(9_000);
    }
    assertThatThrownBy(() -> LibraryFit.of(library, LibraryHost.current()))
        .isInstanceOf(MalformedImageException.class);
  }

  private Map<Path, List<String>> askTheLoader(List<Path> files) throws IOException {
    Path list = folder.resolve("list");
    Files.write(list, files.stream().map(Path::toString).toList());
    Run run =
        Run.java(List.of("--enable-native-access=ALL-UNNAMED"), FitOracle.class, list.toString())
            .succeeded();
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSameSizeAs(files);
    Map<Path, List<String>> answers = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      answers.put(files.get(i), Arrays.asList(TAB.split(lines.get(i))));
    }
    return answers;
  }

  private List<Path> unpack(Path jar) throws IOException {
    List<Path> files = new ArrayList<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (NATIVE.matcher(entry.getName()).matches()) {
          Path file = folder.resolve(jar.getFileName()).resolve(entry.getName());
          Files.createDirectories(file.getParent());
          try (InputStream stream = zip.getInputStream(entry)) {
            Files.copy(stream, file);
          }
          files.add(file);
        }
      }
    }
    return files;
  }

  private static List<Cause.Code> codes(Path library, LibraryHost host) {
    try {
      return LibraryFit.of(library, host) instanceof LibraryFit.DoesNotFit no
          ? no.causes().stream().map(Cause::code).toList()
          : List.of();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A library with three functions, of the versions that a script gives them. */
  private Path library(String name, String script) throws IOException {
    Files.writeString(folder.resolve(name + ".map"), script);
    Files.writeString(
        folder.resolve("three.c"), "void f1(void) {} void f2(void) {} void f3(void) {}");
    cc(
        "-shared -fPIC three.c -o lib%s.so -Wl,-soname,lib%s.so -Wl,--version-script=%s.map"
            .formatted(name, name, name));
    return folder.resolve("lib" + name + ".so");
  }

  /** A library that calls these functions. */
  private Path user(String name, Path library, String options) throws IOException {
    Files.writeString(
        folder.resolve("user.c"),
        "void f1(void); void f2(void); void f3(void); void g(void) { f1(); f2(); f3(); }");
    Path file = folder.resolve(name + ".so");
    cc(
        "-shared -fPIC -Wl,--no-as-needed -Wl,--allow-shlib-undefined user.c %s -o %s -Wl,-soname,%s.so %s"
            .formatted(library, file, name, options));
    return file;
  }

  private Path program(String name) throws IOException {
    Files.writeString(folder.resolve("main.c"), "int main(void) { return 0; }");
    cc("-pie -fPIE main.c -o " + name);
    return folder.resolve(name);
  }

  private Path gcc(String name, String options) {
    Path library = folder.resolve(name);
    List<String> all = new ArrayList<>(options.equals("-c") ? List.of() : shared());
    if (!options.isEmpty()) {
      all.add(options);
    }
    Libraries.compile("gcc", folder, "library.c", library, all);
    return library;
  }

  private void cc(String arguments) {
    run("gcc", arguments);
  }

  private void run(String tool, String arguments) {
    List<String> command = new ArrayList<>(List.of(Tools.require(tool)));
    command.addAll(List.of(arguments.strip().split(" +")));
    Run.in(folder, command).succeeded();
  }

  private static List<String> shared() {
    return List.of("-shared", "-fPIC");
  }
}
