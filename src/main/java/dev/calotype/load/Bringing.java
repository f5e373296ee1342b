package dev.calotype.load;

import dev.calotype.RefusedException;
import dev.calotype.ji.CodeFunction;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataSection;
import dev.calotype.ji.Hole;
import dev.calotype.ji.ImportCell;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Shape;
import dev.calotype.ji.SlotRun;
import dev.calotype.ji.Validity;
import dev.calotype.map.OpenFile;
import dev.calotype.os.Descriptor;
import dev.calotype.os.Functions;
import dev.calotype.os.MappedFile;
import dev.calotype.os.Mapping;
import dev.calotype.os.MemoryFile;
import dev.calotype.split.Join;
import dev.calotype.split.SharedDataProof;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/** One load of a pair that can be connected: docs/loading.md, "Steps" from 4 on. */
final class Bringing {
  private final Validity.Fresh data;
  private final Validity.FreshCode code;
  private final Imports imports;
  private final Arena arena;
  private final Closing closing;
  private final String name;

  Bringing(
      Validity.Fresh data,
      Validity.FreshCode code,
      Imports imports,
      Arena arena,
      Closing closing,
      String name) {
    this.data = data;
    this.code = code;
    this.imports = imports;
    this.arena = arena;
    this.closing = closing;
    this.name = name;
  }

  LoadedCode bring() throws IOException {
    if (!(code.code().note() instanceof LinkedNote note)) {
      return bringDetached();
    }
    code.code().verify(_ -> {});
    ElfRules rules = ElfRules.of(code.code().file());
    require(note, rules);
    Optional<VerifiedLibrary> container =
        note.shape() == Shape.NEEDED ? Optional.of(openContainer(rules)) : Optional.empty();
    VerifiedLibrary opened = open(rules);
    if (container.isPresent()) {
      requireBound(opened, container.get());
    }
    long base = opened.library().base();
    for (Hole hole : note.holes()) {
      fill(hole, base);
    }
    for (SlotRun run : note.slots()) {
      fill(run, base);
    }
    for (ImportCell cell : note.imports()) {
      Functions.memory(base + cell.address(), Long.BYTES)
          .set(ValueLayout.JAVA_LONG, 0, imports.address(cell, arena));
    }
    return loaded(opened, rules, note.functions());
  }

  /** The code as a library with cells of its own. */
  private VerifiedLibrary open(ElfRules rules) throws IOException {
    VerifiedLibrary opened = open(code.code().file(), rules, name);
    return opened.library().isNew()
        ? opened
        : open(PrivateCopy.of(code, closing).code().file(), rules, name);
  }

  private VerifiedLibrary open(OpenFile file, ElfRules rules, String name) throws IOException {
    Descriptor descriptor = closing.add(Descriptor.of(file.newDescriptor()));
    VerifiedLibrary opened = VerifiedLibrary.open(descriptor, rules, name);
    closing.add(opened.library());
    return opened;
  }

  private LoadedCode bringDetached() throws IOException {
    MemoryFile joined = closing.add(new MemoryFile("calotype"));
    Join.join(data, code, joined, _ -> {});
    joined.seal();
    try (OpenFile file = OpenFile.open(joined.path())) {
      ElfRules rules = ElfRules.of(file);
      return loaded(open(file, rules, name), rules, List.of());
    }
  }

  private LoadedCode loaded(VerifiedLibrary opened, ElfRules rules, List<CodeFunction> functions) {
    return new LoadedCode(opened.library(), arena, functions, rules.staysLoaded());
  }

  /** What the shape does not go with. */
  private void require(LinkedNote note, ElfRules rules) throws IOException {
    if (!note.holes().isEmpty()) {
      if (!rules.runsFirst().isEmpty()) {
        throw refused(
            "code of it would run before its data is mapped: %s (link it without start files and"
                    .formatted(String.join(", ", rules.runsFirst()))
                + " constructors)");
      }
      if (rules.staysLoaded().isPresent()) {
        throw refused("it would stay in memory without its data: " + rules.staysLoaded().get());
      }
    }
    if (note.shape() == Shape.NEEDED && data.data().base() == 0) {
      throw refused(
          "it needs its data as a shared object (split --as needed and embed make it), and %s is none"
              .formatted(data.file()));
    }
    if (note.shape() == Shape.WITHIN && !code.code().file().isSame(data.data().file())) {
      throw refused("its data is within it, not in %s".formatted(data.file()));
    }
  }

  private VerifiedLibrary openContainer(ElfRules code) throws IOException {
    DataFile file = data.data();
    SharedDataProof.require(file);
    ElfRules rules = ElfRules.of(file.file());
    VerifiedLibrary opened = open(file.file(), rules, data.file().toString());
    String id = file.id().hex().substring(0, 16);
    if (code.needed().stream().noneMatch(needed -> needed.contains(id))) {
      throw refused(
          "it needs no library with %s in its name, as its data would have".formatted(id));
    }
    return opened;
  }

  /** Another library of that name may have been there first. */
  private void requireBound(VerifiedLibrary opened, VerifiedLibrary container) throws IOException {
    Optional<String> symbol = ElfRules.of(data.data().file()).exported();
    if (symbol.isEmpty()) {
      return;
    }
    Optional<MemorySegment> found = opened.library().find(symbol.get());
    MappedFile file =
        found.isPresent() ? MemoryMaps.fileAt(found.get().address()) : MappedFile.NONE;
    if (!file.equals(container.file())) {
      throw refused(
          "%s is of file '%s', not of '%s'".formatted(symbol.get(), file, container.file()));
    }
  }

  private void fill(Hole hole, long base) throws IOException {
    DataSection section = section(hole.section());
    if (section.size() == 0) {
      return;
    }
    try (Descriptor descriptor = Descriptor.of(data.data().file().newDescriptor())) {
      Mapping.over(descriptor.number(), section.offset(), section.size(), base + hole.address());
    }
  }

  private void fill(SlotRun run, long base) throws IOException {
    long start = section(run.section()).map(arena).address();
    MemorySegment cells = Functions.memory(base + run.address(), run.size());
    for (int i = 0; i < run.offsets().size(); i++) {
      cells.setAtIndex(ValueLayout.JAVA_LONG, i, start + run.offsets().get(i));
    }
  }

  private DataSection section(String section) throws IOException {
    return data.data().section(section).orElseThrow();
  }

  private RefusedException refused(String reason) {
    return new RefusedException(name, reason);
  }
}
