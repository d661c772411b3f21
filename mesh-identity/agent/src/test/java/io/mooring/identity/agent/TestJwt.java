package io.mooring.identity.agent;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.mooring.identity.TrustBundle;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Signs JWT-SVIDs. */
public final class TestJwt {

  private final KeyPair key = TestIssuer.newKey();

  public String token(String subject, List<String> audience, Instant expiry) {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k1").build(),
            new JWTClaimsSet.Builder()
                .subject(subject)
                .audience(audience)
                .expirationTime(Date.from(expiry))
                .claim("nested", Map.of("list", List.of(1, true, "x")))
                .build());
    try {
      jwt.sign(new ECDSASigner((ECPrivateKey) key.getPrivate()));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return jwt.serialize();
  }

  /** Returns the roots of {@code bundle} and our key. */
  public TrustBundle in(TrustBundle bundle) {
    return new TrustBundle(
        bundle.trustDomain(),
        bundle.roots(),
        Map.of("k1", key.getPublic()),
        Optional.of(BigInteger.TEN),
        Optional.empty());
  }
}
