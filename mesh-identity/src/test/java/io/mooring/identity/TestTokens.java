package io.mooring.identity;

import com.nimbusds.jose.crypto.impl.ECDSA;
import com.nimbusds.jose.util.Base64URL;
import io.mooring.testkit.FakeClock;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/** Makes tokens that no library of ours would: any header, any payload. Stateless. */
public final class TestTokens {

  static final String SUBJECT = "spiffe://td/ns/demo/sa/ratings";
  static final long EXPIRY = FakeClock.START.getEpochSecond() + 300;
  static final String HEADER = "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"JWT\"}";
  static final KeyPair EC = CertificateForge.keys();
  static final KeyPair RSA = rsa(2048);

  private TestTokens() {}

  static String payload() {
    return payload("\"aud\":[\"db\"],\"exp\":" + EXPIRY);
  }

  static String payload(String moreClaims) {
    return "{\"sub\":\"" + SUBJECT + "\"," + moreClaims + "}";
  }

  static String token(String header, String payload) {
    return token(header, payload, EC.getPrivate(), "SHA256withECDSA");
  }

  static String token(String header, String payload, PrivateKey key, String algorithm) {
    String content = section(header) + "." + section(payload);
    try {
      Signature signature = Signature.getInstance(algorithm);
      if (algorithm.equals("RSASSA-PSS")) {
        signature.setParameter(
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
      }
      signature.initSign(key);
      signature.update(content.getBytes(StandardCharsets.US_ASCII));
      byte[] bytes = signature.sign();
      if (algorithm.endsWith("ECDSA")) {
        bytes = ECDSA.transcodeSignatureToConcat(bytes, concatenated(algorithm));
      }
      return content + "." + Base64URL.encode(bytes);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** RFC 7518 3.4: the bytes of a signature on the curve that goes with the digest. */
  private static int concatenated(String algorithm) {
    return algorithm.startsWith("SHA256") ? 64 : algorithm.startsWith("SHA384") ? 96 : 132;
  }

  static String section(String text) {
    return Base64URL.encode(text).toString();
  }

  static KeyPair rsa(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
