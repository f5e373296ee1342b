package dev.calotype.split;

import dev.calotype.RefusedException;
import dev.calotype.emit.ObjectTarget;
import dev.calotype.emit.OutputOptions;
import dev.calotype.emit.Payload;
import dev.calotype.emit.Wrap;
import dev.calotype.image.ElfImage;
import dev.calotype.image.Format;
import dev.calotype.image.Image;
import dev.calotype.image.Target;
import dev.calotype.ji.Cause;
import dev.calotype.ji.CodeNote;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Seal;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Validity;
import dev.calotype.map.OpenFile;
import dev.calotype.publish.WorkFolder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Links objects to a code object of a data file, with a linker that is on the machine, and seals
 * it. What load relies on is proven from the finished file before it appears: see docs/linking.md.
 *
 * <p>Immutable: start with {@link #of}, add with the {@code with} methods. Safe for use by several
 * threads.
 */
public final class Link {
  private static final long ELF_PAGE_SIZE = 65_536;

  /** A page of Windows. */
  private static final int COFF_ALIGNMENT = 4096;

  private final DataFile data;
  private final Draft all;

  private Link(DataFile data, Draft draft) {
    this.data = data;
    this.all = draft;
  }

  /**
   * A plan to link.
   *
   * @param data what the code belongs to; has to stay open while this is used
   * @param inputs objects, and whatever else the linker takes, in its order
   */
  public static Link of(Validity.Fresh data, List<Path> inputs) {
    Draft draft = new Draft();
    draft.inputs = List.copyOf(inputs);
    return new Link(data.data(), draft);
  }

  /**
   * The same, for that shape. Without it, it is that of the objects' note, or slots.
   *
   * @throws IllegalArgumentException if it is {@link Shape#DETACHED}, which no linker makes
   */
  public Link withShape(Shape shape) {
    if (shape == Shape.DETACHED) {
      throw new IllegalArgumentException("no linker makes detached code");
    }
    Draft draft = new Draft(all);
    draft.shape = Optional.of(shape);
    return new Link(data, draft);
  }

  /**
   * The same, laid out for pages of up to that size. Without it, it is that of the objects' note,
   * or 64 KiB in ELF and any elsewhere.
   *
   * @param bytes a power of two, or 0 for any
   */
  public Link withPageSize(long bytes) {
    Draft draft = new Draft(all);
    draft.pageSize = OptionalLong.of(bytes);
    return new Link(data, draft);
  }

  /** The same with that linker. */
  public Link withLinker(Linker linker) {
    Draft draft = new Draft(all);
    draft.linker = Optional.of(linker);
    return new Link(data, draft);
  }

  /** The same with the preferred one of these linkers, instead of those on the {@code PATH}. */
  public Link withLinkers(Linkers linkers) {
    Draft draft = new Draft(all);
    draft.linkers = linkers;
    return new Link(data, draft);
  }

  /** The same with more arguments of the linker, after those of before. */
  public Link withArguments(List<String> more) {
    Draft draft = new Draft(all);
    draft.arguments = Stream.concat(all.arguments.stream(), more.stream()).toList();
    return new Link(data, draft);
  }

  /**
   * The same, recording compiler, features and options in the note. The target is recorded whatever
   * it says. For objects without a note: in one, all that is recorded already.
   */
  public Link withOrigin(Origin origin) {
    Draft draft = new Draft(all);
    draft.origin = origin;
    return new Link(data, draft);
  }

  /**
   * Links, proves, seals and publishes.
   *
   * @param target where the code object goes
   * @param options whether it may replace a file, and how durable it is
   * @throws RefusedException if the objects do not fit each other, the data or the shape; if there
   *     is no linker; or if what it made lacks what load relies on
   * @throws LinkerFailedException if the linker ended with an error
   * @throws dev.calotype.MalformedImageException if an object is damaged
   * @throws IOException if a file can't be read or written, or the thread is interrupted; nothing
   *     is left behind
   */
  public Linked write(Path target, OutputOptions options) throws IOException {
    LinkInput input = LinkInput.read(all.inputs);
    LinkedNote note = note(input);
    requireShape(note.shape(), input.target(), target);
    Linker linker =
        all.linker.isPresent() ? all.linker.get() : all.linkers.best(input.target(), note.shape());
    LinkArguments arguments = new LinkArguments(linker, input.target(), note.shape());
    Optional<String> soname =
        note.shape() == Shape.NEEDED ? Optional.of(soname()) : Optional.empty();
    try (WorkFolder folder = WorkFolder.beside(target, options.replace())) {
      Path output = folder.resolve(String.valueOf(target.getFileName()));
      arguments
          .start(output, pages(note), input.minimumVersion())
          .more(all.arguments)
          .more(all.inputs.stream().map(Path::toString).toList());
      boolean embeds = note.shape() == Shape.WITHIN && input.target().format() == Format.ELF;
      if (input.note().isEmpty() && !embeds) {
        Path object = folder.resolve(".note.o");
        writeNote(note, input.target(), object);
        arguments.more(List.of(object.toString()));
      }
      if (soname.isPresent()) {
        arguments.needed(data.file().path());
      }
      if (note.shape() == Shape.WITHIN && !embeds) {
        within(arguments, input.target(), folder.resolve(".data.o"));
      }
      String messages = LinkerRun.run(arguments.command(), linker.kind(), target, folder);
      if (!Files.isRegularFile(output, LinkOption.NOFOLLOW_LINKS)) {
        throw new RefusedException(
            linker.program().toString(), "it succeeded and made nothing: " + messages.strip());
      }
      LinkProof proof = new LinkProof(target, note, input.target(), soname);
      LinkedNote sealed;
      if (embeds) {
        proof.proveImage(output);
        sealed = Embed.within(output, data, target, all.origin, options.replace(), _ -> {});
      } else {
        proof.prove(output);
        sealed = Seal.seal(output, target, options.durability(), options.replace());
      }
      return new Linked(target, sealed, linker, arguments.command(), messages);
    }
  }

  /** Has the linker put the data into the image: docs/containers.md, "Within". */
  private void within(LinkArguments arguments, Target target, Path object) throws IOException {
    Path file = data.file().path();
    if (data.base() != 0) {
      throw new RefusedException(file.toString(), "the data is in a container already");
    }
    if (target.format() == Format.MACHO) {
      arguments.section("__CALJI", "__ji", file);
      return;
    }
    Wrap.kept(objectTarget(target), "calotype_data")
        .withSection(".calji")
        .withAlignment(COFF_ALIGNMENT)
        .write(Payload.of(file), object, OutputOptions.standard());
    arguments.fileAlignment(COFF_ALIGNMENT).more(List.of(object.toString()));
  }

  /** The objects' note, which has to be of this data, or a new one. */
  private LinkedNote note(LinkInput input) {
    if (input.note().isEmpty()) {
      // A linked COFF object is a PE image.
      String linked = input.target().id().replace("-coff", "-pe");
      long any = input.target().format() == Format.ELF ? ELF_PAGE_SIZE : 0;
      return LinkedNote.unsealed(
          all.shape.orElse(Shape.SLOTS),
          all.pageSize.orElse(any),
          data.id(),
          all.origin.withTarget(linked));
    }
    LinkedNote note = input.note().get();
    String object = Objects.toString(input.noteObject().orElse(null));
    if (!all.origin.features().isEmpty()
        || !all.origin.options().isEmpty()
        || !all.origin.compiler().isEmpty()) {
      throw new RefusedException(
          object,
          "has a note that says how it was made: compiler, options and features are for split");
    }
    if (!note.dataId().equals(data.id())) {
      throw new RefusedException(
          object,
          "%s: it belongs to data %s, not to %s of %s"
              .formatted(
                  Cause.Code.CODE_DATA_ID.id(),
                  note.dataId().shortHex(),
                  data.id().shortHex(),
                  data.file().path()));
    }
    if (note.shape() == Shape.WITHIN && input.target().format() == Format.ELF) {
      throw new RefusedException(
          object, "has a note, but ELF gets it with the data when it is finished");
    }
    if (all.shape.isPresent() && all.shape.get() != note.shape()) {
      throw new RefusedException(
          object,
          "its note is of shape %s, not %s".formatted(note.shape().id(), all.shape.get().id()));
    }
    if (all.pageSize.isPresent() && all.pageSize.getAsLong() != note.pageSize()) {
      throw new RefusedException(
          object,
          "its note is for pages of %d bytes, not %d"
              .formatted(note.pageSize(), all.pageSize.getAsLong()));
    }
    return note;
  }

  private static long pages(LinkedNote note) {
    long floor = note.shape() == Shape.HOLE ? HoleProof.PAGE : 0;
    return note.pageSize() == 0 ? ELF_PAGE_SIZE : Math.max(floor, note.pageSize());
  }

  private static void requireShape(Shape shape, Target target, Path file) {
    boolean onlyElf = shape == Shape.HOLE || shape == Shape.NEEDED;
    if (onlyElf && target.format() != Format.ELF) {
      throw new RefusedException(
          file.toString(), "the shape %s is not linked for %s".formatted(shape.id(), target.id()));
    }
  }

  private void writeNote(LinkedNote note, Target target, Path object) throws IOException {
    byte[] bytes = note.encode(target.byteOrder());
    Wrap.note(objectTarget(target), CodeNote.section(target.format()))
        .write(Payload.of(MemorySegment.ofArray(bytes), "note"), object, OutputOptions.standard());
  }

  private static ObjectTarget objectTarget(Target target) {
    return Stream.of(ObjectTarget.values())
        .filter(candidate -> candidate.target().equals(target))
        .findFirst()
        .orElseThrow(
            () -> new RefusedException(target.id(), "no note object is written for this target"));
  }

  /** The name under which the data is needed: it has to be a shared object, too. */
  private String soname() throws IOException {
    OpenFile file = data.file();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = file.map(arena);
      String name = file.path().toString();
      Optional<String> soname =
          file.whileWhole(() ->
              isElf(bytes) && Image.of(bytes, name) instanceof ElfImage elf
                  ? elf.soname()
                  : Optional.empty());
      return soname.orElseThrow(() ->
          new RefusedException(
              name,
              "it is no shared object, so no code can need it: split --as needed and embed make"
                  + " one"));
    }
  }

  private static boolean isElf(MemorySegment bytes) {
    return bytes.byteSize() > 4
        && bytes.get(ValueLayout.JAVA_BYTE, 0) == 0x7f
        && bytes.get(ValueLayout.JAVA_BYTE, 1) == 'E';
  }

  /** The fields, written only before they are given to a constructor. */
  private static final class Draft {
    List<Path> inputs = List.of();

    /** Empty for the note's in the objects, or slots. */
    Optional<Shape> shape = Optional.empty();

    /** Empty for the note's in the objects, or what is usual in the format. */
    OptionalLong pageSize = OptionalLong.empty();

    /** Empty for the preferred one among {@link #linkers}. */
    Optional<Linker> linker = Optional.empty();

    Linkers linkers = Linkers.onPath();
    List<String> arguments = List.of();
    Origin origin = Origin.none();

    Draft() {}

    Draft(Draft other) {
      inputs = other.inputs;
      shape = other.shape;
      pageSize = other.pageSize;
      linker = other.linker;
      linkers = other.linkers;
      arguments = other.arguments;
      origin = other.origin;
    }
  }
}
