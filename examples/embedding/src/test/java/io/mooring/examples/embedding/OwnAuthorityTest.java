package io.mooring.examples.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.X509Svid;
import io.mooring.identity.ca.CertificateRequest;
import io.mooring.identity.ca.WorkloadKey;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnAuthorityTest {

  private static final SpiffeId ID = SpiffeId.parse("spiffe://example.org/ns/demo/sa/ratings");

  @TempDir private Path directory;
  private final FakeClock clock = new FakeClock();

  @Test
  void issuesWhatItVerifiesUntilItEnds() throws Exception {
    KeyPair keys = WorkloadKey.generate(new SecureRandom());
    String request = CertificateRequest.create(keys, ID).toPem();

    X509Svid svid = open("ca").issue(ID, request);
    assertThat(svid.leaf().getPublicKey()).isEqualTo(keys.getPublic());
    assertThat(open("ca").verify(svid.chain())).isEqualTo(ID); // opened again: the same CA
    assertThatThrownBy(() -> open("other").verify(svid.chain()))
        .isInstanceOf(CertificateException.class);

    clock.advance(Duration.ofHours(2));
    assertThatThrownBy(() -> open("ca").verify(svid.chain()))
        .isInstanceOf(CertificateException.class);
  }

  private OwnAuthority open(String name) throws Exception {
    return new OwnAuthority(directory.resolve(name), new TrustDomain("example.org"), clock);
  }
}
