package dev.calotype;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.constant.ClassDesc;
import java.lang.module.ModuleDescriptor;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The table of rooms in docs/architecture.md, and what breaks it.
 *
 * @param rooms the rooms by their packages' names
 */
record RoomTable(Map<String, Room> rooms) {
  static final String ROOT = "dev.calotype";

  private static final Pattern ROW =
      Pattern.compile("^\\| `([^`]+)` \\| (yes|hidden) \\|[^|]*\\|([^|]*)\\|$", Pattern.MULTILINE);
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  /** Who may call native functions. */
  private static final Set<String> OS = Set.of(ROOT + ".os", ROOT + ".os.ffi");

  private static final Set<String> NATIVE = Set.of("java.lang.foreign.Linker");
  private static final Set<String> RESTRICTED =
      Set.of(
          "java.lang.foreign.AddressLayout.withTargetLayout",
          "java.lang.foreign.MemorySegment.reinterpret",
          "java.lang.foreign.SymbolLookup.libraryLookup",
          "java.lang.System.load",
          "java.lang.System.loadLibrary",
          "java.lang.Runtime.load",
          "java.lang.Runtime.loadLibrary");

  /**
   * One row.
   *
   * @param exported whether users of the module may use it
   * @param uses the packages that it may use besides the root's and the JDK's
   */
  record Room(boolean exported, Set<String> uses) {
    /** Whether it may use a package: one of ours by its name, a library's also by a parent's. */
    boolean lists(String target) {
      return uses.contains(target)
          || (!target.startsWith(ROOT + ".")
              && uses.stream().anyMatch(use -> target.startsWith(use + ".")));
    }
  }

  /** Reads the table from the page's text. */
  static RoomTable parse(String page) {
    List<MatchResult> rows = ROW.matcher(page).results().toList();
    Set<String> exported =
        rows.stream()
            .filter(row -> row.group(2).equals("yes"))
            .map(row -> packageName(row.group(1)))
            .collect(Collectors.toSet());
    Map<String, Room> rooms = new LinkedHashMap<>();
    for (MatchResult row : rows) {
      String name = packageName(row.group(1));
      Set<String> uses = new HashSet<>();
      if (row.group(3).contains("exported rooms")) {
        uses.addAll(exported);
      }
      NAME.matcher(row.group(3)).results().forEach(use -> uses.add(packageName(use.group(1))));
      rooms.put(name, new Room(exported.contains(name), uses));
    }
    return new RoomTable(rooms);
  }

  /** The same table with one row put in or replaced. */
  RoomTable with(String name, Room room) {
    Map<String, Room> changed = new TreeMap<>(rooms);
    changed.put(name, room);
    return new RoomTable(changed);
  }

  /** The same table without one row. */
  RoomTable without(String name) {
    Map<String, Room> changed = new TreeMap<>(rooms);
    changed.remove(name);
    return new RoomTable(changed);
  }

  /** Where the rows are not the packages, or say of one what the module does not. */
  Set<String> wrongRows(Set<String> packages, ModuleDescriptor module) {
    Set<String> exports =
        module.exports().stream().map(ModuleDescriptor.Exports::source).collect(Collectors.toSet());
    Set<String> wrong = new TreeSet<>();
    for (String name : packages) {
      if (!rooms.containsKey(name)) {
        wrong.add(name + " is not in the table");
      }
    }
    rooms.forEach((name, room) -> {
      if (!packages.contains(name)) {
        wrong.add(name + " is no package");
      } else if (room.exported() != exports.contains(name)) {
        wrong.add(name + (room.exported() ? " is not exported" : " is exported"));
      }
    });
    return wrong;
  }

  /** Where a class uses what its row does not list. */
  Set<String> wrongUses(JavaClasses classes) {
    Set<String> wrong = new TreeSet<>();
    for (JavaClass user : classes) {
      Set<String> used = namesIn(user);
      for (Dependency dependency : user.getDirectDependenciesFromSelf()) {
        used.add(dependency.getTargetClass().getBaseComponentType().getName());
      }
      used.removeIf(name -> mayUse(user.getPackageName(), name));
      used.forEach(name -> wrong.add(user.getName() + " uses " + name));
      for (JavaAccess<?> access : user.getAccessesFromSelf()) {
        String called = access.getTargetOwner().getName() + "." + access.getName();
        if (RESTRICTED.contains(called) && !OS.contains(user.getPackageName())) {
          wrong.add(user.getName() + " calls " + called);
        }
      }
    }
    return wrong;
  }

  /**
   * The classes a class file names: ArchUnit overlooks casts, arrays and the labels of a switch.
   */
  private static Set<String> namesIn(JavaClass user) {
    Set<String> names = new HashSet<>();
    try (InputStream file = user.getSource().orElseThrow().getUri().toURL().openStream()) {
      for (PoolEntry entry : ClassFile.of().parse(file.readAllBytes()).constantPool()) {
        if (entry instanceof ClassEntry named) {
          ClassDesc type = named.asSymbol();
          while (type.isArray()) {
            type = type.componentType();
          }
          String room = type.packageName();
          names.add(room.isEmpty() ? type.displayName() : room + "." + type.displayName());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names;
  }

  private boolean mayUse(String room, String used) {
    if (NATIVE.contains(used)) {
      return OS.contains(room);
    }
    String target = used.substring(0, Math.max(0, used.lastIndexOf('.')));
    return target.isEmpty() // a primitive
        || target.startsWith("java.")
        || target.equals("org.jspecify.annotations")
        || target.equals(ROOT)
        || target.equals(room)
        || rooms.getOrDefault(room, new Room(false, Set.of())).lists(target);
  }

  private static String packageName(String room) {
    return room.startsWith(".") ? ROOT + room : room;
  }
}
