package io.mooring.identity;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import io.mooring.model.spiffe.SpiffeId;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Verifies JWT-SVIDs: signature by a key of the subject's own trust domain, times and audience.
 * Thread-safe.
 *
 * @see <a href="https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md">JWT-SVID 4</a>
 */
public final class JwtSvidVerifier {

  /** For issuers whose clocks run ahead; the end of a token is never stretched. */
  private static final Duration NOT_BEFORE_LEEWAY = Duration.ofMinutes(1);

  private static final int MIN_RSA_BITS = 2048; // RFC 7518 3.3

  private final Supplier<BundleSet> bundles;
  private final InstantSource clock;

  /**
   * Creates a verifier.
   *
   * @param bundles the bundles of now; asked at every verification
   * @param clock the time of now
   */
  public JwtSvidVerifier(Supplier<BundleSet> bundles, InstantSource clock) {
    this.bundles = requireNonNull(bundles, "bundles");
    this.clock = requireNonNull(clock, "clock");
  }

  /**
   * Returns the SVID of {@code token}, verified.
   *
   * @param audience the name that the caller goes by; must be in the token's audience
   * @throws InvalidJwtSvidException if the token proves nothing to this audience now; the message
   *     never has the token
   */
  public JwtSvid verify(String token, String audience) {
    requireNonNull(audience, "audience");
    ParsedJwt jwt = ParsedJwt.of(requireNonNull(token, "token"));
    JwtSvid svid = jwt.svid();
    checkTimes(jwt, clock.instant());
    if (!svid.audience().contains(audience)) {
      throw refused(svid.id(), "audience " + svid.audience() + " (expected: '" + audience + "')");
    }
    for (PublicKey key : candidates(svid)) {
      if (isSignedBy(key, jwt)) {
        return svid;
      }
    }
    throw refused(svid.id(), "signature is of no key of its trust domain");
  }

  private static void checkTimes(ParsedJwt jwt, Instant now) {
    SpiffeId id = jwt.svid().id();
    if (!now.isBefore(jwt.svid().expiresAt())) {
      throw refused(id, "expired at " + jwt.svid().expiresAt() + ", now is " + now);
    }
    if (jwt.notBefore().isPresent()
        && now.plus(NOT_BEFORE_LEEWAY).isBefore(jwt.notBefore().get())) {
      throw refused(id, "not valid before " + jwt.notBefore().get() + ", now is " + now);
    }
  }

  /** The key id is optional: without one, every key of the domain may have signed. */
  private Collection<PublicKey> candidates(JwtSvid svid) {
    TrustBundle bundle =
        bundles
            .get()
            .find(svid.id().trustDomain())
            .orElseThrow(() -> refused(svid.id(), "no bundle of its trust domain"));
    Optional<String> keyId = svid.keyId();
    if (keyId.isEmpty()) {
      return bundle.jwtKeys().values();
    }
    PublicKey key = bundle.jwtKeys().get(keyId.get());
    if (key == null) {
      throw refused(svid.id(), "its trust domain has no JWT key of this kid");
    }
    return List.of(key);
  }

  private static boolean isSignedBy(PublicKey key, ParsedJwt jwt) {
    JWSAlgorithm algorithm = jwt.algorithm();
    byte[] content = jwt.signedContent().getBytes(StandardCharsets.US_ASCII);
    try {
      if (key instanceof ECPublicKey ec && JWSAlgorithm.Family.EC.contains(algorithm)) {
        ECDSAVerifier verifier = new ECDSAVerifier(ec);
        return verifier.supportedJWSAlgorithms().contains(algorithm)
            && verifier.verify(new JWSHeader(algorithm), content, jwt.signature());
      }
      return key instanceof RSAPublicKey rsa
          && JWSAlgorithm.Family.RSA.contains(algorithm)
          && rsa.getModulus().bitLength() >= MIN_RSA_BITS
          && new RSASSAVerifier(rsa).verify(new JWSHeader(algorithm), content, jwt.signature());
    } catch (JOSEException e) {
      throw new InvalidJwtSvidException(
          "token of '" + jwt.svid().id() + "' cannot be verified: " + e.getMessage(), e);
    }
  }

  private static InvalidJwtSvidException refused(SpiffeId id, String why) {
    return new InvalidJwtSvidException("token of '" + id + "': " + why);
  }
}
