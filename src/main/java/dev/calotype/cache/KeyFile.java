package dev.calotype.cache;

import dev.calotype.RefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.function.Function;

/** Keys of Ed25519 in PEM files, as {@code openssl genpkey -algorithm ed25519} makes them. */
final class KeyFile {
  private static final int MOST_BYTES = 1 << 16;

  private KeyFile() {}

  /**
   * Reads a public key.
   *
   * @throws RefusedException if there is none in the file
   */
  static PublicKey readPublic(Path file) throws IOException {
    KeySpec spec = read(file, "PUBLIC KEY", X509EncodedKeySpec::new);
    try {
      return KeyFactory.getInstance("Ed25519").generatePublic(spec);
    } catch (GeneralSecurityException e) {
      throw new RefusedException(file.toString(), "no public key of Ed25519");
    }
  }

  /**
   * Reads a private key.
   *
   * @throws RefusedException if there is none in the file
   */
  static PrivateKey readPrivate(Path file) throws IOException {
    KeySpec spec = read(file, "PRIVATE KEY", PKCS8EncodedKeySpec::new);
    try {
      return KeyFactory.getInstance("Ed25519").generatePrivate(spec);
    } catch (GeneralSecurityException e) {
      throw new RefusedException(file.toString(), "no private key of Ed25519");
    }
  }

  private static KeySpec read(Path file, String label, Function<byte[], KeySpec> spec)
      throws IOException {
    if (Files.size(file) <= MOST_BYTES) {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      String first = "-----BEGIN " + label + "-----";
      int start = text.indexOf(first);
      int end = text.indexOf("-----END " + label + "-----");
      if (start >= 0 && end > start) {
        try {
          return spec.apply(
              Base64.getMimeDecoder().decode(text.substring(start + first.length(), end)));
        } catch (IllegalArgumentException e) {
          // Answered below.
        }
      }
    }
    throw new RefusedException(file.toString(), "no PEM file with a " + label);
  }
}
