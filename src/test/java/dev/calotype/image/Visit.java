package dev.calotype.image;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Asks everything there is to ask of a file, through the public API and each question for itself.
 * What answers with anything but an answer or a declared exception fails with the input's
 * description. Needs no test library, so that it runs in child JVMs.
 */
public final class Visit {
  /** Questions asked of one file; what is left out is counted as cut. */
  private static final long MOST_QUESTIONS = 200_000;

  /** Entries of one table that are asked; a packed table can have many times its bytes. */
  private static final int MOST_ENTRIES = 5_000;

  private final String description;
  private long asked;
  private long answered;
  private long malformed;
  private long unsupported;
  private boolean opened;
  private boolean cut;

  /** Every answer goes in here, so that none is optimised away. */
  private long sink;

  private Visit(String description) {
    this.description = description;
  }

  /**
   * Asks everything.
   *
   * @param description what the bytes are, so that they can be made again
   */
  public static Visit of(MemorySegment bytes, String description) {
    Visit visit = new Visit(description);
    visit.binary(() -> Binary.of(bytes, "input"));
    visit.opened = visit.answered != 0;
    visit.parts(bytes);
    return visit;
  }

  /** How many questions there were. */
  public long asked() {
    return asked;
  }

  /** How many were answered. */
  public long answered() {
    return answered;
  }

  /** How many were answered by a {@link MalformedImageException}. */
  public long malformed() {
    return malformed;
  }

  /** How many were answered by an {@link UnsupportedFormatException}. */
  public long unsupported() {
    return unsupported;
  }

  /** Whether it was opened and nothing in it found malformed. */
  public boolean isWhole() {
    return opened && malformed == 0;
  }

  /** Whether it was of a length that left questions unasked. */
  public boolean isCut() {
    return cut;
  }

  private void binary(Supplier<Binary> source) {
    Binary[] opened = new Binary[1];
    ask(() -> opened[0] = source.get());
    if (opened[0] == null) {
      return;
    }
    Binary binary = opened[0];
    text(binary::file);
    text(() -> binary.format().id());
    text(binary::type);
    bytes(binary::bytes);
    switch (binary) {
      case Image image -> image(image);
      case Container container -> container(container);
    }
  }

  private void container(Container container) {
    each(
        container::members,
        member -> {
          text(member::name);
          number(member::headerOffset);
          number(member::offset);
          number(member::size);
          ask(() -> sink += member.isExternal() ? 1 : 0);
          bytes(member::bytes);
          binary(member::binary);
        });
    each(container::symbolIndex, symbol -> sink += symbol.name().length() + symbol.memberOffset());
    ask(() -> sink += container.member("no such member").isPresent() ? 1 : 0);
  }

  private void image(Image image) {
    text(() -> image.target().id());
    each(image::sections, this::section);
    each(image::segments, this::segment);
    symbols(image::symbols);
    symbols(image::dynamicSymbols);
    each(image::relocations, this::relocations);
    each(image::exports, export -> sink += export.name().length() + export.address());
    each(image::imports, wanted -> sink += wanted.name().length() + wanted.library().hashCode());
    each(
        image::notes,
        note -> {
          sink += note.owner().length() + note.type() + note.offset();
          bytes(note::descriptor);
        });
    ask(() -> sink += image.buildId().hashCode());
    each(image::needed, name -> sink += name.length());
    ask(() -> sink += image.section(".no such section").isPresent() ? 1 : 0);
    ask(() -> sink += image.section(".text").map(Section::index).orElse(0));
    switch (image) {
      case ElfImage elf -> elf(elf);
      case MachOImage macho -> machO(macho);
      case CoffImage coff -> coff(coff);
      case PeImage pe -> pe(pe);
    }
  }

  private void section(Section section) {
    number(section::index);
    text(section::name);
    text(section::qualifiedName);
    text(section::type);
    number(section::flags);
    number(section::address);
    number(section::offset);
    number(section::size);
    number(section::fileSize);
    number(section::alignment);
    ask(() -> sink += section.isLoaded() || section.isWritable() || section.isExecutable() ? 1 : 0);
    bytes(section::bytes);
    ask(() -> section.compression().ifPresent(compression -> bytes(compression::bytes)));
  }

  private void segment(Segment segment) {
    number(segment::index);
    text(segment::name);
    text(segment::type);
    number(segment::flags);
    number(segment::address);
    number(segment::offset);
    number(segment::fileSize);
    number(segment::size);
    number(segment::alignment);
    text(segment::protection);
    ask(() -> sink += segment.isLoaded() ? 1 : 0);
    bytes(segment::bytes);
  }

  private void symbols(Supplier<SymbolTable> table) {
    ask(() -> sink += table.get().count());
    ask(() -> sink += table.get().find("no such symbol").isPresent() ? 1 : 0);
    each(table, this::symbol);
  }

  private void symbol(Symbol symbol) {
    number(symbol::index);
    text(symbol::name);
    bytes(symbol::nameBytes);
    number(symbol::value);
    number(symbol::size);
    text(symbol::type);
    text(symbol::binding);
    ask(() -> sink += symbol.isDefined() || symbol.isGlobal() ? 1 : 0);
    ask(() -> sink += symbol.section().orElse(0));
  }

  private void relocations(RelocationTable table) {
    text(table::name);
    ask(() -> sink += table.section().orElse(0));
    number(table::count);
    each(
        () -> table,
        relocation -> {
          number(relocation::offset);
          number(relocation::typeNumber);
          text(relocation::type);
          ask(() -> sink += relocation.symbol().map(Symbol::name).orElse("").length());
          ask(() -> sink += relocation.addend().orElse(0));
        });
  }

  private void elf(ElfImage image) {
    number(image::fileType);
    number(image::machine);
    number(image::osAbi);
    number(image::flags);
    number(image::entryPoint);
    ask(() -> sink += image.interpreter().hashCode());
    ask(() -> sink += image.soname().hashCode());
    ask(() -> sink += image.runPath().hashCode());
    each(image::dynamicEntries, entry -> sink += entry.tag() + entry.value());
    each(image::neededVersions, version -> sink += version.hashCode());
    each(image::definedVersions, version -> sink += version.hashCode());
  }

  private void machO(MachOImage image) {
    number(image::fileType);
    number(image::cpuType);
    number(image::cpuSubtype);
    number(image::flags);
    each(
        image::loadCommands,
        command -> {
          sink += command.index() + command.name().length() + command.offset();
          bytes(command::bytes);
        });
    ask(() -> sink += image.installName().hashCode());
    each(image::dylibs, dylib -> sink += dylib.hashCode());
    ask(() -> sink += image.buildVersion().hashCode());
    for (String command :
        List.of(
            "LC_CODE_SIGNATURE",
            "LC_DYLD_CHAINED_FIXUPS",
            "LC_DYLD_EXPORTS_TRIE",
            "LC_FUNCTION_STARTS")) {
      ask(() -> image.linkEditData(command).ifPresent(data -> bytes(data::bytes)));
    }
  }

  private void coff(CoffImage image) {
    number(image::machine);
    number(image::characteristics);
    number(image::timeDateStamp);
    ask(() -> sink += image.isBigObject() ? 1 : 0);
    ask(() -> sink += image.importObject().hashCode());
  }

  private void pe(PeImage image) {
    number(image::machine);
    number(image::characteristics);
    number(image::timeDateStamp);
    number(image::entryPoint);
    number(image::imageBase);
    number(image::sectionAlignment);
    number(image::fileAlignment);
    number(image::sizeOfImage);
    number(image::subsystem);
    number(image::dllCharacteristics);
    each(image::dataDirectories, directory -> sink += directory.address() + directory.size());
    ask(() -> sink += image.exportName().hashCode());
    each(image::delayNeeded, name -> sink += name.length());
    ask(() -> sink += image.pdb().hashCode());
  }

  /** The short way to a part says no more than the long one. */
  private void parts(MemorySegment bytes) {
    for (Part part :
        List.of(
            Part.section(".text"),
            Part.section(".symtab"),
            Part.section(".no such section"),
            Part.section("__TEXT,__text"),
            Part.section("__data"),
            Part.segment("LOAD"),
            Part.segment("NOTE"),
            Part.segment("__LINKEDIT"),
            Part.segment(".text"))) {
      ask(() -> {
        if (part.findIn(bytes, "input")) {
          sink += part.address();
          touch(bytes.asSlice(part.offset(), part.size()));
        }
      });
    }
  }

  private void text(Supplier<String> question) {
    ask(() -> sink += question.get().length());
  }

  private void number(Supplier<? extends Number> question) {
    ask(() -> sink += question.get().longValue());
  }

  private void bytes(Supplier<MemorySegment> question) {
    ask(() -> touch(question.get()));
  }

  /** Reads the ends of what was given: it has to be there. */
  private void touch(MemorySegment bytes) {
    if (bytes.byteSize() != 0) {
      sink += bytes.get(JAVA_BYTE, 0) + bytes.get(JAVA_BYTE, bytes.byteSize() - 1);
    }
  }

  private <T> void each(Supplier<? extends Iterable<? extends T>> source, Consumer<T> use) {
    ask(() -> {
      int entries = 0;
      for (T entry : source.get()) {
        if (entries++ == MOST_ENTRIES || asked > MOST_QUESTIONS) {
          cut = true;
          return;
        }
        ask(() -> use.accept(entry));
      }
    });
  }

  private void ask(Runnable question) {
    asked++;
    try {
      question.run();
      answered++;
    } catch (MalformedImageException e) {
      requireDescribed(e.file(), e.structure(), e.actual(), e.expected());
      malformed++;
    } catch (UnsupportedFormatException e) {
      requireDescribed(e.file(), e.found());
      unsupported++;
    } catch (Undeclared e) {
      throw e;
    } catch (RuntimeException | Error e) {
      throw new Undeclared(description, e);
    }
  }

  private void requireDescribed(String... texts) {
    for (String text : texts) {
      if (text.isBlank()) {
        throw new Undeclared(description, new IllegalStateException("an exception without words"));
      }
    }
  }

  /** A question was answered by something else than an answer or a declared exception. */
  @SuppressWarnings("serial")
  static final class Undeclared extends RuntimeException {
    Undeclared(String description, Throwable cause) {
      super(description, cause);
    }
  }
}
