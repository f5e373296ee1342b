package dev.calotype.split;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Zeros;
import dev.calotype.emit.ObjectTarget;
import dev.calotype.image.Format;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataId;
import dev.calotype.ji.DataNote;
import dev.calotype.ji.DataSection;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.publish.Publication;
import dev.calotype.split.elf.ElfSharedData;
import dev.calotype.split.elf.ElfSharedData.Machine;
import dev.calotype.split.elf.ElfSharedData.Symbol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * A data file as an ELF shared object that exports its data, for code of the shape {@link
 * dev.calotype.ji.Shape#NEEDED}. It is a data file still: {@link DataFile#check} takes it, and it
 * has the same id. docs/containers.md, "Needed".
 *
 * <pre>{@code
 * SharedData shared = SharedData.of(fresh.data(), ObjectTarget.X86_64_LINUX)
 *     .withName("libtables")
 *     .withExport("table", ".rodata", 0, 4096);
 * shared.write(folder.resolve(shared.soname()), false);
 * }</pre>
 *
 * <p>Immutable. The data file stays the caller's, and open until the last {@link #write}.
 */
public final class SharedData {
  private final DataFile data;
  private final ObjectTarget target;
  private final String name;
  private final Map<String, Symbol> exports;

  private SharedData(DataFile data, ObjectTarget target, String name, Map<String, Symbol> exports) {
    this.data = data;
    this.target = target;
    this.name = name;
    this.exports = exports;
  }

  /**
   * A shared object that exports nothing yet, named after the data file.
   *
   * @throws RefusedException if the target is no 64-bit ELF one
   */
  public static SharedData of(DataFile data, ObjectTarget target) {
    if (target.target().format() != Format.ELF || target.target().bits() != 64) {
      throw new RefusedException(
          target.triple(), "only 64-bit ELF has shared objects around data files");
    }
    Path file = data.file().path().getFileName();
    String name = file == null ? "data" : file.toString();
    int dot = name.indexOf('.', 1);
    return new SharedData(data, target, dot < 0 ? name : name.substring(0, dot), Map.of());
  }

  /**
   * The same under another name.
   *
   * @param name what {@link #soname} starts with; neither empty nor with a NUL or a {@code /}
   */
  public SharedData withName(String name) {
    if (name.isEmpty() || name.indexOf('\0') >= 0 || name.indexOf('/') >= 0) {
      throw new IllegalArgumentException("a library named '%s'".formatted(name));
    }
    return new SharedData(data, target, name, exports);
  }

  /**
   * The same, exporting a range of a section.
   *
   * @param symbol what code knows it by
   * @param offset where it starts in the section, in bytes
   * @param size how many bytes it has
   * @throws RefusedException if there is no such section, or it is packed, or shorter, or the
   *     symbol is exported already
   * @throws IOException if the data file can't be read
   */
  public SharedData withExport(String symbol, String section, long offset, long size)
      throws IOException {
    Map<String, Symbol> more = copyOfExports();
    addExport(more, symbol, section, offset, size);
    return new SharedData(data, target, name, more);
  }

  private Map<String, Symbol> copyOfExports() {
    Map<String, Symbol> copy = new TreeMap<>(SharedData::compareBytes);
    copy.putAll(exports);
    return copy;
  }

  private void addExport(
      Map<String, Symbol> all, String symbol, String section, long offset, long size)
      throws IOException {
    DataSection found =
        data.section(section)
            .orElseThrow(() -> refused("has no section %s to export from".formatted(section)));
    if (symbol.isEmpty() || symbol.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a symbol named '%s'".formatted(symbol));
    }
    if (found.isPacked()) {
      throw refused("section %s is packed, so no code can use it in place".formatted(section));
    }
    if (offset < 0 || size < 0 || offset > found.size() || size > found.size() - offset) {
      throw refused(
          "section %s has no bytes %d+%d for %s".formatted(section, offset, size, symbol));
    }
    Symbol added = new Symbol(symbol, found.offset() - data.base() + offset, size);
    if (all.put(symbol, added) != null) {
      throw refused("%s would be exported twice".formatted(symbol));
    }
  }

  /**
   * The same, exporting each section that is not packed, under its name with {@code _} for what may
   * not be in a name of C.
   *
   * @throws RefusedException if two sections would have one name
   * @throws IOException if the data file can't be read
   */
  public SharedData withAllSections() throws IOException {
    Map<String, Symbol> all = copyOfExports();
    for (DataSection section : data.sections()) {
      if (!section.isPacked()) {
        String symbol = section.name().replaceAll("[^A-Za-z0-9_]", "_");
        addExport(
            all,
            Character.isDigit(symbol.charAt(0)) ? "_" + symbol : symbol,
            section.name(),
            0,
            section.size());
      }
    }
    return new SharedData(data, target, name, all);
  }

  /** The names of what is exported, in the order of their bytes. */
  public List<String> exports() {
    return List.copyOf(exports.keySet());
  }

  /**
   * The name that code which is linked with it needs it by, and that its file should have: the name
   * and the first 16 digits of the data id.
   */
  public String soname() {
    return "%s-%s.so".formatted(name, data.id().hex().substring(0, 16));
  }

  /** Writes it. See {@link #write(Path, boolean, LongConsumer)}. */
  public DataId write(Path file, boolean replace) throws IOException {
    return write(file, replace, _ -> {});
  }

  /**
   * Writes it durably: it appears whole or not at all. What is copied is not verified, and damaged
   * data stays damaged, as its digests tell.
   *
   * @param replace whether a file that is there may be replaced
   * @param progress given the number of bytes read since the last call
   * @return the content id, that of the data file
   * @throws dev.calotype.FileChangedException if the data file was written to meanwhile
   * @throws IOException if a file can't be read or written; nothing is left behind
   */
  public DataId write(Path file, boolean replace, LongConsumer progress) throws IOException {
    ElfSharedData layout = layout();
    try (Publication out = Publication.beside(file, replace)) {
      out.write(layout.head());
      out.align(ElfSharedData.BASE);
      copy(data, out, progress);
      out.align(8);
      out.write(layout.tail());
      data.file().requireUnchanged();
      out.publish(Durability.DURABLE);
    }
    return data.id();
  }

  /**
   * Whether a file is what {@link #write} would write, up to the last byte.
   *
   * @throws IOException if it can't be read
   */
  public boolean isWritten(Path file) throws IOException {
    Expectations all = Expectations.none().withTier(Tier.FULL).withDataId(data.id());
    try (Validity validity = DataFile.check(file, all)) {
      return validity instanceof Validity.Fresh fresh && SharedDataProof.isOf(this, fresh.data());
    }
  }

  /** What comes before the data. */
  byte[] head() {
    return layout().head();
  }

  /** What comes behind it. */
  byte[] tail() {
    return layout().tail();
  }

  /** The same, exporting a range of the data file, whatever is there. */
  SharedData withSymbol(String symbol, long offset, long size) {
    Map<String, Symbol> more = new TreeMap<>(SharedData::compareBytes);
    more.putAll(exports);
    more.put(symbol, new Symbol(symbol, offset, size));
    return new SharedData(data, target, name, more);
  }

  private ElfSharedData layout() {
    List<Symbol> symbols = new ArrayList<>(exports.values());
    DataNote note =
        DataNote.of(
            ElfSharedData.BASE,
            data.size(),
            symbols.stream()
                .map(it -> new DataNote.Exported(it.name(), it.offset(), it.size()))
                .toList());
    return new ElfSharedData(
        new Machine(target.machine(), target.variant(), target.target().byteOrder()),
        symbols,
        soname(),
        data.size(),
        note.encode(target.target().byteOrder()),
        DataNote.OFFSET);
  }

  /** Copies a data file, wherever it lies; its gaps stay gaps. */
  static void copy(DataFile data, Publication out, LongConsumer progress) throws IOException {
    byte[] buffer = new byte[Chunks.SIZE];
    for (long at = 0; at < data.size(); at += buffer.length) {
      int length = (int) Math.min(buffer.length, data.size() - at);
      data.file().readFully(data.base() + at, buffer, 0, length);
      if (Zeros.fill(buffer, 0, length)) {
        out.skip(length);
      } else {
        out.write(buffer, 0, length);
      }
      progress.accept(length);
    }
  }

  private RefusedException refused(String reason) {
    return new RefusedException(data.file().path().toString(), reason);
  }

  private static int compareBytes(String a, String b) {
    return Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }
}
