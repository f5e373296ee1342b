package dev.calotype.cache;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.map.Access;
import dev.calotype.map.OpenFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds entries and says whether they may be used: docs/store.md, "Lookup". Writes nothing, takes
 * no lock.
 */
final class Lookups {
  private static final int MOST_ATTEMPTS = 4;
  private static final byte[] NOTHING = {};
  private static final OpenFile[] NO_FILES = {};

  private final Layout layout;
  private final OwnFolders folders;
  private final Boot boot;
  private final Optional<PublicKey> publicKey;

  Lookups(Layout layout, OwnFolders folders, Boot boot, Optional<PublicKey> publicKey) {
    this.layout = layout;
    this.folders = folders;
    this.boot = boot;
    this.publicKey = publicKey;
  }

  /** What is known of one look. */
  private static final class Look {
    private byte[] manifest = NOTHING;
    private OpenFile[] files = NO_FILES;
  }

  /** The entry of a key, or why there is none. */
  Lookup look(Key key, Expectations expectations) {
    Path folder = key.place().folder(layout.entries());
    byte[] before = NOTHING;
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Look look = new Look();
      Lookup answer = lookInStore(folder, key, expectations, look);
      if (!(answer instanceof Miss miss) || miss.reason() == Miss.Reason.ABSENT) {
        return answer;
      }
      // It may have been replaced between two of the look's steps; unless it is the same again.
      if (attempt > 0 && Arrays.equals(before, look.manifest)) {
        return answer;
      }
      before = look.manifest;
    }
    return Miss.of(key, Miss.Reason.CHANGING, "", "it changed each time");
  }

  /** What a look at a draft says, as if it were in its place. */
  Lookup lookAtDraft(Path folder, Key key, Expectations expectations) {
    return look(folder, key, expectations, new Look());
  }

  private Lookup lookInStore(Path folder, Key key, Expectations expectations, Look look) {
    try {
      Optional<OwnFolders.Trouble> trouble = folders.above(key.place());
      if (trouble.isPresent()) {
        return Miss.of(key, trouble.get().reason(), "", trouble.get().text());
      }
    } catch (IOException e) {
      return Miss.of(key, Miss.Reason.UNREADABLE, "", String.valueOf(e.getMessage()));
    }
    return look(folder, key, expectations, look);
  }

  private Lookup look(Path folder, Key key, Expectations expectations, Look look) {
    boolean isHit = false;
    try {
      Lookup answer = attempt(folder, key, expectations, look);
      isHit = answer instanceof Hit;
      return answer;
    } catch (MalformedImageException e) {
      return damaged(
          key,
          Manifest.NAME,
          e.structure(),
          e.offset(),
          "%s, expected %s".formatted(e.actual(), e.expected()));
    } catch (UnsupportedFormatException e) {
      return Miss.of(key, Miss.Reason.VERSION, Manifest.NAME, e.found());
    } catch (IOException e) {
      return Miss.of(key, Miss.Reason.UNREADABLE, "", String.valueOf(e.getMessage()));
    } finally {
      if (!isHit) {
        closeQuietly(look.files);
      }
    }
  }

  private Lookup attempt(Path folder, Key key, Expectations expectations, Look look)
      throws IOException {
    Optional<Access> there = Access.of(folder);
    if (there.isEmpty()) {
      return Miss.absent(key);
    }
    if (!there.get().isFolder()) {
      return Miss.of(key, Miss.Reason.LINK, "", "no folder, or a link to one");
    }
    Optional<Miss> notOurs = notOurs(key, "", there.get());
    if (notOurs.isPresent()) {
      return notOurs.get();
    }
    Manifest manifest;
    try (OpenFile file = OpenFile.openNoLink(folder.resolve(Manifest.NAME))) {
      notOurs = notOurs(key, Manifest.NAME, file.access());
      if (notOurs.isPresent()) {
        return notOurs.get();
      }
      look.manifest = ManifestFile.read(file);
      manifest = Manifest.decode(look.manifest, key, Manifest.NAME);
    } catch (NoSuchFileException e) {
      return Miss.absent(key);
    } catch (EOFException e) {
      return damaged(key, Manifest.NAME, "file", 0, "it shrank while it was being read");
    } catch (IOException e) {
      return notOpened(key, folder, Manifest.NAME, e);
    }
    if (!manifest.key().equals(key)) {
      return Miss.of(
          key, Miss.Reason.OTHER_KEY, Manifest.NAME, "it is of the key " + manifest.key().hex());
    }
    Optional<Miss> unsigned = unsigned(key, manifest);
    return unsigned.isPresent()
        ? unsigned.get()
        : members(folder, key, expectations, manifest, look);
  }

  private Lookup members(
      Path folder, Key key, Expectations expectations, Manifest manifest, Look look)
      throws IOException {
    List<Member> members = manifest.members();
    look.files = new OpenFile[members.size()];
    for (int i = 0; i < look.files.length; i++) {
      Optional<Miss> miss = open(folder, key, members.get(i), look.files, i);
      if (miss.isPresent()) {
        return miss.get();
      }
    }
    boolean unproven = manifest.isFast() && !boot.isProven(key.place(), folder);
    Expectations asked = unproven ? expectations.withTier(Tier.FULL) : expectations;
    Optional<Validity.Fresh> data = Optional.empty();
    for (int i = 0; i < look.files.length; i++) {
      Member member = members.get(i);
      if (member.kind() == Member.Kind.DATA) {
        Validity validity = DataFile.check(look.files[i].lent(), asked);
        if (!(validity instanceof Validity.Fresh fresh)) {
          return miss(key, member, validity);
        }
        data = Optional.of(fresh);
      }
      if (!Digests.isRight(member, look.files[i], data, asked.tier() == Tier.FULL)) {
        return damaged(key, member.name(), "file", 0, "not what the manifest has the digest of");
      }
    }
    if (unproven) {
      boot.prove(key.place(), folder);
    }
    return new Hit(key, manifest, look.files, data, true);
  }

  private Optional<Miss> open(Path folder, Key key, Member member, OpenFile[] files, int i)
      throws IOException {
    try {
      Path path = folder.resolve(member.fileName());
      files[i] =
          member.kind() == Member.Kind.DATA
              ? OpenFile.openNoLinkToMap(path)
              : OpenFile.openNoLink(path);
    } catch (NoSuchFileException e) {
      return Optional.of(damaged(key, member.name(), "file", 0, "it is missing"));
    } catch (IOException e) {
      return Optional.of(notOpened(key, folder, member.fileName(), e));
    }
    if (files[i].size() != member.size()) {
      return Optional.of(
          damaged(
              key,
              member.name(),
              "file",
              Math.min(files[i].size(), member.size()),
              "%d bytes, expected %d".formatted(files[i].size(), member.size())));
    }
    return notOurs(key, member.name(), files[i].access());
  }

  private Miss notOpened(Key key, Path folder, String name, IOException e) throws IOException {
    Optional<Access> there = Access.of(folder.resolve(name));
    return there.isPresent() && !there.get().isFile()
        ? Miss.of(key, Miss.Reason.LINK, name, "no file, or a link to one")
        : Miss.of(key, Miss.Reason.UNREADABLE, name, String.valueOf(e.getMessage()));
  }

  private Optional<Miss> notOurs(Key key, String file, Access access) {
    return folders.with(access).map(it -> Miss.of(key, it.reason(), file, it.text()));
  }

  private Optional<Miss> unsigned(Key key, Manifest manifest) {
    if (publicKey.isEmpty()) {
      return Optional.empty();
    }
    if (manifest.signature().isEmpty()) {
      return Optional.of(Miss.of(key, Miss.Reason.UNSIGNED, Manifest.NAME, "it has no signature"));
    }
    return Signing.isRight(manifest.signature().get(), publicKey.get())
        ? Optional.empty()
        : Optional.of(
            Miss.of(key, Miss.Reason.SIGNATURE, Manifest.NAME, "the signature is not of this key"));
  }

  private static Miss miss(Key key, Member member, Validity validity) {
    return switch (validity) {
      case Validity.Stale stale ->
          new Miss(key, Miss.Reason.STALE, member.name(), "", 0, "not as expected", stale.causes());
      case Validity.Damaged bad ->
          damaged(key, member.name(), bad.structure(), bad.offset(), bad.reason());
      case Validity.Foreign foreign
          when foreign.kind() != UnsupportedFormatException.Kind.OTHER_FORMAT ->
          Miss.of(key, Miss.Reason.VERSION, member.name(), foreign.found());
      default -> damaged(key, member.name(), "file", 0, "no data file");
    };
  }

  private static Miss damaged(Key key, String file, String structure, long offset, String text) {
    return new Miss(key, Miss.Reason.DAMAGED, file, structure, offset, text, List.of());
  }

  private static void closeQuietly(OpenFile[] files) {
    try {
      Hit.close(files);
    } catch (IOException e) {
      // They were only read.
    }
  }
}
