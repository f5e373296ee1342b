package dev.calotype.bytes;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256 (FIPS 180-4) over heap bytes. Mapped bytes are copied before they come here: a file that
 * shrinks under a mapping would kill the JVM inside the digest's intrinsic.
 */
public final class Sha256 {
  /** A digest's size in bytes. */
  public static final int SIZE = 32;

  private final MessageDigest digest;

  /** An empty digest. */
  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The digest of {@code bytes}. */
  public static byte[] of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  /** The digest of {@code length} bytes from {@code offset}. */
  public static byte[] of(byte[] bytes, int offset, int length) {
    return new Sha256().add(bytes, offset, length).finish();
  }

  /** Adds all of {@code bytes}. */
  public Sha256 add(byte[] bytes) {
    return add(bytes, 0, bytes.length);
  }

  /** Adds {@code length} bytes from {@code offset}. */
  public Sha256 add(byte[] bytes, int offset, int length) {
    digest.update(bytes, offset, length);
    return this;
  }

  /** The digest of everything added since the last call; the object is empty again. */
  public byte[] finish() {
    return digest.digest();
  }
}
