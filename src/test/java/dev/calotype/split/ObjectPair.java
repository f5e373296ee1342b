package dev.calotype.split;

import dev.calotype.Durability;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataId;
import dev.calotype.ji.DataSection;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Hole;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Shape;
import dev.calotype.ji.SlotRun;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Both halves of an object that tests split.
 *
 * @param data the data file
 * @param code the object without its data
 * @param id the content id of the data
 * @param choices what went where
 * @param exports what the data has to export
 */
record ObjectPair(
    Path data, Path code, DataId id, List<SectionChoice> choices, List<ExportedSymbol> exports) {
  private static final WriteOptions OPTIONS =
      WriteOptions.standard().withReplace(true).withDurability(Durability.FAST);

  /** Splits an object into two files in {@code folder}. */
  static ObjectPair split(Path object, Path folder, Shape shape, ObjectSelection selection)
      throws IOException {
    String name = object.getFileName().toString();
    Path data = folder.resolve(name + ".ji");
    Path code =
        folder.resolve(
            (name.endsWith(".o") ? name.substring(0, name.length() - 2) : name)
                + "."
                + shape.id()
                + ".o");
    try (ObjectSplit split = ObjectSplit.plan(object, shape, selection)) {
      return new ObjectPair(
          data, code, split.write(data, code, OPTIONS), split.choices(), split.exports());
    }
  }

  /** Joins the halves as {@code target}. */
  long join(Path target) throws IOException {
    try (Validity validity = DataFile.check(data, Expectations.none())) {
      return ObjectJoin.join((Validity.Fresh) validity, code, target, OPTIONS, _ -> {});
    }
  }

  /** The names of what moved. */
  List<String> moved() {
    return choices.stream().filter(SectionChoice::moves).map(SectionChoice::name).toList();
  }

  /**
   * What a loader has to do with the linked library, as arguments of bind.c.
   *
   * @param base what is added to the note's addresses
   */
  List<String> bindings(Path library, long base) throws IOException {
    LinkedNote note = (LinkedNote) CodeObject.readNote(library).orElseThrow();
    List<String> bindings = new ArrayList<>();
    try (Validity validity = DataFile.check(data, Expectations.none())) {
      DataFile file = ((Validity.Fresh) validity).data();
      for (Hole hole : note.holes()) {
        DataSection section = file.section(hole.section()).orElseThrow();
        bindings.addAll(
            List.of(
                "hole", base + hole.address() + "", section.offset() + "", section.size() + ""));
      }
      for (SlotRun run : note.slots()) {
        long section = file.section(run.section()).orElseThrow().offset();
        long cell = base + run.address();
        for (long offset : run.offsets()) {
          bindings.addAll(List.of("cell", cell + "", section + offset + ""));
          cell += 8;
        }
      }
    }
    return bindings;
  }
}
