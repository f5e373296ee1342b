package dev.calotype.cache;

import dev.calotype.bytes.Sha256;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;

/**
 * Signs manifests with Ed25519 (RFC 8032).
 *
 * @param key the private key
 * @param publicKey the other half
 */
record Signing(PrivateKey key, PublicKey publicKey) {
  private static final String ALGORITHM = "Ed25519";

  /** What a key is called in manifests. */
  static byte[] keyId(PublicKey key) {
    return Sha256.of(key.getEncoded());
  }

  byte[] keyId() {
    return keyId(publicKey);
  }

  byte[] sign(byte[] bytes, int offset, int length) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(bytes, offset, length);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not a private key of Ed25519", e);
    }
  }

  /** Whether a signature is right. */
  static boolean isRight(Manifest.Signature signature, PublicKey key) {
    if (!Arrays.equals(signature.keyId(), keyId(key))) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance(ALGORITHM);
      verifier.initVerify(key);
      verifier.update(signature.signed());
      return verifier.verify(signature.bytes());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
