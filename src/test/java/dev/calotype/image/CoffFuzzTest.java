package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Tools;
import dev.calotype.testing.Windows;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever the bytes are: an answer, a declared exception, and nothing else. */
class CoffFuzzTest {
  @TempDir Path folder;

  /** What there is to damage. */
  enum Kind {
    OBJECT("i686"),
    BIG_OBJECT("x86_64"),
    IMPORT_OBJECT("x86_64"),
    PE32("i686"),
    PE32_PLUS("x86_64"),
    EXPORTS("x86_64");

    private final String architecture;

    Kind(String architecture) {
      this.architecture = architecture;
    }

    byte[] make(Path folder) {
      Path file =
          switch (this) {
            case OBJECT -> Windows.object(folder, architecture, "exporter.c");
            case BIG_OBJECT -> Windows.object(folder, architecture, "importer.c");
            case IMPORT_OBJECT -> {
              Windows.exporter(folder, architecture);
              yield Windows.members(folder.resolve("exporter.lib")).getLast();
            }
            case PE32, PE32_PLUS -> Windows.importer(folder, architecture);
            case EXPORTS -> Windows.exporter(folder, architecture);
          };
      byte[] bytes = Bytes.read(file);
      return this == BIG_OBJECT ? big(bytes) : bytes;
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyPrefixIsReadOrRejected(Kind kind) {
    byte[] image = kind.make(folder);
    assertThat(visit(image)).isTrue();
    int rejected = 0;
    for (int length = 0; length < image.length; length++) {
      boolean whole = visit(Arrays.copyOf(image, length));
      // All of a section is asked for, its padding too, and an object ends in its last name.
      assertThat(whole).as("%d of %d bytes", length, image.length).isFalse();
      rejected++;
    }
    assertThat(rejected).isEqualTo(image.length);
  }

  @ParameterizedTest
  @EnumSource
  void everyFlippedByteIsReadOrRejected(Kind kind) {
    byte[] image = kind.make(folder);
    int rejected = 0;
    for (int at = 0; at < image.length; at++) {
      for (int mask : new int[] {0xff, 0x01, 0x80}) {
        byte[] changed = image.clone();
        changed[at] ^= (byte) mask;
        rejected += visit(changed) ? 0 : 1;
      }
    }
    assertThat(rejected).isBetween(10, image.length * 3 - 10);
  }

  @ParameterizedTest
  @EnumSource
  void seededMutationsAreReadOrRejected(Kind kind) {
    byte[] image = kind.make(folder);
    SplittableRandom random = new SplittableRandom(20260101);
    int[] evil = {0, 1, -1, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffff, 0x1000, image.length};
    int count = Tools.count(2_000, 20_000);
    int rejected = 0;
    for (int i = 0; i < count; i++) {
      ByteBuffer changed = ByteBuffer.wrap(image.clone()).order(ByteOrder.LITTLE_ENDIAN);
      int changes = random.nextInt(1, 6);
      for (int j = 0; j < changes; j++) {
        int at = random.nextInt(image.length - 3);
        int value = random.nextInt(3) == 0 ? random.nextInt(image.length) : 0;
        changed.putInt(at, value != 0 ? value : evil[random.nextInt(evil.length)]);
      }
      rejected += visit(changed.array()) ? 0 : 1;
    }
    assertThat(rejected).isBetween(1, count);
  }

  @Test
  void pointersToTheSameBytesDoNotMultiplyTheWork() {
    // Three megabytes of names, import descriptors and thunks, all the same long one.
    byte[] library = Bytes.read(Windows.exporter(folder, "x86_64"));
    PeImage whole = (PeImage) Image.of(MemorySegment.ofArray(library), "library");
    Section last = whole.sections().getLast();
    int size = 3 << 20;
    byte[] image = Arrays.copyOf(library, library.length + size);
    ByteBuffer changed = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    int pe = changed.getInt(60);
    int header = pe + 24 + changed.getShort(pe + 20) + 40 * last.index();
    int text = library.length + 2 * (size / 3);
    int base = (int) (last.address() - last.offset());
    changed.putInt(header + 8, size + 4096).putInt(header + 16, image.length - (int) last.offset());
    Arrays.fill(image, text, image.length - 1, (byte) 'a');
    int imports = pe + 24 + 112 + 8;
    changed.putInt(imports, library.length + base);
    for (int at = library.length; at + 20 <= library.length + size / 3; at += 20) {
      changed.putInt(at, library.length + size / 3 + base);
      changed.putInt(at + 12, text + base).putInt(at + 16, 1);
    }
    for (int at = library.length + size / 3; at + 8 <= text - 8; at += 8) {
      changed.putLong(at, text + base);
    }
    Image damaged = Image.of(MemorySegment.ofArray(image), "damaged");
    assertThatThrownBy(damaged::needed).isInstanceOf(MalformedImageException.class);
    assertThatThrownBy(() -> damaged.imports().iterator().next())
        .isInstanceOf(MalformedImageException.class);
  }

  @Test
  void whatLooksLikeItButIsNoImageIsSaidByName() {
    byte[] dos = Arrays.copyOf(new byte[] {'M', 'Z'}, 128);
    assertUnsupported(dos, "a DOS program");
    dos[60] = 64;
    dos[64] = 'N';
    dos[65] = 'E';
    assertUnsupported(dos, "a 16-bit Windows or OS/2 program (NE)");
    dos[64] = 'L';
    assertUnsupported(dos, "a Windows driver or OS/2 program (LE)");
    dos[65] = 'X';
    assertUnsupported(dos, "an OS/2 program (LX)");
    byte[] anonymous = new byte[56];
    ByteBuffer header = ByteBuffer.wrap(anonymous).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(0, 0xffff0000).putShort(4, (short) 1);
    assertUnsupported(anonymous, "an anonymous object");
    header.putLong(12, 0x4dabd9a50cb3fe38L).putLong(20, 0xc2532622b6d69bacL);
    header.putShort(4, (short) 2);
    assertUnsupported(anonymous, "an MSVC object for link-time code generation");
  }

  @Test
  void textsAreNoObjects() {
    for (String text :
        List.of(
            "db", "dbus-daemon starts and says so", "2P", "dP and more than twenty letters", "L")) {
      assertUnsupported(
          text.getBytes(StandardCharsets.US_ASCII), "a file that is no known native image");
    }
  }

  @Test
  void cutFilesAreDamagedNotForeign() {
    byte[] object = Kind.OBJECT.make(folder);
    byte[] library = Kind.EXPORTS.make(folder);
    for (int length : new int[] {2, 19}) {
      assertMalformed(Arrays.copyOf(object, length));
    }
    for (int length : new int[] {1, 2, 63, 64, 100, 130, 150}) {
      assertMalformed(Arrays.copyOf(library, length));
    }
    assertMalformed(new byte[] {0, 0, -1, -1, 0, 0});
  }

  @Test
  void aDamagedTableThatNobodyAsksForRejectsNothing() {
    byte[] library = Kind.EXPORTS.make(folder);
    ByteBuffer changed = ByteBuffer.wrap(library).order(ByteOrder.LITTLE_ENDIAN);
    int pe = changed.getInt(60);
    changed.putInt(pe + 24 + 112, 0x7fffffff).putInt(pe + 12, 0x7fffffff);
    PeImage image = (PeImage) Image.of(MemorySegment.ofArray(library), "damaged");
    assertThatThrownBy(() -> image.exports().iterator())
        .isInstanceOf(MalformedImageException.class);
    assertThatThrownBy(image::symbols).isInstanceOf(MalformedImageException.class);
    assertThat(image.section(".text")).isPresent();
    assertThat(image.pdb()).isPresent();
  }

  /** The same object with the larger header and larger symbols. */
  private static byte[] big(byte[] object) {
    ByteBuffer from = ByteBuffer.wrap(object).order(ByteOrder.LITTLE_ENDIAN);
    int sections = from.getShort(2);
    int symbols = from.getInt(8);
    int count = from.getInt(12);
    int moved = 36;
    ByteBuffer to =
        ByteBuffer.allocate(object.length + moved + 2 * count).order(ByteOrder.LITTLE_ENDIAN);
    to.putInt(0, 0xffff0000).putShort(4, (short) 2).putShort(6, from.getShort(0));
    to.putLong(12, 0x4ba9baeed1baa1c7L).putLong(20, 0xb8dca46af6fa20afL);
    to.putInt(44, sections).putInt(48, symbols + moved).putInt(52, count);
    to.put(56, object, 20, symbols - 20);
    for (int i = 0; i < sections; i++) {
      for (int field : new int[] {20, 24}) {
        int at = 56 + 40 * i + field;
        to.putInt(at, to.getInt(at) == 0 ? 0 : to.getInt(at) + moved);
      }
    }
    for (int i = 0; i < count; i++) {
      int at = symbols + moved + 20 * i;
      to.put(at, object, symbols + 18 * i, 12);
      to.putInt(at + 12, from.getShort(symbols + 18 * i + 12));
      to.put(at + 16, object, symbols + 18 * i + 14, 4);
    }
    int strings = symbols + 18 * count;
    to.put(symbols + moved + 20 * count, object, strings, object.length - strings);
    return to.array();
  }

  /** Asks for everything; returns whether everything was answered. */
  private static boolean visit(byte[] bytes) {
    MemorySegment memory = MemorySegment.ofArray(bytes);
    Image image;
    try {
      image = Image.of(memory, "mutant");
    } catch (MalformedImageException | UnsupportedFormatException e) {
      return false;
    }
    List<Runnable> questions =
        List.of(
            image::target,
            image::type,
            () -> image.sections().forEach(CoffFuzzTest::visit),
            () -> image.segments().forEach(Segment::bytes),
            () -> image.symbols().forEach(CoffFuzzTest::visit),
            () -> image.symbols().count(),
            () -> image.relocations().forEach(CoffFuzzTest::visit),
            () -> image.exports().forEach(Export::name),
            () -> image.imports().forEach(Import::name),
            image::buildId,
            image::needed,
            () -> image.section(".no such section"),
            () -> Part.section(".a_long_name").findIn(memory, "mutant"),
            () -> Part.section(".data").findIn(memory, "mutant"),
            () -> visitOwn(image));
    boolean all = true;
    for (Runnable question : questions) {
      try {
        question.run();
      } catch (MalformedImageException e) {
        all = false;
      }
    }
    return all;
  }

  private static void visitOwn(Image image) {
    if (image instanceof PeImage pe) {
      pe.dataDirectories();
      pe.delayNeeded();
      pe.exportName();
      pe.pdb();
    } else if (image instanceof CoffImage coff) {
      coff.importObject();
      coff.timeDateStamp();
      coff.characteristics();
    }
  }

  private static void visit(Section section) {
    section.name();
    section.type();
    section.alignment();
    section.bytes();
  }

  private static void visit(Symbol symbol) {
    symbol.name();
    symbol.nameBytes();
    symbol.value();
    symbol.size();
    symbol.type();
    symbol.binding();
    symbol.section();
  }

  private static void visit(RelocationTable table) {
    table.name();
    table.count();
    for (Relocation relocation : table) {
      relocation.offset();
      relocation.type();
      relocation.symbol().ifPresent(Symbol::name);
    }
  }

  private static void assertUnsupported(byte[] bytes, String found) {
    assertThatThrownBy(() -> Image.of(MemorySegment.ofArray(bytes), "other"))
        .isInstanceOfSatisfying(
            UnsupportedFormatException.class, e -> assertThat(e.found()).isEqualTo(found));
  }

  private static void assertMalformed(byte[] bytes) {
    assertThatThrownBy(() -> Image.of(MemorySegment.ofArray(bytes), "cut"))
        .isInstanceOf(MalformedImageException.class);
  }
}
