package dev.calotype.examples;

import dev.calotype.testing.Run;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The example language, compiled against the jar once: as a command, and in this JVM. */
final class SepiaExample {
  static final Path SOURCES = Examples.sources("sepia");

  private static final String MODULE = "dev.calotype.examples.sepia";

  private SepiaExample() {}

  /** A C compiler in a test's hands. */
  interface Compiler {
    String identity();

    void compile(Path source, Path object, List<String> options) throws IOException;
  }

  private static final class Compiled {
    static final Path CLASSES = compile();
    static final ModuleLayer LAYER = layer(CLASSES);
  }

  /** Runs the command line in a JVM of its own. */
  static Run run(Map<String, String> environment, List<String> arguments) {
    return Run.of(environment, command(arguments));
  }

  /** The command that {@link #run} runs. */
  static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(tool("java"), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-Xshare:auto", "--enable-native-access=dev.calotype," + MODULE));
    command.addAll(
        List.of(
            "--module-path",
            Examples.JAR + File.pathSeparator + Compiled.CLASSES,
            "--module",
            MODULE + "/" + MODULE + ".Sepia"));
    command.addAll(arguments);
    return command;
  }

  /**
   * Builds a program in this JVM.
   *
   * @param store where to
   * @return the report's lines
   */
  static List<String> build(Path file, Path store, int level, String cpu, Compiler compiler)
      throws IOException {
    try {
      Class<?> type = type("Compiler");
      Object proxy =
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (_, method, arguments) -> {
                if (method.getName().equals("identity")) {
                  return compiler.identity();
                }
                String variant = arguments[2].toString();
                compiler.compile(
                    (Path) arguments[0], (Path) arguments[1], List.of(variant.split(" ", 2)));
                return null;
              });
      Object variant =
          type("Variant").getConstructor(int.class, String.class).newInstance(level, cpu);
      Object settings =
          type("Settings")
              .getConstructor(
                  type("Variant"), Path.class, String.class, boolean.class, boolean.class)
              .newInstance(variant, store, "", true, false);
      Object lines =
          type("Sepia")
              .getMethod("build", Path.class, type("Settings"), type)
              .invoke(null, file, settings, proxy);
      return ((List<?>) lines).stream().map(String::valueOf).toList();
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new AssertionError(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static Class<?> type(String name) throws ClassNotFoundException {
    return Compiled.LAYER.findLoader(MODULE).loadClass(MODULE + "." + name);
  }

  private static ModuleLayer layer(Path classes) {
    ModuleLayer boot = ModuleLayer.boot();
    Configuration configuration =
        boot.configuration()
            .resolve(ModuleFinder.of(classes), ModuleFinder.of(Examples.JAR), Set.of(MODULE));
    ModuleLayer.Controller controller =
        ModuleLayer.defineModulesWithOneLoader(
            configuration, List.of(boot), ClassLoader.getSystemClassLoader());
    Module module = controller.layer().findModule(MODULE).orElseThrow();
    controller.addExports(module, MODULE, SepiaExample.class.getModule());
    return controller.layer();
  }

  private static Path compile() {
    try {
      Path classes = Files.createTempDirectory("sepia");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(classes)));
      Examples.compile(SOURCES, classes).succeeded();
      return classes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }
}
