package dev.calotype.examples.endive;

import dev.calotype.cache.Key;
import java.io.IOException;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import run.endive.compiler.MachineFactoryCompiler;

/**
 * Which Endive this is: by the content of its jars. A version says too little: two builds may have
 * the same, and the compiler works with whatever version of its runtime the build tool picked.
 */
final class CompilerIdentity {
  private CompilerIdentity() {}

  /** A key that no other compiler, JDK or setting of theirs has. */
  static Key key() throws IOException {
    Map<String, Path> jars = jars();
    MessageDigest digest = sha256();
    for (Map.Entry<String, Path> jar : jars.entrySet()) {
      digest.update(sha256().digest(Files.readAllBytes(jar.getValue())));
    }
    String names = String.join(" ", jars.keySet());
    return Key.of("%s %s".formatted(names, HexFormat.of().formatHex(digest.digest())))
        .with("jdk", System.getProperty("java.vm.version"))
        .with("settings", settings());
  }

  /** The compiler's module and all that it reads, but for the JDK's, by name and version. */
  private static Map<String, Path> jars() {
    Module compiler = MachineFactoryCompiler.class.getModule();
    Map<String, Path> jars = new TreeMap<>();
    add(compiler.getLayer().configuration().findModule(compiler.getName()).orElseThrow(), jars);
    return jars;
  }

  private static void add(ResolvedModule module, Map<String, Path> jars) {
    ModuleReference reference = module.reference();
    boolean isFile = reference.location().filter(it -> it.getScheme().equals("file")).isPresent();
    String name = reference.descriptor().toNameAndVersion();
    if (isFile && jars.putIfAbsent(name, Path.of(reference.location().get())) == null) {
      module.reads().forEach(read -> add(read, jars));
    }
  }

  /** System properties that Endive's compiler looks at. */
  private static List<String> settings() {
    return System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("endive."))
        .map(name -> name + "=" + System.getProperty(name))
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .toList();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // Every JDK has it.
    }
  }
}
