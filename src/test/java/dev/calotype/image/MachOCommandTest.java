package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import dev.calotype.image.MachOImage.RelocationEntry;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Load commands that no linker here writes, in both byte orders, and damaged ones. */
class MachOCommandTest {
  private static final int LC_SYMTAB = 2;
  private static final int LC_DYSYMTAB = 11;
  private static final int LC_UUID = 0x1b;
  private static final int LC_NOTE = 0x31;

  private static ByteOrder order(boolean isBig) {
    return isBig ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void notesHaveTheirOwnerAndTheirData(boolean isBig) {
    MachOImage image =
        new MachOBytes(order(isBig), 6)
            .raw(note(isBig, "calotype", MachOBytes.DATA + 1, 3))
            .raw(note(isBig, "sixteen letters.", MachOBytes.DATA, 1))
            .data((byte) 1, (byte) 2, (byte) 3, (byte) 4)
            .image();
    assertThat(image.notes())
        .extracting(Note::owner)
        .containsExactly("calotype", "sixteen letters.");
    Note first = image.notes().getFirst();
    assertThat(first.type()).isZero();
    assertThat(first.offset()).isEqualTo(MachOBytes.DATA + 1);
    assertThat(first.descriptor().toArray(ValueLayout.JAVA_BYTE)).containsExactly(2, 3, 4);
  }

  @Test
  void aNoteOutsideTheFileIsMalformed() {
    for (long offset : new long[] {MachOBytes.DATA, -1, Long.MAX_VALUE}) {
      MachOImage image =
          new MachOBytes(ByteOrder.LITTLE_ENDIAN, 6).raw(note(false, "x", offset, 5)).image();
      assertThatThrownBy(image::notes)
          .isInstanceOf(MalformedImageException.class)
          .hasMessageContaining("LC_NOTE");
    }
  }

  private static byte[] note(boolean isBig, String owner, long offset, long size) {
    ByteBuffer note = ByteBuffer.allocate(40).order(order(isBig));
    note.putInt(LC_NOTE).putInt(40).put(owner.getBytes(StandardCharsets.US_ASCII)).position(24);
    return note.putLong(offset).putLong(size).array();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyWayToNeedALibraryCountsForOrdinals(boolean isBig) {
    int[] commands = {0xc, 0x80000018, 0x8000001f, 0x20, 0x80000023};
    MachOBytes bytes = new MachOBytes(order(isBig), 6).library(0xd, "/lib/self.dylib");
    for (int command : commands) {
      bytes.library(command, "/lib/%x.dylib".formatted(command));
    }
    int[] ordinals = {1, 2, 3, 4, 5, 0, 254, 255};
    ByteBuffer symbols = ByteBuffer.allocate(16 * ordinals.length + 4).order(order(isBig));
    for (int ordinal : ordinals) {
      symbols.putInt(1).put((byte) 1).put((byte) 0).putShort((short) (ordinal << 8)).putLong(0);
    }
    symbols.put("\0_x\0".getBytes(StandardCharsets.US_ASCII));
    MachOImage image = bytes.command(LC_SYMTAB, symbols(symbols, 16)).data(symbols.array()).image();
    assertThat(image.dylibs())
        .extracting(MachOImage.Dylib::command)
        .containsExactly(
            "LC_LOAD_DYLIB",
            "LC_LOAD_WEAK_DYLIB",
            "LC_REEXPORT_DYLIB",
            "LC_LAZY_LOAD_DYLIB",
            "LC_LOAD_UPWARD_DYLIB");
    assertThat(image.imports())
        .extracting(Import::library)
        .containsExactly(
            Optional.of("/lib/c.dylib"),
            Optional.of("/lib/80000018.dylib"),
            Optional.of("/lib/8000001f.dylib"),
            Optional.of("/lib/20.dylib"),
            Optional.of("/lib/80000023.dylib"),
            Optional.of("/lib/self.dylib"),
            Optional.empty(),
            Optional.empty());
    symbols.putShort(6, (short) (6 << 8));
    MachOImage wrong = bytes.data(symbols.array()).image();
    assertThatThrownBy(() -> wrong.imports().iterator().next())
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("library 6");
  }

  /** Offset and count of the symbols, offset and size of the strings behind them. */
  private static int[] symbols(ByteBuffer data, int entrySize) {
    int strings = data.capacity() / entrySize * entrySize;
    return new int[] {
      MachOBytes.DATA, strings / entrySize, MachOBytes.DATA + strings, data.capacity() - strings
    };
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void relocationsForOldLoadersAreRead(boolean isBig) {
    ByteBuffer data = ByteBuffer.allocate(16).order(order(isBig));
    int external = isBig ? 0x70 : 0x0e << 24;
    int local = isBig ? 1 << 8 | 0x60 : 1 | 0x06 << 24;
    data.putInt(0x10).putInt(external).putInt(0x20).putInt(local);
    int[] fields = new int[18];
    fields[14] = MachOBytes.DATA;
    fields[15] = 1;
    fields[16] = MachOBytes.DATA + 8;
    fields[17] = 1;
    MachOImage image =
        new MachOBytes(order(isBig), 6)
            .segment("__TEXT", 0, 0, 64, 5)
            .segment("__DATA", 0x4000, 0, 64, 3)
            .command(LC_DYSYMTAB, fields)
            .data(data.array())
            .image();
    List<RelocationTable> tables = image.relocations();
    assertThat(tables)
        .extracting(RelocationTable::name)
        .containsExactly("external relocations", "local relocations");
    assertThat(tables).allMatch(table -> table.section().isEmpty() && table.count() == 1);
    RelocationEntry first = (RelocationEntry) tables.getFirst().iterator().next();
    // On x86-64, addresses count from the first segment that can be written to.
    assertThat(first.offset()).isEqualTo(0x4010);
    assertThat(first.isExternal()).isTrue();
    assertThat(first.length()).isEqualTo(8);
    assertThat(first.type()).isEqualTo("X86_64_RELOC_UNSIGNED");
    assertThatThrownBy(first::symbol)
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("symbol 0");
    RelocationEntry second = (RelocationEntry) tables.getLast().iterator().next();
    assertThat(second.offset()).isEqualTo(0x4020);
    assertThat(second.isExternal()).isFalse();
    assertThat(second.symbol()).isEmpty();
    assertThat(second.section()).hasValue(0);
  }

  @Test
  void aCommandOfAnImpossibleSizeHidesOnlyWhatFollows() {
    for (int size : new int[] {0, 4, 7, 10, 1 << 30, -1}) {
      ByteBuffer damaged = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      damaged.putInt(LC_NOTE).putInt(size);
      MachOImage image =
          new MachOBytes(ByteOrder.LITTLE_ENDIAN, 6)
              .command(LC_UUID, 1, 2, 3, 4)
              .library(0xd, "/lib/self.dylib")
              .raw(damaged.array())
              .command(0x99)
              .image();
      assertThat(image.buildId()).hasValue("01000000020000000300000004000000");
      assertThat(image.installName()).hasValue("/lib/self.dylib");
      assertThatThrownBy(image::loadCommands)
          .isInstanceOf(MalformedImageException.class)
          .hasMessageContaining("load command 2");
    }
  }

  @Test
  void aCommandTooShortForItsFieldsIsMalformed() {
    MachOImage image =
        new MachOBytes(ByteOrder.LITTLE_ENDIAN, 6)
            .command(LC_UUID, 1, 2)
            .command(LC_SYMTAB, 1)
            .command(0x19, 1, 2, 3)
            .image();
    assertThat(image.loadCommands()).hasSize(3);
    assertThatThrownBy(image::buildId)
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("LC_UUID");
    assertThatThrownBy(image::symbols)
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("LC_SYMTAB");
    assertThatThrownBy(image::segments)
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("LC_SEGMENT_64");
  }

  @Test
  void commandsWithoutANameHereHaveTheirNumber() {
    MachOImage image =
        new MachOBytes(ByteOrder.LITTLE_ENDIAN, 6).command(0x99).command(0x8000001b).image();
    assertThat(image.loadCommands())
        .extracting(MachOImage.LoadCommand::name)
        .containsExactly("LC_0x99", "LC_0x8000001b");
  }

  @Test
  void moreCommandsThanFitAreMalformedAndAllocateNothing() {
    MachOImage image =
        new MachOBytes(ByteOrder.LITTLE_ENDIAN, 6).command(LC_UUID, 1, 2, 3, 4).image();
    byte[] bytes = image.bytes().toArray(ValueLayout.JAVA_BYTE);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(16, -1);
    Image lying = Image.of(MemorySegment.ofArray(bytes), "lying");
    assertThat(lying.buildId()).isPresent();
    assertThatThrownBy(lying::sections)
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("4294967295 commands");
  }
}
