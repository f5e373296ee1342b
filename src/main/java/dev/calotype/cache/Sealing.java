package dev.calotype.cache;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.ji.Cause;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Makes members of what a builder wrote: step b of docs/store.md. */
final class Sealing {
  private Sealing() {}

  /**
   * Looks at the files of a draft, removes what is none of them, and makes the rest private and
   * durable.
   *
   * @param data what code has to belong to, if the data is not in the draft
   * @throws RefusedException if a file is missing, or may not be in an entry
   */
  static List<Member> members(Draft draft, Optional<DataId> data, Durability durability)
      throws IOException {
    for (String name : EntryWalk.names(draft.folder())) {
      if (!draft.names().contains(name)) {
        PrivateFiles.remove(draft.folder().resolve(name));
      }
    }
    List<Member> members = new ArrayList<>();
    Optional<DataId> id = data;
    for (String name : draft.names()) {
      Optional<Member> member = dataMember(draft.folder().resolve(name), name);
      if (member.isPresent()) {
        if (id.isPresent()) {
          throw new RefusedException(name, "an entry has one data file, and this is a second one");
        }
        id = member.get().dataId();
        members.add(member.get());
      }
    }
    for (String name : draft.names()) {
      if (members.isEmpty() || !members.getFirst().name().equals(name)) {
        members.add(otherMember(draft.folder().resolve(name), name, id));
      }
    }
    for (Member member : members) {
      PrivateFiles.sync(draft.folder().resolve(member.name()), durability);
    }
    return members;
  }

  /** Writes a manifest into a folder of work. */
  static void writeManifest(Path folder, byte[] manifest, Durability durability)
      throws IOException {
    try (FileChannel channel =
        PrivateFiles.open(folder.resolve(Manifest.NAME), StandardOpenOption.CREATE_NEW)) {
      ByteBuffer bytes = ByteBuffer.wrap(manifest);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      if (durability == Durability.DURABLE) {
        channel.force(true);
      }
    }
  }

  private static Optional<Member> dataMember(Path path, String name) throws IOException {
    OpenFile file = open(path, name);
    try (file) {
      PrivateFiles.makePrivate(path, file.access());
      if (file.size() == 0) {
        return Optional.empty(); // Of a data file, it would be a damaged one.
      }
      return switch (DataFile.check(file.lent(), Expectations.none())) {
        case Validity.Fresh fresh ->
            Optional.of(
                new Member(
                    name,
                    Member.Kind.DATA,
                    0,
                    file.size(),
                    Digests.ofData(fresh),
                    Optional.of(fresh.data().id())));
        case Validity.Damaged bad -> throw new RefusedException(name, bad.reason());
        default -> Optional.empty();
      };
    }
  }

  private static Member otherMember(Path path, String name, Optional<DataId> data)
      throws IOException {
    try (OpenFile file = open(path, name)) {
      boolean isCode = CodeObject.isCodeObject(file);
      if (isCode) {
        requireFresh(file, name, data);
      }
      return new Member(
          name,
          isCode ? Member.Kind.CODE : Member.Kind.OTHER,
          0,
          file.size(),
          Digests.ofFile(file),
          isCode ? data : Optional.empty());
    }
  }

  private static void requireFresh(OpenFile file, String name, Optional<DataId> data)
      throws IOException {
    Expectations full = Expectations.none().withTier(Tier.FULL);
    Expectations asked = data.isPresent() ? full.withDataId(data.get()) : full;
    switch (CodeObject.check(file.lent(), asked)) {
      case Validity.FreshCode _ -> {}
      case Validity.Stale stale -> throw new RefusedException(name, words(stale.causes()));
      case Validity.Damaged bad -> throw new RefusedException(name, bad.reason());
      default -> throw new RefusedException(name, "it is a code object that can't be read");
    }
  }

  /** Causes in one line. */
  static String words(List<Cause> causes) {
    return causes.stream()
        .map(cause ->
            "%s: expected %s, not %s".formatted(cause.id(), cause.expected(), cause.actual()))
        .collect(Collectors.joining("; "));
  }

  private static OpenFile open(Path path, String name) throws IOException {
    try {
      return OpenFile.openNoLink(path);
    } catch (NoSuchFileException e) {
      throw new RefusedException(name, "the builder asked for this file and did not write it");
    }
  }
}
