package dev.calotype.examples.sepia;

import dev.calotype.graph.Fingerprint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Stands for content: the first half of its SHA-256. */
final class Fingerprints {
  private Fingerprints() {}

  static Fingerprint of(byte[] content) {
    ByteBuffer digest = ByteBuffer.wrap(sha256().digest(content));
    return new Fingerprint(digest.getLong(), digest.getLong());
  }

  static Fingerprint of(String content) {
    return of(content.getBytes(StandardCharsets.UTF_8));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every JDK has it.
    }
  }
}
