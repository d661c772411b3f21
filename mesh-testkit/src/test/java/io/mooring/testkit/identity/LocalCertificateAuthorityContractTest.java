package io.mooring.testkit.identity;

import io.mooring.identity.ca.CertificateAuthority;
import io.mooring.identity.ca.LocalCertificateAuthority;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class LocalCertificateAuthorityContractTest implements CertificateAuthorityContract {

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();
  private CertificateAuthority authority;

  @BeforeEach
  void open() throws IOException {
    authority =
        LocalCertificateAuthority.open(
            temporary.resolve("ca"), new TrustDomain("cluster.local"), clock, new SecureRandom());
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
