package io.mooring.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.X509Svid;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerSvidTest {

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();

  private ServerSvid server() throws IOException {
    return new ServerSvid(
        new IssuerFixture(temporary, clock).authority,
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
}
