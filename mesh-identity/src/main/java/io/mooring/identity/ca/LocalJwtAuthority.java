package io.mooring.identity.ca;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.impl.ECDSA;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import io.mooring.identity.BundleSet;
import io.mooring.identity.InvalidJwtSvidException;
import io.mooring.identity.JwtSvid;
import io.mooring.identity.JwtSvidVerifier;
import io.mooring.identity.TrustBundle;
import io.mooring.model.spiffe.TrustDomain;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Signs JWT-SVIDs with one key, wherever that is. Thread-safe. */
public final class LocalJwtAuthority implements JwtAuthority {

  private static final int KEY_ID_OCTETS = 16;

  private final TrustDomain trustDomain;
  private final SigningKey key;
  private final JWSHeader header;
  private final InstantSource clock;
  private final JwtSvidVerifier verifier;

  /**
   * Creates an authority.
   *
   * @param trustDomain the only domain that it signs for
   * @param key signs: P-256, P-384 or RSA
   * @param clock the time of everything that it signs
   */
  public LocalJwtAuthority(TrustDomain trustDomain, SigningKey key, InstantSource clock) {
    this.trustDomain = requireNonNull(trustDomain, "trustDomain");
    this.key = requireNonNull(key, "key");
    this.clock = requireNonNull(clock, "clock");
    this.header =
        new JWSHeader.Builder(algorithm(key))
            .keyID(keyId(key.publicKey()))
            .type(JOSEObjectType.JWT)
            .build();
    TrustBundle bundle =
        new TrustBundle(trustDomain, List.of(), keys(), Optional.empty(), Optional.empty());
    this.verifier = new JwtSvidVerifier(() -> BundleSet.of(bundle), clock);
  }

  /** Returns the public key by its id, as the trust bundle is to have it. */
  public Map<String, PublicKey> keys() {
    return Map.of(keyId(key.publicKey()), plain(key.publicKey()));
  }

  @Override
  public JwtSvid mint(JwtSvidTemplate template) {
    if (!template.id().trustDomain().equals(trustDomain)) {
      throw new CertificateAuthorityException(
          "JWT authority of '" + trustDomain + "' cannot sign for '" + template.id() + "'");
    }
    Instant now = clock.instant();
    String claims =
        new JWTClaimsSet.Builder()
            .subject(template.id().toString())
            .audience(template.audience())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(template.ttl()).truncatedTo(ChronoUnit.SECONDS)))
            .build()
            .toString();
    String content = header.toBase64URL() + "." + Base64URL.encode(claims);
    byte[] signature = key.sign(content.getBytes(StandardCharsets.US_ASCII));
    return checked(content + "." + Base64URL.encode(joseForm(signature)), template);
  }

  /** X.509 has ECDSA signatures in DER, JOSE has the two numbers one after the other. */
  private byte[] joseForm(byte[] signature) {
    if (!JWSAlgorithm.Family.EC.contains(header.getAlgorithm())) {
      return signature;
    }
    try {
      return ECDSA.transcodeSignatureToConcat(
          signature, ECDSA.getSignatureByteArrayLength(header.getAlgorithm()));
    } catch (JOSEException e) {
      throw new CertificateAuthorityException("JWT key gave a signature that is no DER", e);
    }
  }

  private JwtSvid checked(String token, JwtSvidTemplate template) {
    JwtSvid svid;
    try {
      svid = verifier.verify(token, template.audience().get(0));
    } catch (InvalidJwtSvidException e) {
      throw new CertificateAuthorityException(
          "token for '" + template.id() + "' is wrong: " + e.getMessage(), e);
    }
    if (!svid.id().equals(template.id()) || !svid.audience().equals(template.audience())) {
      throw new CertificateAuthorityException(
          "token for '" + template.id() + "' has other claims than were asked for");
    }
    return svid;
  }

  /** Returns the id of a key: half of the SHA-256 of its X.509 encoding, in hexadecimal. */
  static String keyId(PublicKey key) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
      return HexFormat.of().formatHex(digest, 0, KEY_ID_OCTETS);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Returns the JDK's own kind of a key: bundles compare by it. */
  static PublicKey plain(PublicKey key) {
    try {
      return KeyFactory.getInstance(key.getAlgorithm().equals("RSA") ? "RSA" : "EC")
          .generatePublic(new X509EncodedKeySpec(key.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("key of '" + key.getAlgorithm() + "' is unreadable", e);
    }
  }

  private static JWSAlgorithm algorithm(SigningKey key) {
    return switch (key.algorithm()) {
      case "SHA256withECDSA" -> JWSAlgorithm.ES256;
      case "SHA384withECDSA" -> JWSAlgorithm.ES384;
      case "SHA256withRSA" -> JWSAlgorithm.RS256;
      default ->
          throw new IllegalArgumentException(
              "JWT key signs with '"
                  + key.algorithm()
                  + "' (expected: SHA256withECDSA, SHA384withECDSA or SHA256withRSA)");
    };
  }

  @Override
  public String toString() {
    return "LocalJwtAuthority[" + trustDomain + ", kid=" + header.getKeyID() + "]";
  }
}
