package io.mooring.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.identity.ca.CertificateAuthority;
import io.mooring.identity.ca.RotatingCertificateAuthority;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerSvidTest {

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();

  private ServerSvid server() throws IOException {
    return server(new IssuerFixture(temporary, clock).authority);
  }

  private ServerSvid server(CertificateAuthority authority) {
    return new ServerSvid(
        authority,
        IssuerFixture.CONTROL_PLANE,
        List.of("mesh.example.org", "127.0.0.1", "127.0.0.1"),
        new LifetimePolicy(Duration.ofHours(24)),
        clock,
        new SecureRandom());
  }

  @Test
  void caThatHasEndedStartsNoServer() throws IOException {
    server();
    clock.advance(Duration.ofDays(3651));
    assertThatThrownBy(this::server).hasMessageContaining("the CA ends");
  }

  @Test
  void lastCertificateIsKeptWhileTheCaCannotSign() throws IOException {
    ServerSvid server = server();
    clock.advance(Duration.ofDays(3649).plusHours(23));
    X509Svid last = server.current();
    clock.advance(Duration.ofDays(1));
    assertThat(server.current()).isSameAs(last);
  }

  @Test
  void certificateHasTheHostsBesideTheIdentityAndItsKey() throws Exception {
    X509Svid svid = server().current();
    assertThat(svid.id()).isEqualTo(IssuerFixture.CONTROL_PLANE);
    assertThat(svid.privateKey()).isPresent();
    assertThat(svid.leaf().getSubjectAlternativeNames())
        .containsExactlyInAnyOrder(
            List.of(6, IssuerFixture.CONTROL_PLANE.toString()),
            List.of(2, "mesh.example.org"),
            List.of(7, "127.0.0.1"));
  }

  @Test
  void certificateIsRenewedAfterHalfItsLife() throws IOException {
    ServerSvid server = server();
    X509Svid first = server.current();
    clock.advance(Duration.ofHours(12).minusSeconds(1));
    assertThat(server.current()).isSameAs(first);
    clock.advance(Duration.ofSeconds(1));
    X509Svid second = server.current();
    assertThat(second.notAfter()).isEqualTo(clock.instant().plus(Duration.ofHours(24)));
    assertThat(server.current()).isSameAs(second);
  }

  @Test
  void certificateFromBeforeARotationServesUntilItsEndIsNear() throws Exception {
    RotatingCertificateAuthority rotating = rotating();
    TrustBundle old = rotating.trustBundle();
    ServerSvid server = server(rotating);
    rotating.beforeActivation(server::renewBeforeRotation);
    clock.advance(Duration.ofHours(11));
    rotating.prepare();
    rotating.activate(true);
    X509Svid kept = server.current();
    new X509SvidVerifier(old, clock).verify(kept.chain());
    clock.advance(Duration.ofHours(21).minusSeconds(1));
    assertThat(server.current()).isSameAs(kept);
    clock.advance(Duration.ofSeconds(1));
    X509Svid renewed = server.current();
    assertThatThrownBy(() -> new X509SvidVerifier(old, clock).verify(renewed.chain()))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void certificateUnderARootThatIsGoneIsReplacedAtOnce() throws Exception {
    RotatingCertificateAuthority rotating = rotating();
    ServerSvid server = server(rotating);
    rotating.prepare();
    rotating.activate(true);
    rotating.retire(true);
    new X509SvidVerifier(rotating.trustBundle(), clock).verify(server.current().chain());
  }

  private RotatingCertificateAuthority rotating() throws IOException {
    return RotatingCertificateAuthority.builder(
            temporary.resolve("rotating"), IssuerFixture.CONTROL_PLANE.trustDomain())
        .clock(clock)
        .open();
  }
}
