package io.mooring.identity.bundle;

import static io.mooring.identity.bundle.EndpointFixture.any;
import static io.mooring.identity.bundle.EndpointFixture.raw;
import static io.mooring.identity.bundle.EndpointFixture.trusting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.identity.BundleSet;
import io.mooring.identity.TrustBundle;
import io.mooring.model.spiffe.TrustDomain;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sentences of SPIFFE Federation, for servers. */
class BundleEndpointTest {

  private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

  @TempDir Path directory;
  private EndpointFixture td;
  private SSLContext trust;

  @BeforeEach
  void openCa() throws Exception {
    td = new EndpointFixture(directory, "td", InstantSource.system());
    trust = trusting(td.ca.trustBundle());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST / HTTP/1.1\r\n\r\n:405",
        "HEAD / HTTP/1.1\r\n\r\n:405",
        "GET /other HTTP/1.1\r\n\r\n:404",
        "GET /../ HTTP/1.1\r\n\r\n:404",
        "GET /?x HTTP/1.1\r\n\r\n:404",
        "nonsense\r\n\r\n:400",
        "GET / HTTP/3\r\n\r\n:400",
        "\r\n\r\n:400"
      })
  void otherRequestsGetNoBundle(String requestAndStatus) throws IOException {
    int colon = requestAndStatus.lastIndexOf(':');
    try (BundleEndpoint endpoint = td.startWeb()) {
      assertThat(raw(endpoint, trust, "TLSv1.3", requestAndStatus.substring(0, colon)))
          .contains("HTTP/1.1 " + requestAndStatus.substring(colon + 1))
          .doesNotContain("keys");
    }
  }

  @Test
  void endlessHeadIsCutOff() throws IOException {
    try (BundleEndpoint endpoint = td.startWeb()) {
      assertThat(raw(endpoint, trust, "TLSv1.3", "GET / HTTP/1.1\r\nX: " + "x".repeat(8200)))
          .contains("400");
    }
  }

  @Test
  @Tag("FE-10")
  @Tag("FE-17")
  @Tag("FE-18")
  @Tag("FE-19")
  @Tag("FE-33")
  @Tag("FE-34")
  @Tag("FE-35")
  void anybodyGetsTheNewestBundleAsJsonInUtf8() throws IOException {
    try (BundleEndpoint endpoint = td.startWeb()) {
      for (int round = 0; round < 2; round++) {
        String reply = raw(endpoint, trust, "TLSv1.3", GET);
        assertThat(reply).contains("HTTP/1.1 200 OK").contains("Content-Type: application/json");
        String body = reply.substring(reply.indexOf("\r\n\r\n") + 4);
        assertThat(TrustBundle.parseJson(new TrustDomain("td"), body))
            .isEqualTo(td.ca.trustBundle());
        td.ca.prepare();
        td.ca.activate(true);
        trust = contextOf(td.ca.trustBundle());
      }
    }
  }

  private static SSLContext contextOf(TrustBundle bundle) {
    try {
      return trusting(bundle);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @Tag("FE-11")
  void tlsIsThatOfMozillasIntermediateList() throws IOException {
    try (BundleEndpoint endpoint = td.startWeb()) {
      assertThat(raw(endpoint, trust, "TLSv1.3", GET)).startsWith("TLS_").contains("200 OK");
      assertThat(raw(endpoint, trust, "TLSv1.2", GET))
          .startsWith("TLS_ECDHE_ECDSA_WITH_")
          .contains("200 OK");
      for (String old : List.of("TLSv1.1", "TLSv1")) {
        assertThatThrownBy(() -> raw(endpoint, trust, old, GET)).isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  @Tag("FE-16")
  void webCertificateMustNameTheHost() {
    assertThatThrownBy(
            () ->
                BundleEndpoint.startWeb(
                    any(),
                    "/",
                    "bundles.example.org",
                    td.ca::trustBundle,
                    () -> ServerIdentity.of(td.svid(td.endpointId))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("names 'bundles.example.org'");
  }

  @Test
  @Tag("FE-32")
  void spiffeCertificateIsTheSvidOfTheEndpoint() throws Exception {
    try (BundleEndpoint endpoint = td.startSpiffe()) {
      TrustBundle fetched =
          new BundleClient(InstantSource.system()).fetch(td.spiffe(endpoint), BundleSet.EMPTY);
      assertThat(fetched).isEqualTo(td.ca.trustBundle());
    }
  }

  @Test
  void portInUseIsNamed() throws IOException {
    try (BundleEndpoint endpoint = td.startSpiffe()) {
      InetSocketAddress taken = endpoint.address();
      assertThatThrownBy(
              () ->
                  BundleEndpoint.startSpiffe(
                      taken, "/", td.ca::trustBundle, () -> td.svid(td.endpointId)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(String.valueOf(taken.getPort()));
    }
  }

  @Test
  void idleConnectionsHoldNobodyUp() throws Exception {
    List<Socket> idle = new ArrayList<>();
    ServerIdentity identity = ServerIdentity.of(td.svid(td.endpointId));
    try (BundleEndpoint endpoint =
        BundleEndpoint.start(
            any(), "/", td.ca::trustBundle, () -> identity, Duration.ofMillis(500))) {
      for (int i = 0; i < 80; i++) {
        idle.add(new Socket(endpoint.address().getAddress(), endpoint.address().getPort()));
      }
      await()
          .ignoreExceptions()
          .until(() -> raw(endpoint, trust, "TLSv1.3", GET).contains("200 OK"));
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void closeEndsThePortAndEveryThread() throws IOException {
    BundleEndpoint endpoint = td.startSpiffe();
    InetSocketAddress address = endpoint.address();
    endpoint.close();
    endpoint.close();
    assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()).close())
        .isInstanceOf(IOException.class);
    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("mooring-bundle-acceptor")));
  }
}
