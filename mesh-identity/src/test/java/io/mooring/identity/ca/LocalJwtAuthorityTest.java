package io.mooring.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSObject;
import io.mooring.identity.JwtSvid;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sentences of JWT-SVID, for whoever signs one. */
class LocalJwtAuthorityTest {

  private static final TrustDomain TD = new TrustDomain("td");
  private static final SpiffeId ID = TD.workload("demo", "ratings");

  private final FakeClock clock = new FakeClock();

  private LocalJwtAuthority authority(KeyPair keys) {
    return new LocalJwtAuthority(
        TD, new LocalSigningKey(keys.getPrivate(), keys.getPublic(), new SecureRandom()), clock);
  }

  private static JwtSvidTemplate template(String... audience) {
    return JwtSvidTemplate.builder().id(ID).addAudience(audience).build();
  }

  @ParameterizedTest
  @CsvSource({"secp256r1, ES256", "secp384r1, ES384", "RSA, RS256"})
  @Tag("JW-1")
  @Tag("JW-2")
  @Tag("JW-3")
  @Tag("JW-5")
  @Tag("JW-14")
  @Tag("JW-18")
  void tokenIsCompactAndHasNoOtherHeaderThanItMay(String kind, String algorithm) throws Exception {
    LocalJwtAuthority authority = authority(kind.equals("RSA") ? Cacerts.rsa() : Csr.ec(kind));
    JWSObject token = JWSObject.parse(authority.mint(template("db")).reveal());
    assertThat(token.getHeader().toJSONObject())
        .containsOnlyKeys("alg", "kid", "typ")
        .containsEntry("alg", algorithm)
        .containsEntry("typ", "JWT")
        .containsEntry("kid", authority.keys().keySet().iterator().next());
  }

  @Test
  @Tag("JW-6")
  @Tag("JW-7")
  @Tag("JW-10")
  @Tag("ID-15")
  void claimsAreThoseOfTheTemplateAndNoMore() {
    JwtSvid svid = authority(Csr.ec("secp256r1")).mint(template("db", "cache"));
    assertThat(svid.id()).isEqualTo(ID);
    assertThat(svid.audience()).containsExactly("db", "cache");
    assertThat(svid.expiresAt()).isEqualTo(FakeClock.START.plus(JwtSvidTemplate.DEFAULT_TTL));
    assertThat(svid.claims())
        .containsOnlyKeys("sub", "aud", "exp", "iat")
        .containsEntry("aud", List.of("db", "cache"));
  }

  @Test
  @Tag("JW-7")
  @Tag("JW-9")
  void tokenForNobodyOrWithoutEndIsNotMinted() {
    assertThatThrownBy(() -> template()).hasMessageContaining("at least one");
    assertThatThrownBy(() -> template("db", "")).hasMessageContaining("none empty");
    for (Duration ttl : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofHours(25))) {
      assertThatThrownBy(() -> JwtSvidTemplate.builder().id(ID).addAudience("db").ttl(ttl).build())
          .hasMessageContaining("ttl");
    }
    assertThatThrownBy(
            () -> JwtSvidTemplate.builder().id(new SpiffeId(TD, "")).addAudience("db").build())
        .hasMessageContaining("a workload's ID");
  }

  @Test
  void foreignIdentityIsRefused() {
    assertThatThrownBy(
            () ->
                authority(Csr.ec("secp256r1"))
                    .mint(
                        JwtSvidTemplate.builder()
                            .id(SpiffeId.parse("spiffe://other/a"))
                            .addAudience("db")
                            .build()))
        .isInstanceOf(CertificateAuthorityException.class)
        .hasMessageContaining("cannot sign for 'spiffe://other/a'");
  }
}
