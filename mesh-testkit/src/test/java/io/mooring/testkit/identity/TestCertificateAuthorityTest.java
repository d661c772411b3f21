package io.mooring.testkit.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.identity.ca.CertificateAuthority;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.testkit.FakeClock;
import java.security.cert.CertificateException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TestCertificateAuthorityTest implements CertificateAuthorityContract {

  private static final SpiffeId ID =
      TestCertificateAuthority.TRUST_DOMAIN.workload("demo", "ratings");

  private final FakeClock clock = new FakeClock();
  private final TestCertificateAuthority authority = new TestCertificateAuthority(clock);

  @Override
  public CertificateAuthority authority() {
    return authority;
  }

  @Override
  public FakeClock clock() {
    return clock;
  }

  @Test
  void svidExpiresWhenTheTestSaysSo() throws CertificateException {
    X509Svid svid = authority.svid(ID, Duration.ofMinutes(1));
    X509SvidVerifier verifier = new X509SvidVerifier(authority.trustBundle(), clock);
    assertThat(verifier.verify(svid.chain())).isEqualTo(ID);
    clock.advance(Duration.ofSeconds(61));
    assertThatThrownBy(() -> verifier.verify(svid.chain()))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void everyInstanceHasTheSameRoot() {
    assertThat(new TestCertificateAuthority(clock).trustBundle())
        .isEqualTo(authority.trustBundle());
  }
}
