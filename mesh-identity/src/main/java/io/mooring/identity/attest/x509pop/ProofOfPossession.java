package io.mooring.identity.attest.x509pop;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answer to a challenge of {@link X509PopAttestor}: {@code nonce.signature} in base64url.
 * Stateless.
 *
 * <p>What is signed has the challenge, a nonce of the machine's own, so that it never signs bytes
 * that another chose alone, and the key to be certified, so that nobody in between can put in
 * another one.
 */
public final class ProofOfPossession {

  private static final int NONCE_BYTES = 32;
  private static final Pattern FORM =
      Pattern.compile("([A-Za-z0-9_-]{43})\\.([A-Za-z0-9_-]{1,1500})");

  private ProofOfPossession() {}

  /**
   * Returns the answer of the machine that holds {@code privateKey}.
   *
   * @param challenge as it came
   * @param keyDigest SHA-256 of the public key to certify, in hexadecimal
   * @param privateKey of the certificate that was shown, EC or RSA
   */
  public static String answer(
      String challenge, String keyDigest, PrivateKey privateKey, SecureRandom random) {
    byte[] bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String nonce = base64.encodeToString(bytes);
    try {
      Signature signature = Signature.getInstance(algorithm(privateKey.getAlgorithm()));
      signature.initSign(privateKey, random);
      signature.update(signed(challenge, nonce, keyDigest));
      return nonce + "." + base64.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "key of '" + privateKey.getAlgorithm() + "' cannot sign (expected: EC or RSA)", e);
    }
  }

  static boolean isProof(String answer, String challenge, String keyDigest, PublicKey key) {
    Matcher form = FORM.matcher(answer);
    if (!form.matches()) {
      return false;
    }
    try {
      Signature signature = Signature.getInstance(algorithm(key.getAlgorithm()));
      signature.initVerify(key);
      signature.update(signed(challenge, form.group(1), keyDigest));
      return signature.verify(Base64.getUrlDecoder().decode(form.group(2)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  private static String algorithm(String keyAlgorithm) {
    return keyAlgorithm.equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
  }

  private static byte[] signed(String challenge, String nonce, String keyDigest) {
    return String.join("\n", "mooring x509pop 1", challenge, nonce, keyDigest)
        .getBytes(StandardCharsets.UTF_8);
  }
}
