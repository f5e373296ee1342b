package dev.calotype.emit;

import dev.calotype.FileChangedException;
import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.Binary;
import dev.calotype.image.Container;
import dev.calotype.image.Image;
import dev.calotype.image.Member;
import dev.calotype.image.Section;
import dev.calotype.map.OpenFile;
import dev.calotype.publish.Publication;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Finds a wrapped payload again: in its object, in an archive or fat file that holds one such
 * object, or in the image that an object of shape {@link WrapShape#KEPT} was linked into. Files
 * that Rust's compiler wrote are such files.
 *
 * <p>Immutable; safe for use by several threads.
 */
public final class Unwrap {
  private static final int BUFFER = 1 << 18;

  private final List<String> sections;
  private final Optional<String> member;

  private Unwrap(List<String> sections, Optional<String> member) {
    this.sections = sections;
    this.member = member;
  }

  /** Looks for section {@code .rmeta} or else {@code .rustc}, in every member of a container. */
  public static Unwrap standard() {
    return new Unwrap(List.of(".rmeta", ".rustc"), Optional.empty());
  }

  /** The same for a section of that name. */
  public Unwrap withSection(String name) {
    return new Unwrap(List.of(name), member);
  }

  /** The same, in a container only in the members of that name. */
  public Unwrap withMember(String name) {
    return new Unwrap(sections, Optional.of(name));
  }

  /**
   * Finds the payload.
   *
   * @throws RefusedException if there is none, if several members have one, or if its section is
   *     compressed or has no bytes in the file
   * @throws MalformedImageException if a table on the way is damaged
   * @throws UnsupportedFormatException if the member that was asked for is no native file
   */
  public Unwrapped find(Binary binary) {
    List<Unwrapped> found = new ArrayList<>();
    find(binary, 0, List.of(), member.isEmpty(), found);
    if (found.isEmpty()) {
      String where = member.map(name -> "no member %s with a".formatted(name)).orElse("no");
      throw new RefusedException(
          binary.file(), "has %s section %s".formatted(where, String.join(" or ", sections)));
    }
    if (found.size() > 1) {
      throw new RefusedException(
          binary.file(),
          "members %s and %s both have such a section, so one has to be named"
              .formatted(name(found.get(0)), name(found.get(1))));
    }
    return found.getFirst();
  }

  /** {@link #write(Path, Path, OutputOptions, LongConsumer)}, telling nobody of its progress. */
  public Unwrapping write(Path file, Path payload, OutputOptions options) throws IOException {
    return write(file, payload, options, _ -> {});
  }

  /**
   * Finds the payload in a file and copies it to a file of its own.
   *
   * @param payload where it goes
   * @param options whether it may replace a file, and how durable it is
   * @param progress given the number of bytes written since the last call
   * @throws RefusedException as {@link #find}
   * @throws MalformedImageException as {@link #find}, and if the file's header is damaged
   * @throws UnsupportedFormatException if the file is no native file
   * @throws FileChangedException if the file changed meanwhile
   * @throws IOException if a file can't be read or written; nothing is left behind
   */
  public Unwrapping write(Path file, Path payload, OutputOptions options, LongConsumer progress)
      throws IOException {
    try (OpenFile open = OpenFile.open(file);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = open.map(arena);
      Unwrapped found = open.whileWhole(() -> find(Binary.of(bytes, file.toString())));
      long size = found.bytes().byteSize();
      try (Publication target = Publication.beside(payload, options.replace())) {
        // By position: what is written decides something, and mapped bytes can vanish.
        Payload.Source source = new FilePayload.Reader(open, found.offset(), size);
        byte[] buffer = new byte[BUFFER];
        for (int length = source.read(buffer); length >= 0; length = source.read(buffer)) {
          target.write(buffer, 0, length);
          progress.accept(length);
        }
        open.requireUnchanged();
        target.publish(options.durability());
        return new Unwrapping(found.members(), found.section(), found.offset(), size);
      }
    }
  }

  /**
   * Adds what there is, two at most.
   *
   * @param offset where the binary starts in the file
   * @param path the members that lead to it
   * @param isChosen whether it is in a member that may have the payload
   */
  private void find(
      Binary binary, long offset, List<String> path, boolean isChosen, List<Unwrapped> found) {
    switch (binary) {
      // A file that is no container has no members to choose from.
      case Image image when isChosen || path.isEmpty() ->
          section(image).ifPresent(section -> found.add(unwrapped(image, section, offset, path)));
      case Image _ -> {}
      case Container container -> {
        for (Member one : container.members()) {
          if (found.size() > 1) {
            return;
          }
          String name = one.name();
          boolean isNamed = member.isPresent() && member.get().equals(name);
          Optional<Binary> inside = binary(one, isNamed);
          if (inside.isPresent()) {
            List<String> longer = new ArrayList<>(path);
            longer.add(name);
            long start = offset + one.offset();
            find(inside.get(), start, List.copyOf(longer), isChosen || isNamed, found);
          }
        }
      }
    }
  }

  /** A member as what it is; empty if it is something else, and nobody asked for it. */
  private static Optional<Binary> binary(Member member, boolean isNamed) {
    if (member.size() == 0 && !isNamed) {
      return Optional.empty();
    }
    try {
      return Optional.of(member.binary());
    } catch (UnsupportedFormatException e) {
      if (isNamed) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private Optional<Section> section(Image image) {
    return sections.stream().flatMap(name -> image.section(name).stream()).findFirst();
  }

  private static Unwrapped unwrapped(Image image, Section section, long offset, List<String> path) {
    if (section.compression().isPresent()) {
      throw new RefusedException(
          image.file(), "section %s is compressed".formatted(section.name()));
    }
    // What a PE image has in the file is padded, and no part of the payload.
    long size = section.size();
    if (size < 0 || size > section.fileSize()) {
      throw new RefusedException(
          image.file(),
          "section %s has only %s of its %s bytes in the file"
              .formatted(
                  section.name(),
                  Long.toUnsignedString(section.fileSize()),
                  Long.toUnsignedString(size)));
    }
    MemorySegment bytes = section.bytes().asSlice(0, size);
    return new Unwrapped(path, section.name(), offset + section.offset(), bytes);
  }

  private static String name(Unwrapped found) {
    return String.join("/", found.members());
  }
}
