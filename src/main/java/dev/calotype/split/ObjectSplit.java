package dev.calotype.split;

import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.emit.ObjectTarget;
import dev.calotype.image.CoffImage;
import dev.calotype.image.Image;
import dev.calotype.image.MachOImage;
import dev.calotype.image.Target;
import dev.calotype.image.elf.ElfFile;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataId;
import dev.calotype.ji.LinkablePairWriter;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Shape;
import dev.calotype.ji.WriteOptions;
import dev.calotype.map.OpenFile;
import dev.calotype.split.coff.CoffObjectPlan;
import dev.calotype.split.elf.ElfObjectPlan;
import dev.calotype.split.macho.MachOObjectPlan;
import dev.calotype.split.object.Layout;
import dev.calotype.split.object.ObjectPass;
import dev.calotype.split.object.ObjectPlan;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A relocatable object and the plan for taking its data out of it. Owns the open file, so that what
 * was planned is what gets written. Nothing is written before {@link #write}. What is done to the
 * object is in {@code docs/splitting.md}.
 *
 * <p>Not safe for use by several threads.
 */
public final class ObjectSplit implements AutoCloseable {
  private static final DataId ANY = new DataId("00".repeat(32));

  private final OpenFile file;
  private final Target target;
  private final Shape shape;
  private final ObjectPlan plan;

  private ObjectSplit(OpenFile file, Target target, Shape shape, ObjectPlan plan) {
    this.file = file;
    this.target = target;
    this.shape = shape;
    this.plan = plan;
  }

  /**
   * Decides what of an object is data that can leave.
   *
   * @param shape how the code is to find its data: slots, hole, or, in ELF, needed
   * @param selection what to move
   * @throws RefusedException if the object can't be split so, with the reason and all that is in
   *     the way
   * @throws dev.calotype.MalformedImageException if it is damaged
   * @throws UnsupportedFormatException if it is of another format
   * @throws IOException if it can't be read
   */
  public static ObjectSplit plan(Path path, Shape shape, ObjectSelection selection)
      throws IOException {
    OpenFile file = OpenFile.open(path);
    try (Arena arena = Arena.ofConfined()) {
      if (CodeObject.isCodeObject(file)) {
        throw new RefusedException(path.toString(), "is a code object already");
      }
      MemorySegment bytes = file.map(arena);
      return file.whileWhole(() -> {
        Image image = Image.of(bytes, path.toString());
        return new ObjectSplit(file, image.target(), shape, plan(image, shape, selection));
      });
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static ObjectPlan plan(Image image, Shape shape, ObjectSelection selection) {
    if (shape == Shape.WITHIN || shape == Shape.DETACHED) {
      throw new RefusedException(
          image.file(), "objects are split as slots, hole or needed, not " + shape.id());
    }
    return switch (image) {
      case ElfFile elf -> ElfObjectPlan.plan(elf, shape, selection);
      case CoffImage coff -> CoffObjectPlan.plan(coff, shape, selection);
      case MachOImage macho -> MachOObjectPlan.plan(macho, shape, selection);
      default ->
          throw new UnsupportedFormatException(
              image.file(), image.format().title() + " as an object to split");
    };
  }

  /** Every section with bytes, in the order of the section table, and where it goes. */
  public List<SectionChoice> choices() {
    return plan.choices();
  }

  /** What the object was made for. */
  public Target target() {
    return target;
  }

  /** How its code will find its data. */
  public Shape shape() {
    return shape;
  }

  /** The size of the object in bytes. */
  public long size() {
    return file.size();
  }

  /** For the shape needed: what the data has to export as a shared object. */
  public List<ExportedSymbol> exports() {
    return plan.exports();
  }

  /**
   * For the shape needed: the data as the shared object that the code is to be linked with, and
   * loaded with. It exports what {@link #exports} says.
   *
   * @param data what {@link #write} wrote; it stays the caller's
   * @throws RefusedException if it is other data, or the object is of a target that has none
   * @throws IOException if it can't be read
   */
  public SharedData shared(DataFile data) throws IOException {
    ObjectTarget triple =
        Arrays.stream(ObjectTarget.values())
            .filter(it -> it.target().equals(target))
            .findFirst()
            .orElseThrow(
                () -> new RefusedException(target.id(), "no data is written for this target"));
    SharedData shared = SharedData.of(data, triple);
    for (ExportedSymbol export : exports()) {
      shared = shared.withExport(export.name(), export.section(), export.offset(), export.size());
    }
    return shared;
  }

  /** Writes both halves; see the longest of these methods. */
  public DataId write(Path data, Path code, WriteOptions options) throws IOException {
    return write(data, code, options, _ -> {});
  }

  /** The same with one origin for both halves. */
  public DataId write(Path data, Path code, WriteOptions options, LongConsumer progress)
      throws IOException {
    return write(data, code, options, options.origin(), progress);
  }

  /**
   * Writes both halves and makes them appear together.
   *
   * @param data where the data file goes; one with the same data that is there stays as it is
   * @param code where the object without its data goes, for a linker
   * @param options the target is recorded whatever it says
   * @param made how the code was made, for its note: what is not so of all code with this data
   * @param progress given the number of bytes read since the last call
   * @return the content id of the data file
   * @throws dev.calotype.FileChangedException if the object was written to meanwhile
   * @throws IOException if a file can't be read or written; nothing is left behind
   */
  public DataId write(
      Path data, Path code, WriteOptions options, Origin made, LongConsumer progress)
      throws IOException {
    WriteOptions targeted = options.withTarget(target.id());
    Origin origin = made.withTarget(target.id());
    Layout layout = plan.layout(note(ANY, origin).length);
    try (LinkablePairWriter pair = LinkablePairWriter.create(data, code, targeted)) {
      DataId id =
          new ObjectPass(file, layout, plan.moved(), pair, progress)
              .write(data1 -> note(data1, origin));
      file.requireUnchanged();
      pair.publish();
      return id;
    }
  }

  private byte[] note(DataId id, Origin origin) {
    try {
      return LinkedNote.unsealed(shape, plan.pageSize(), id, origin)
          .withLinkage(plan.linkage())
          .encode(target.byteOrder());
    } catch (IllegalArgumentException e) {
      throw new RefusedException(file.path().toString(), "its cells and holes make " + e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
