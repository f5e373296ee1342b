package dev.calotype.emit;

import dev.calotype.FileChangedException;
import dev.calotype.RefusedException;
import dev.calotype.publish.Publication;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Puts a payload into a relocatable object, as a section of its own. The payload streams through:
 * memory is one buffer, whatever the size. The same payload and settings give the same bytes, and
 * the object appears whole or not at all.
 *
 * <p>Immutable; safe for use by several threads.
 */
public final class Wrap {
  private static final int BUFFER = 1 << 18;
  private static final int MOST_NAME_BYTES = 1 << 16;

  private final ObjectTarget target;
  private final WrapShape shape;
  private final String section;
  private final Optional<String> symbol;
  private final long alignment;

  private Wrap(
      ObjectTarget target,
      WrapShape shape,
      String section,
      Optional<String> symbol,
      long alignment) {
    this.target = target;
    this.shape = shape;
    this.section = section;
    this.symbol = symbol;
    this.alignment = alignment;
  }

  /** For an object whose payload linkers drop, in section {@code .rmeta}. */
  public static Wrap carried(ObjectTarget target) {
    return new Wrap(target, WrapShape.CARRIED, ".rmeta", Optional.empty(), 1);
  }

  /**
   * For an object whose payload linkers keep, in section {@code .rustc}.
   *
   * @param symbol the global symbol at the payload, as C has it: the underscore is put before it
   *     that Mach-O and 32-bit Windows have there
   * @throws RefusedException if it is no name for a symbol
   */
  public static Wrap kept(ObjectTarget target, String symbol) {
    requireName(target, "symbol", symbol);
    return new Wrap(target, WrapShape.KEPT, ".rustc", Optional.of(symbol), 1);
  }

  /**
   * For an object whose payload is a note: linkers keep it, and it is found without symbols.
   *
   * @param section the name of the section it is put into
   * @throws RefusedException if the format can't have it
   */
  public static Wrap note(ObjectTarget target, String section) {
    return new Wrap(target, WrapShape.NOTE, ".note", Optional.empty(), 8).withSection(section);
  }

  /**
   * The same with the payload in a section of that name.
   *
   * @param name at most 16 bytes in Mach-O. In COFF any, though linked images have room for 8 bytes
   *     and linkers cut a kept section's name to them
   * @throws RefusedException if the format can't have it
   */
  public Wrap withSection(String name) {
    requireName(target, "section", name);
    switch (target.target().format()) {
      case ELF -> ElfWrapLayout.requireSection(target, name);
      case COFF -> CoffWrapLayout.requireSection(target, name);
      default -> MachOWrapLayout.requireSection(target, name);
    }
    return new Wrap(target, shape, name, symbol, alignment);
  }

  /**
   * The same with the payload aligned, in the linked image and, up to 64 KiB, in the object's file.
   *
   * @param bytes a power of two: in ELF up to 2³¹, in Mach-O up to 32,768, in COFF up to 8192
   * @throws RefusedException if the format can't have it
   */
  public Wrap withAlignment(long bytes) {
    long most =
        switch (target.target().format()) {
          case ELF -> ElfWrapLayout.MOST_ALIGNMENT;
          case COFF -> CoffWrapLayout.MOST_ALIGNMENT;
          default -> MachOWrapLayout.MOST_ALIGNMENT;
        };
    if (Long.bitCount(bytes) != 1 || bytes < 0 || bytes > most) {
      throw new RefusedException(
          target.triple(),
          "alignment %d is no power of two up to the %d that %s sections can have"
              .formatted(bytes, most, target.target().format().title()));
    }
    return new Wrap(target, shape, section, symbol, bytes);
  }

  /** What the object is for. */
  public ObjectTarget target() {
    return target;
  }

  /** What linkers do with the payload. */
  public WrapShape shape() {
    return shape;
  }

  /** The name of the section that holds the payload. */
  public String section() {
    return section;
  }

  /** The symbol that names the payload, if linkers keep it. */
  public Optional<String> symbol() {
    return symbol;
  }

  /** What the payload is aligned to, in bytes. */
  public long alignment() {
    return alignment;
  }

  /** {@link #write(Payload, Path, OutputOptions, LongConsumer)}, telling nobody of its progress. */
  public Wrapped write(Payload payload, Path object, OutputOptions options) throws IOException {
    return write(payload, object, options, _ -> {});
  }

  /**
   * Writes the object.
   *
   * @param object where it goes
   * @param options whether it may replace a file, and how durable it is
   * @param progress given the number of payload bytes written since the last call
   * @throws RefusedException if the payload is larger than the format can say, at the latest when
   *     the byte too many is read: just under 4 GiB in COFF and Mach-O
   * @throws FileChangedException if the payload's file changed meanwhile
   * @throws IOException if a file can't be read or written; nothing is left behind
   */
  public Wrapped write(Payload payload, Path object, OutputOptions options, LongConsumer progress)
      throws IOException {
    WrapLayout layout = layout();
    try (Payload.Source source = payload.open()) {
      requireRoom(layout, payload, source.size(), 0);
      try (Publication file = Publication.beside(object, options.replace())) {
        // Its sizes are not known yet: it is written over at the end.
        file.write(layout.head(0));
        long size = copy(source, file, layout, payload, progress);
        file.write(layout.tail(size));
        byte[] head = layout.head(size);
        file.overwrite(0, head, 0, head.length);
        source.requireUnchanged();
        file.publish(options.durability());
        return new Wrapped(file.position(), head.length, size);
      }
    } catch (InternalError e) {
      if (payload instanceof MemoryPayload memory && memory.isMapped()) {
        throw new FileChangedException(payload.name(), "lost bytes of its mapping");
      }
      throw e;
    }
  }

  private static long copy(
      Payload.Source source,
      Publication file,
      WrapLayout layout,
      Payload payload,
      LongConsumer progress)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    long size = 0;
    for (int length = source.read(buffer); length >= 0; length = source.read(buffer)) {
      requireRoom(layout, payload, length, size);
      file.write(buffer, 0, length);
      size += length;
      progress.accept(length);
    }
    return size;
  }

  /** Whether {@code more} bytes fit after {@code size} that did; an unknown number always does. */
  private static void requireRoom(WrapLayout layout, Payload payload, long more, long size) {
    if (more > layout.mostPayload() - size) {
      throw new RefusedException(
          payload.name(),
          "it has more than the %d bytes that %s can hold in such an object"
              .formatted(layout.mostPayload(), layout.title()));
    }
  }

  /** The bytes around any payload. */
  WrapLayout layout() {
    return switch (target.target().format()) {
      case ELF -> new ElfWrapLayout(this);
      case COFF -> new CoffWrapLayout(this);
      default -> new MachOWrapLayout(this);
    };
  }

  private static void requireName(ObjectTarget target, String what, String name) {
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length > MOST_NAME_BYTES || name.indexOf('\0') >= 0) {
      throw new RefusedException(
          target.triple(),
          "a %s name has 1 to %d bytes, none of them NUL".formatted(what, MOST_NAME_BYTES));
    }
  }
}
