package io.mooring.identity.bundle;

import static io.mooring.identity.bundle.EndpointFixture.any;
import static io.mooring.identity.bundle.EndpointFixture.trusting;
import static io.mooring.identity.bundle.EndpointFixture.url;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.mooring.identity.BadInput;
import io.mooring.identity.BundleSet;
import io.mooring.identity.TrustBundle;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sentences of SPIFFE Federation, for clients. */
class FederationTest {

  private static final TrustDomain TD = new TrustDomain("td");

  @TempDir Path directory;
  private final FakeClock clock = new FakeClock(Instant.now()); // https_web goes by the JVM's time
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final List<String> events = new ArrayList<>();
  private EndpointFixture td;

  @BeforeEach
  void openCa() throws IOException {
    td = new EndpointFixture(directory, "td", clock);
  }

  private Federation start(FederatedDomain... domains) throws IOException {
    return Federation.builder(directory.resolve("federation"), List.of(domains))
        .clock(clock)
        .executor(executor)
        .observer(
            new FederationObserver() {
              @Override
              public void updated(TrustBundle bundle) {
                events.add("updated " + bundle.sequence().map(Object::toString).orElse("-"));
              }

              @Override
              public void failed(TrustDomain domain, String reason, Duration nextIn) {
                events.add("failed " + reason);
              }
            })
        .start();
  }

  private TrustBundle fetch(FederatedDomain domain) throws IOException {
    return new BundleClient(clock).fetch(domain, BundleSet.EMPTY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://td.example/",
        "ftp://td.example/",
        "https:///bundle",
        "https:td",
        "//td.example/",
        "https://user@td.example/",
        "https://user:secret@td.example/"
      })
  @Tag("FE-12")
  @Tag("FE-14")
  @Tag("FE-28")
  void urlIsHttpsWithoutUserInformation(String url) {
    assertThatThrownBy(() -> new FederatedDomain(TD, URI.create(url), new EndpointProfile.Web()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: https")
        .message()
        .doesNotContain("secret");
  }

  @Test
  @Tag("FE-29")
  @Tag("FE-30")
  @Tag("FE-31")
  void spiffeProfileNeedsTheBundleOfTheServersDomain() throws Exception {
    SpiffeId elsewhere = SpiffeId.parse("spiffe://other/bundles");
    assertThatThrownBy(() -> new EndpointProfile.Spiffe(elsewhere, td.ca.trustBundle()))
        .hasMessageContaining("expected: of 'other'");
    TrustBundle fromJson = TrustBundle.parseJson(TD, td.ca.trustBundle().toJson());
    try (BundleEndpoint endpoint = td.startSpiffe()) {
      assertThat(fetch(td.spiffe(url(endpoint), fromJson))).isEqualTo(td.ca.trustBundle());
    }
  }

  @Test
  @Tag("FE-31")
  void bundleOfOneDomainMayBeServedByAnother() throws Exception {
    EndpointFixture host = new EndpointFixture(directory, "host", clock);
    try (BundleEndpoint endpoint =
        BundleEndpoint.startSpiffe(
            any(), "/", td.ca::trustBundle, () -> host.svid(host.endpointId))) {
      EndpointProfile profile = new EndpointProfile.Spiffe(host.endpointId, host.ca.trustBundle());
      assertThat(fetch(new FederatedDomain(TD, url(endpoint), profile)))
          .isEqualTo(td.ca.trustBundle());
    }
  }

  @Test
  @Tag("FE-38")
  void serverOfAnotherIdentityOrRootIsRefused() throws Exception {
    EndpointFixture other = new EndpointFixture(directory, "other", clock);
    try (BundleEndpoint wrongId =
            BundleEndpoint.startSpiffe(
                any(), "/", td.ca::trustBundle, () -> td.svid(TD.workload("mesh", "web")));
        BundleEndpoint wrongRoot = other.startSpiffe()) {
      assertThatThrownBy(() -> fetch(td.spiffe(wrongId))).hasMessageContaining("sa/web");
      assertThatThrownBy(() -> fetch(td.spiffe(wrongRoot))).isInstanceOf(IOException.class);
    }
  }

  @Test
  @Tag("FE-10")
  @Tag("FE-15")
  @Tag("FE-22")
  @Tag("FE-23")
  @Tag("FE-24")
  void webProfileChecksTheHostAndALocallyTrustedCa() throws Exception {
    try (BundleEndpoint endpoint = td.startWeb()) {
      EndpointProfile trusted = new EndpointProfile.Web(trusting(td.ca.trustBundle()));
      URI named = URI.create("https://localhost:" + endpoint.address().getPort() + "/");
      assertThat(fetch(new FederatedDomain(TD, named, trusted))).isEqualTo(td.ca.trustBundle());
      assertThatThrownBy(() -> fetch(new FederatedDomain(TD, url(endpoint), trusted)))
          .isInstanceOf(IOException.class); // 127.0.0.1 is not in the certificate
      assertThatThrownBy(() -> fetch(new FederatedDomain(TD, named, new EndpointProfile.Web())))
          .isInstanceOf(IOException.class); // no public CA
    }
  }

  @Test
  @Tag("FE-4")
  @Tag("FE-5")
  @Tag("FE-39")
  @Tag("FE-45")
  void bundleIsPolledByItsHintAndTheNewestOneJudgesTheServer() throws Exception {
    try (BundleEndpoint endpoint = td.startSpiffe();
        Federation federation = start(td.spiffe(endpoint))) {
      executor.runReady();
      assertThat(events).containsExactly("updated 1");
      td.ca.prepare();
      executor.advance(Duration.ofMinutes(4));
      assertThat(events).hasSize(1);
      executor.advance(Duration.ofMinutes(1)); // the hint
      assertThat(events).endsWith("updated 2").hasSize(2);
      td.ca.activate(true);
      td.ca.retire(true); // the bundle that was configured is of no use any more
      executor.advance(Duration.ofMinutes(5));
      assertThat(events).endsWith("updated 3").hasSize(3);
      assertThat(federation.bundles().find(TD)).contains(td.ca.trustBundle());
    }
  }

  @Test
  @Tag("FE-46")
  void failureIsTriedAgainAtTheNextIntervalAndTheLastBundleStays() throws Exception {
    BundleEndpoint endpoint = td.startSpiffe();
    try (Federation federation = start(td.spiffe(endpoint))) {
      executor.runReady();
      endpoint.close();
      executor.advance(Duration.ofMinutes(5));
      assertThat(events).hasSize(2).last().asString().startsWith("failed");
      executor.advance(Duration.ofMinutes(4));
      assertThat(events).hasSize(2);
      executor.advance(Duration.ofMinutes(1));
      assertThat(events).hasSize(3);
      assertThat(federation.bundles().find(TD)).contains(td.ca.trustBundle());
    }
  }

  @Test
  @Tag("FE-6")
  void lastBundleSurvivesARestartWithoutTheEndpoint() throws Exception {
    FederatedDomain domain;
    try (BundleEndpoint endpoint = td.startSpiffe();
        Federation federation = start(td.spiffe(endpoint))) {
      domain = td.spiffe(endpoint);
      executor.runReady();
      assertThat(federation.bundles().find(TD)).isPresent();
    }
    try (Federation federation = start(domain)) {
      assertThat(federation.bundles().find(TD).orElseThrow().hasSameKeys(td.ca.trustBundle()))
          .isTrue();
    }
    try (Federation federation = start()) {
      assertThat(federation.bundles()).isEqualTo(BundleSet.EMPTY); // no longer federated with
    }
    Files.writeString(directory.resolve("federation/bundles.json"), "{");
    assertThatThrownBy(() -> start(domain)).hasMessageContaining("bundles.json is damaged");
  }

  @Test
  @Tag("FE-7")
  @Tag("FE-8")
  void olderSequenceIsRefusedAndWithoutOneTheLatestWins() throws Exception {
    List<String> answers = new ArrayList<>(List.of(bundle(5), bundle(4), bundle(5), bundle(-1)));
    try (HttpsServerFixture server = new HttpsServerFixture(answers);
        Federation federation = start(td.spiffe(server.url(), td.ca.trustBundle()))) {
      for (int round = 0; round < 4; round++) {
        executor.runReady();
        executor.advance(Federation.DEFAULT_INTERVAL);
      }
      assertThat(events.get(0)).isEqualTo("updated 5");
      assertThat(events.get(1)).contains("failed").contains("expected: not an older one");
      assertThat(federation.bundles().find(TD).orElseThrow().sequence()).isEmpty();
    }
  }

  private String bundle(int sequence) {
    TrustBundle own = td.ca.trustBundle();
    return new TrustBundle(
            TD,
            own.roots(),
            own.jwtKeys(),
            sequence < 0 ? Optional.empty() : Optional.of(BigInteger.valueOf(sequence)),
            Optional.empty())
        .toJson();
  }

  @Test
  void hintsAreKeptWithinReason() {
    assertThat(Federation.interval(Optional.empty())).isEqualTo(Duration.ofMinutes(5));
    assertThat(Federation.interval(Optional.of(Duration.ZERO))).isEqualTo(Duration.ofSeconds(10));
    assertThat(Federation.interval(Optional.of(Duration.ofDays(99)))).isEqualTo(Duration.ofDays(1));
  }

  @Test
  @Tag("FE-20")
  @Tag("FE-25")
  @Tag("FE-26")
  @Tag("FE-27")
  @Tag("FE-36")
  @Tag("FE-41")
  @Tag("FE-42")
  @Tag("FE-43")
  @Tag("FE-44")
  void redirectIsFollowedToTheSameIdentityAndForgotten() throws Exception {
    try (BundleEndpoint target = td.startSpiffe();
        BundleEndpoint stranger =
            BundleEndpoint.startSpiffe(
                any(), "/", td.ca::trustBundle, () -> td.svid(TD.workload("mesh", "web")));
        HttpsServerFixture server =
            new HttpsServerFixture(List.of("@" + url(target), "@" + url(stranger), bundle(9)))) {
      FederatedDomain domain = td.spiffe(server.url(), td.ca.trustBundle());
      assertThat(fetch(domain)).isEqualTo(td.ca.trustBundle());
      assertThatThrownBy(() -> fetch(domain)).hasMessageContaining("sa/web");
      assertThat(fetch(domain).sequence()).contains(BigInteger.valueOf(9));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@http://127.0.0.1:1/",
        "@https://user@127.0.0.1:1/",
        "@file:///etc/passwd",
        "@",
        "@/again",
        "!500",
        "!204",
        "no json",
        "{}",
        "{\"keys\":[],\"spiffe_sequence\":-1}"
      })
  @Tag("FE-20")
  @Tag("FE-36")
  @BadInput(45)
  void badAnswersAreNoBundle(String answer) throws Exception {
    try (HttpsServerFixture server = new HttpsServerFixture(List.of(answer))) {
      assertThatThrownBy(() -> fetch(td.spiffe(server.url(), td.ca.trustBundle())))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  @BadInput(45)
  void endlessBodyIsCutOff() throws Exception {
    try (HttpsServerFixture server = new HttpsServerFixture(List.of(" ".repeat(50 << 20)))) {
      assertThatThrownBy(() -> fetch(td.spiffe(server.url(), td.ca.trustBundle())))
          .hasMessageContaining("at most 1 MiB");
    }
  }

  @Test
  @Tag("FE-40")
  void domainTwiceIsRefused() {
    URI url = URI.create("https://td/");
    FederatedDomain domain = new FederatedDomain(TD, url, new EndpointProfile.Web());
    assertThatThrownBy(() -> start(domain, domain)).hasMessageContaining("each trust domain once");
  }

  /** Answers in turn, the last for ever: a body, {@code @} a redirect, {@code !} a status. */
  private final class HttpsServerFixture implements AutoCloseable {
    private final HttpsServer server = HttpsServer.create(any(), 0);
    private final List<String> answers;

    HttpsServerFixture(List<String> answers) throws Exception {
      this.answers = new ArrayList<>(answers);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new FreshIdentity(() -> ServerIdentity.of(td.svid(td.endpointId)))},
          null,
          null);
      server.setHttpsConfigurator(new HttpsConfigurator(context));
      server.createContext(
          "/",
          exchange -> {
            String answer = next();
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            if (answer.startsWith("@")) {
              if (answer.length() > 1) {
                exchange.getResponseHeaders().add("Location", answer.substring(1));
              }
              exchange.sendResponseHeaders(302, -1);
            } else if (answer.startsWith("!")) {
              exchange.sendResponseHeaders(Integer.parseInt(answer.substring(1)), -1);
            } else {
              exchange.sendResponseHeaders(200, body.length);
              exchange.getResponseBody().write(body);
            }
            exchange.close();
          });
      server.start();
    }

    private synchronized String next() {
      return answers.size() > 1 ? answers.remove(0) : answers.get(0);
    }

    URI url() {
      return URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
