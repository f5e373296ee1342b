package dev.calotype.image;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files made to be believed: each lie that has brought down a reader, by itself. */
class HostileImageTest {
  /** Number, name, type, address, offset and size; section 0 has no name. */
  private static final Pattern SECTION =
      Pattern.compile(
          "^ *\\[ *\\d+\\] (\\S*) +[A-Z_ ]+ [0-9a-f]{16} ([0-9a-f]+) ([0-9a-f]+)",
          Pattern.MULTILINE);

  private static final int PT_DYNAMIC = 2;
  private static final int PT_NOTE = 4;

  @TempDir Path folder;

  @Test
  void moreSectionsThanTheHeaderCanCountReadAsLlvmReadelfReadsThem() throws IOException {
    int count = 66_000;
    StringBuilder assembly = new StringBuilder();
    for (int i = 0; i < count; i++) {
      assembly.append(".section .s%d,\"a\"\nsymbol%d: .quad other\n".formatted(i, i));
    }
    Path source = Files.writeString(folder.resolve("many.s"), assembly);
    Path object = folder.resolve("many.o");
    Run.of(
            Tools.require("clang-19"),
            "-c",
            "--target=x86_64-linux-gnu",
            source + "",
            "-o",
            object + "")
        .succeeded();
    String table = Run.of(Tools.require("llvm-readelf-19"), "-SW", object + "").succeeded().out();
    List<String> theirs =
        SECTION
            .matcher(table)
            .results()
            .map(row -> "%s %s %s".formatted(row.group(1), row.group(2), row.group(3)))
            .toList();
    try (Arena arena = Arena.ofConfined()) {
      Image image = Image.map(object, arena);
      assertThat(image.sections().size()).isEqualTo(theirs.size()).isGreaterThan(2 * count);
      for (int i = 1; i < theirs.size(); i += 997) {
        Section ours = image.sections().get(i);
        assertThat("%s %06x %06x".formatted(ours.name(), ours.offset(), ours.size()))
            .isEqualTo(theirs.get(i));
      }
      Symbol last = image.symbols().find("symbol" + (count - 1)).orElseThrow();
      assertThat(image.sections().get(last.section().orElseThrow()).name())
          .isEqualTo(".s" + (count - 1));
      // A walk over all sections for each of the tables would take minutes.
      assertThat(image.relocations().size()).isEqualTo(count);
      Relocation relocation = image.relocations().getLast().iterator().next();
      assertThat(relocation.symbol().map(Symbol::name)).contains("other");
    }
  }

  @Test
  void symbolsThatAllNameOneHugeTextCostNoMoreThanTheQuestionsAsked() {
    int symbols = 40_000;
    int text = 1 << 19;
    Elf64 elf = new Elf64(4, 0);
    long strings = elf.add(filled(text, 'x'));
    ByteBuffer table = Elf64.buffer(symbols * 24);
    for (int i = 0; i < symbols; i++) {
      table.putInt(i * 24, 1);
    }
    long start = elf.add(table);
    elf.section(1, 3, strings, text, 0, 0);
    elf.section(2, 2, start, symbols * 24L, 1, 24);
    Image image = elf.image();
    assertThat(image.symbols().count()).isEqualTo(symbols);
    assertThat(image.symbols().get(7).name()).hasSize(text - 2);
  }

  @Test
  void aTextLongerThanAnyRealOneIsMalformed() {
    int text = (1 << 20) + 2;
    Elf64 elf = new Elf64(3, 0);
    long strings = elf.add(filled(text, 'x'));
    long start = elf.add(Elf64.buffer(24).putInt(0, 1));
    elf.section(1, 3, strings, text, 0, 0);
    elf.section(2, 2, start, 24, 1, 24);
    Symbol symbol = elf.image().symbols().get(0);
    assertThatThrownBy(symbol::name).isInstanceOf(MalformedImageException.class);
  }

  @Test
  void segmentsThatAllNameTheSameNotesAreMalformed() {
    int segments = 4_000;
    int size = 1 << 16;
    Elf64 elf = new Elf64(0, segments);
    long notes = elf.add(Elf64.buffer(size));
    for (int i = 0; i < segments; i++) {
      elf.segment(i, PT_NOTE, notes, 0, size);
    }
    assertThatThrownBy(() -> elf.image().notes()).isInstanceOf(MalformedImageException.class);
  }

  @Test
  void neededLibrariesThatAllHaveOneHugeNameAreMalformed() {
    int entries = 10_000;
    int text = 1 << 19;
    Elf64 elf = new Elf64(0, 2);
    long strings = elf.add(filled(text, 'x'));
    ByteBuffer table = Elf64.buffer((entries + 3) * 16);
    table.putLong(0, 5).putLong(8, strings).putLong(16, 10).putLong(24, text);
    for (int i = 2; i < entries + 2; i++) {
      table.putLong(i * 16, 1).putLong(i * 16 + 8, 1);
    }
    long start = elf.add(table);
    elf.segment(0, 1, 0, 0, elf.size());
    elf.segment(1, PT_DYNAMIC, start, start, table.capacity());
    assertThatThrownBy(() -> elf.image().needed()).isInstanceOf(MalformedImageException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {0x6ffffffeL, 0x6ffffffcL})
  void versionsThatAreWalkedOverAgainAndAgainAreMalformed(long tag) {
    int size = 1 << 18;
    Elf64 elf = new Elf64(0, 2);
    ByteBuffer versions = Elf64.buffer(size);
    // Each word is a step of one word, a count of very many, or a name without letters.
    for (int at = 0; at + 4 <= size; at += 4) {
      versions.putInt(at, 4);
    }
    long strings = elf.add(Elf64.buffer(64));
    long needed = elf.add(versions);
    ByteBuffer table = Elf64.buffer(6 * 16);
    table.putLong(0, 5).putLong(8, strings).putLong(16, 10).putLong(24, 64);
    table.putLong(32, tag).putLong(40, needed).putLong(48, tag + 1).putLong(56, -1);
    long start = elf.add(table);
    elf.segment(0, 1, 0, 0, elf.size());
    elf.segment(1, PT_DYNAMIC, start, start, table.capacity());
    ElfImage image = (ElfImage) elf.image();
    assertThatThrownBy(tag == 0x6ffffffeL ? image::neededVersions : image::definedVersions)
        .isInstanceOf(MalformedImageException.class);
  }

  @Test
  void relocationTablesThatAllHaveOneHugeNameAreMalformed() {
    int tables = 8_000;
    int text = 1 << 19;
    Elf64 elf = new Elf64(tables + 2, 0);
    long strings = elf.add(filled(text, 'x'));
    elf.section(1, 3, strings, text, 0, 0);
    for (int i = 2; i < tables + 2; i++) {
      elf.section(i, 4, 0, 0, 0, 24);
    }
    assertThatThrownBy(() -> elf.image().relocations()).isInstanceOf(MalformedImageException.class);
  }

  @Test
  void fatFilesThatLieAboutTheirSlicesAreReadOrRejected() {
    ByteBuffer many = ByteBuffer.allocate(4096);
    many.putInt(0, 0xcafebabe).putInt(4, 0xffffffff);
    Visit.of(MemorySegment.ofBuffer(many), "a fat file of 4,294,967,295 slices");
    ByteBuffer itself = ByteBuffer.allocate(4096);
    itself.putInt(0, 0xcafebabe).putInt(4, 40);
    for (int at = 8; at < 8 + 40 * 20; at += 20) {
      itself.putInt(at, 0x01000007).putInt(at + 4, 3).putInt(at + 8, 0).putInt(at + 12, 4096);
    }
    Visit.of(MemorySegment.ofBuffer(itself), "a fat file whose slices are itself");
    ByteBuffer wide = ByteBuffer.allocate(4096);
    wide.putInt(0, 0xcafebabf).putInt(4, 3).putLong(16, 1L << 63).putLong(24, -1);
    Visit.of(MemorySegment.ofBuffer(wide), "a fat64 file with a slice beyond all ends");
  }

  @Test
  void anArchiveOfNothingButTablesIsWalkedOnce() {
    String header = "%-16s%-12d%-6d%-6d%-8d%-10d`\n".formatted("/", 0, 0, 0, 644, 0);
    String member = header.replaceFirst("^/ ", "/0");
    byte[] bytes = ("!<arch>\n" + header.repeat(9_000) + member.repeat(9_000)).getBytes(US_ASCII);
    Container archive = (Container) Binary.of(MemorySegment.ofArray(bytes), "tables");
    List<Member> members = archive.members();
    assertThat(members).hasSize(9_000);
    for (Member each : members) {
      assertThatThrownBy(each::name).isInstanceOf(MalformedImageException.class);
      assertThatThrownBy(each::binary)
          .isInstanceOfAny(MalformedImageException.class, UnsupportedFormatException.class);
    }
  }

  private static ByteBuffer filled(int size, char with) {
    ByteBuffer text = Elf64.buffer(size);
    for (int i = 1; i < size - 1; i++) {
      text.put(i, (byte) with);
    }
    return text;
  }

  /** A little-endian ELF file made by hand: header, program headers, section headers, then data. */
  private static final class Elf64 {
    private final int sections;
    private final int segments;
    private ByteBuffer bytes;

    Elf64(int sections, int segments) {
      this.sections = sections;
      this.segments = segments;
      bytes = buffer(64 + segments * 56 + sections * 64);
      bytes.put(0, new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
      bytes.putShort(16, (short) 3).putShort(18, (short) 62);
      bytes.putShort(52, (short) 64).putShort(54, (short) 56).putShort(58, (short) 64);
      bytes.putLong(32, segments == 0 ? 0 : 64).putShort(56, (short) segments);
      bytes.putLong(40, sections == 0 ? 0 : 64 + segments * 56L).putShort(60, (short) sections);
      bytes.putShort(62, (short) (sections > 1 ? 1 : 0));
    }

    static ByteBuffer buffer(int size) {
      return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    int size() {
      return bytes.capacity();
    }

    /** Puts data at the end and says where that is. */
    long add(ByteBuffer data) {
      ByteBuffer longer = buffer(bytes.capacity() + data.capacity());
      longer.put(0, bytes, 0, bytes.capacity());
      longer.put(bytes.capacity(), data, 0, data.capacity());
      int start = bytes.capacity();
      bytes = longer;
      return start;
    }

    void section(int index, int type, long offset, long size, int link, int entrySize) {
      int at = 64 + segments * 56 + index * 64;
      bytes.putInt(at, 1).putInt(at + 4, type).putLong(at + 24, offset).putLong(at + 32, size);
      bytes.putInt(at + 40, link).putLong(at + 56, entrySize);
    }

    void segment(int index, int type, long offset, long address, long size) {
      int at = 64 + index * 56;
      bytes.putInt(at, type).putInt(at + 4, 4).putLong(at + 8, offset).putLong(at + 16, address);
      bytes.putLong(at + 32, size).putLong(at + 40, size).putLong(at + 48, 1);
    }

    Image image() {
      assertThat(sections).isBetween(0, 0xfeff);
      return Image.of(MemorySegment.ofBuffer(bytes), "hostile");
    }
  }
}
