package io.mooring.testkit.identity;

import io.mooring.identity.ca.CertificateAuthority;
import io.mooring.identity.ca.RotatingCertificateAuthority;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** In the middle of a rotation: one CA is old, one active, one prepared. */
class RotatingCertificateAuthorityContractTest implements CertificateAuthorityContract {

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();
  private RotatingCertificateAuthority authority;

  @BeforeEach
  void open() throws IOException {
    authority =
        RotatingCertificateAuthority.builder(
                temporary.resolve("ca"), new TrustDomain("cluster.local"))
            .clock(clock)
            .open();
    authority.prepare();
    authority.activate(true);
    authority.prepare();
  }

  @Override
  public CertificateAuthority authority() {
    return authority;
  }

  @Override
  public FakeClock clock() {
    return clock;
  }
}
