package dev.calotype.cache;

import dev.calotype.bytes.Sha256;
import dev.calotype.ji.Validity;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** What proves a member: docs/store.md, "Manifest". */
final class Digests {
  private static final int BUFFER = 1 << 20;

  private Digests() {}

  /**
   * Whether a member's file is what its manifest says, as far as the caller wants to know.
   *
   * @param data the checked data file, if the member is one
   * @param inFull whether every byte is to be looked at
   */
  static boolean isRight(
      Member member, OpenFile file, Optional<Validity.Fresh> data, boolean inFull)
      throws IOException {
    if (member.kind() != Member.Kind.DATA) {
      return !inFull || Arrays.equals(member.digest(), ofFile(file));
    }
    Validity.Fresh fresh = data.orElseThrow();
    if (fresh.data().base() == 0) {
      return Arrays.equals(member.digest(), fresh.data().headerDigest());
    }
    return fresh.data().id().equals(member.dataId().orElseThrow())
        && (!inFull || Arrays.equals(member.digest(), ofFile(file)));
  }

  /** The digest of a data file that was checked. */
  static byte[] ofData(Validity.Fresh data) throws IOException {
    return data.data().base() == 0 ? data.data().headerDigest() : ofFile(data.data().file());
  }

  /** The digest of all of a file. */
  static byte[] ofFile(OpenFile file) throws IOException {
    Sha256 digest = new Sha256();
    byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(file.size(), 1))];
    for (long at = 0; at < file.size(); at += buffer.length) {
      int length = (int) Math.min(buffer.length, file.size() - at);
      file.readFully(at, buffer, 0, length);
      digest.add(buffer, 0, length);
    }
    return digest.finish();
  }
}
