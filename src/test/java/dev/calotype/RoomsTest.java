package dev.calotype;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.calotype.RoomTable.Room;
import dev.calotype.bytes.ByteView;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The compiled classes against the table of rooms in docs/architecture.md. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RoomsTest {
  private static final Room NOTHING = new Room(false, Set.of());

  static {
    // ArchUnit logs through SLF4J, which complains when nobody listens.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
  }

  private final RoomTable table;
  private final JavaClasses classes;
  private final Set<String> packages;
  private final ModuleDescriptor module;

  RoomsTest() throws IOException {
    Path root = Path.of(System.getProperty("calotype.root", ""));
    Path compiled = root.resolve("target/classes");
    table = RoomTable.parse(Files.readString(root.resolve("docs/architecture.md")));
    classes = new ClassFileImporter().importPath(compiled);
    packages = classes.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
    try (InputStream info = Files.newInputStream(compiled.resolve("module-info.class"))) {
      module = ModuleDescriptor.read(info);
    }
  }

  @Test
  void theRowsOfTheTableAreThePackagesOfTheModule() {
    assertThat(table.wrongRows(packages, module)).isEmpty();
  }

  @Test
  void everyRoomUsesOnlyWhatItsRowLists() {
    assertThat(table.wrongUses(classes)).isEmpty();
  }

  @Test
  void theCommandLinesRowListsNoHiddenRoom() {
    Set<String> listed = new TreeSet<>(room("dev.calotype.cli").uses());
    listed.removeIf(name -> !table.rooms().containsKey(name));
    assertThat(listed).isNotEmpty().allMatch(name -> room(name).exported());
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(unmarked(classes)).isEmpty();
  }

  @Test
  void aPackageWithoutARowIsReported() {
    assertThat(table.without("dev.calotype.map").wrongRows(packages, module))
        .containsExactly("dev.calotype.map is not in the table");
  }

  @Test
  void aRowWithoutAPackageIsReported() {
    assertThat(table.with("dev.calotype.attic", NOTHING).wrongRows(packages, module))
        .containsExactly("dev.calotype.attic is no package");
  }

  @Test
  void anExportThatTheTableHidesIsReportedAndTheOtherWayRound() {
    RoomTable wrong =
        table
            .with("dev.calotype.map", NOTHING)
            .with("dev.calotype.bytes", new Room(true, Set.of()));
    assertThat(wrong.wrongRows(packages, module))
        .containsExactly("dev.calotype.bytes is not exported", "dev.calotype.map is exported");
  }

  @Test
  void aUseThatTheRowDoesNotListIsReported() {
    assertThat(table.with("dev.calotype.publish", NOTHING).wrongUses(classes))
        .contains("dev.calotype.publish.BootRecord uses dev.calotype.bytes.Sha256");
  }

  @Test
  void aClassThatIsOnlyTheLabelOfASwitchIsReported() {
    assertThat(table.wrongUses(new ClassFileImporter().importClasses(Switches.class)))
        .containsExactly("dev.calotype.RoomsTest$Switches uses dev.calotype.bytes.ByteView");
  }

  @Test
  void aLibraryThatTheRowDoesNotListIsReported() {
    assertThat(table.wrongUses(new ClassFileImporter().importClasses(RoomsTest.class)))
        .contains("dev.calotype.RoomsTest uses org.junit.jupiter.api.Test");
  }

  @Test
  void aNativeCallOrALoadedLibraryIsReported() {
    assertThat(table.wrongUses(new ClassFileImporter().importClasses(CallsNative.class)))
        .containsExactly(
            "dev.calotype.RoomsTest$CallsNative calls java.lang.System.loadLibrary",
            "dev.calotype.RoomsTest$CallsNative calls java.lang.foreign.MemorySegment.reinterpret",
            "dev.calotype.RoomsTest$CallsNative uses java.lang.foreign.Linker");
  }

  @Test
  void aPackageThatIsNotNullMarkedIsReported() {
    assertThat(unmarked(new ClassFileImporter().importClasses(RoomsTest.class)))
        .containsExactly("dev.calotype");
  }

  private Room room(String name) {
    return table.rooms().getOrDefault(name, NOTHING);
  }

  private static Set<String> unmarked(JavaClasses classes) {
    Set<String> unmarked = new TreeSet<>();
    for (JavaClass one : classes) {
      if (!one.getPackage().isAnnotatedWith(NullMarked.class)) {
        unmarked.add(one.getPackageName());
      }
    }
    return unmarked;
  }

  /** What only {@code .os} may do. */
  @SuppressWarnings("restricted")
  static final class CallsNative {
    private CallsNative() {}

    static Object call() {
      System.loadLibrary("none");
      MemorySegment.NULL.reinterpret(1);
      return Linker.nativeLinker().defaultLookup();
    }
  }

  /** What the root package may not name, named in passing. */
  static final class Switches {
    private Switches() {}

    static boolean call(Object o) {
      return switch (o) {
        case ByteView _ -> true;
        default -> false;
      };
    }
  }
}
