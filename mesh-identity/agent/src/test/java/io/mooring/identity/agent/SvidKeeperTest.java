package io.mooring.identity.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.identity.BundleSet;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.agent.svid.Credentials;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SvidKeeperTest {

  private static final Duration LIFETIME = Duration.ofMinutes(100);
  private static final RotationPolicy POLICY =
      new RotationPolicy(0, Duration.ofSeconds(1), Duration.ofSeconds(15));

  private final FakeClock clock = new FakeClock();
  private final ManualExecutor executor = new ManualExecutor(clock);
  private TestIssuer issuer = new TestIssuer(clock.instant());
  private final List<Instant> attempts = new ArrayList<>();
  private final List<Credentials> served = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private boolean reachable = true;
  private Exception failure = new IOException("no route");
  private SvidKeeper keeper;

  @BeforeEach
  void start() {
    keeper =
        new SvidKeeper(
            this::exchange,
            credentials(),
            clock.instant(),
            POLICY,
            clock,
            executor,
            new Random(1),
            new Recorder(),
            served::add);
    keeper.start();
  }

  @AfterEach
  void stop() {
    keeper.close();
  }

  @Test
  void outageIsWarnedOfOnceSurvivedAndForgotten() {
    reachable = false;
    executor.advance(LIFETIME.minusSeconds(1));
    assertThat(told).containsExactly("expiresSoon no route");

    reachable = true;
    executor.advance(Duration.ofSeconds(20));

    assertThat(served).hasSize(1);
    assertThat(told).containsExactly("expiresSoon no route", "renewed");
    assertThat(keeper.current()).isSameAs(served.get(0));
  }

  @Test
  void expiryIsToldOnceAndTheKeeperRecoversAlone() {
    reachable = false;
    executor.advance(LIFETIME.multipliedBy(3));
    assertThat(told).containsExactly("expiresSoon no route", "expired no route");
    assertThat(keeper.current().expiresAt()).isBefore(clock.instant());

    reachable = true;
    executor.advance(POLICY.maxBackOff());

    assertThat(told).last().isEqualTo("renewed");
    assertThat(keeper.current().expiresAt()).isAfter(clock.instant());
  }

  @Test
  void unexpectedFailureDoesNotEndTheTries() {
    reachable = false;
    failure = new IllegalStateException("a bug");
    executor.advance(LIFETIME.dividedBy(2).plusSeconds(30));
    reachable = true;

    executor.advance(Duration.ofSeconds(20));

    assertThat(told).containsExactly("renewed");
  }

  @Test
  void renewalIsAtHalfOfTheLifetimeAgainAndAgain() {
    Instant start = clock.instant();

    executor.advance(LIFETIME);

    assertThat(attempts)
        .containsExactly(start.plus(Duration.ofMinutes(50)), start.plus(Duration.ofMinutes(100)));
  }

  @Test
  void machineThatSleptPastTheRenewalRenewsSoonAfterItWakes() {
    executor.advance(Duration.ofMinutes(1));
    clock.advance(Duration.ofMinutes(70)); // timers saw nothing of it

    executor.advance(Duration.ofSeconds(15));

    assertThat(attempts).hasSize(1);
  }

  @Test
  void closedKeeperDoesNothingMore() {
    keeper.close();
    keeper.close();

    executor.advance(LIFETIME);

    assertThat(attempts).isEmpty();
    assertThat(executor.pending()).isZero();
  }

  @Test
  void changedBundleIsServedWithoutARenewal() {
    TestIssuer next = new TestIssuer(clock.instant());
    TrustBundle both = new TrustBundle(TestIssuer.DOMAIN, List.of(next.root(), issuer.root()));

    keeper.trust(both, BundleSet.EMPTY);
    keeper.trust(both, BundleSet.EMPTY);
    executor.advance(Duration.ofMinutes(5));

    assertThat(served).hasSize(1);
    assertThat(served.get(0).roots()).isEqualTo(both);
    assertThat(served.get(0).svid()).isSameAs(keeper.current().svid());
    assertThat(attempts).isEmpty();
    assertThat(told).containsExactly("bundle 2");
  }

  @Test
  void olderBundleDoesNotReplaceANewerOne() { // FE-7, FE-8
    TestIssuer next = new TestIssuer(clock.instant());
    keeper.trust(bundle(7, next.root(), issuer.root()), BundleSet.EMPTY);

    keeper.trust(bundle(6, issuer.root()), BundleSet.EMPTY);
    assertThat(keeper.current().roots().sequence()).contains(BigInteger.valueOf(7));
    keeper.trust(bundle(7, issuer.root()), BundleSet.EMPTY); // not older: the latest counts
    keeper.trust(bundle(9, issuer.root()), BundleSet.EMPTY); // the same keys: only remembered
    keeper.trust(bundle(8, next.root(), issuer.root()), BundleSet.EMPTY);

    assertThat(told).containsExactly("bundle 2", "bundle 1");
    assertThat(served).hasSize(2);
    assertThat(keeper.current().roots()).isEqualTo(bundle(9, issuer.root()));
  }

  @Test
  void bundlesOfOtherDomainsAreServedAndOutliveARenewal() {
    BundleSet others = BundleSet.of(foreign());

    keeper.trust(issuer.bundle(), others);
    keeper.trust(issuer.bundle(), others);
    executor.advance(LIFETIME.dividedBy(2));

    assertThat(served).hasSize(2).allMatch(each -> each.federated().equals(others));
    assertThat(told).containsExactly("renewed");
    assertThat(keeper.current().bundles()).containsExactly(issuer.bundle(), foreign());
    keeper.trust(issuer.bundle(), BundleSet.EMPTY);
    assertThat(keeper.current().federated()).isEqualTo(BundleSet.EMPTY);
  }

  private TrustBundle foreign() {
    return new TrustBundle(new TrustDomain("other.example"), List.of(issuer.root()));
  }

  private static TrustBundle bundle(int sequence, X509Certificate... roots) {
    return new TrustBundle(
        TestIssuer.DOMAIN,
        List.of(roots),
        Map.of(),
        Optional.of(BigInteger.valueOf(sequence)),
        Optional.empty());
  }

  @Test
  void bundleWithoutAnyRootIsNotTaken() {
    keeper.trust(new TrustBundle(TestIssuer.DOMAIN, List.of()), BundleSet.EMPTY);
    assertThat(served).isEmpty();
  }

  @Test
  void lossOfTheOwnRootRenewsAtOnceAndOnce() {
    executor.advance(Duration.ofSeconds(61)); // between two looks at the clock
    issuer = new TestIssuer(clock.instant().minusSeconds(1));

    keeper.trust(issuer.bundle(), BundleSet.EMPTY);
    executor.runReady();

    assertThat(attempts).containsExactly(clock.instant());
    assertThat(told).containsExactly("bundle 1", "renewed");
    executor.advance(Duration.ofMinutes(49));
    assertThat(attempts).hasSize(1);
    assertThat(executor.pending()).isOne();
  }

  @Test
  void controlPlaneThatDisownsItsOwnSvidsIsNotFlooded() {
    keeper.onRenewal(
        () -> {
          if (attempts.size() < 20) {
            keeper.trust(new TestIssuer(clock.instant()).bundle(), BundleSet.EMPTY);
          }
        });
    executor.advance(Duration.ofMinutes(1));

    keeper.trust(new TestIssuer(clock.instant()).bundle(), BundleSet.EMPTY);
    executor.advance(Duration.ofMinutes(1).minusSeconds(1));

    assertThat(attempts).hasSize(4);
  }

  @Test
  void keysOfTokensOutliveARenewalWithTheSameRoots() {
    TrustBundle told = new TestJwt().in(issuer.bundle());
    keeper.trust(told, BundleSet.EMPTY);

    executor.advance(LIFETIME.dividedBy(2));

    assertThat(attempts).hasSize(1);
    assertThat(keeper.current().roots()).isEqualTo(told);
    assertThat(served).last().isEqualTo(keeper.current());
  }

  private Credentials exchange(Credentials current) throws IOException {
    attempts.add(clock.instant());
    if (reachable) {
      return credentials();
    }
    if (failure instanceof IOException io) {
      throw io;
    }
    throw (RuntimeException) failure;
  }

  private Credentials credentials() {
    KeyPair key = TestIssuer.newKey();
    return new Credentials(
        X509Svid.of(
            List.of(
                issuer.leaf(
                    key.getPublic(),
                    TestIssuer.RATINGS.toString(),
                    clock.instant(),
                    clock.instant().plus(LIFETIME))),
            key.getPrivate()),
        issuer.bundle());
  }

  private final class Recorder implements AgentObserver {
    @Override
    public void renewed(SpiffeId id, Instant expiry) {
      told.add("renewed");
    }

    @Override
    public void trustBundleChanged(TrustBundle bundle) {
      told.add("bundle " + bundle.roots().size());
    }

    @Override
    public void expiresSoon(SpiffeId id, Instant expiry, String reason) {
      told.add("expiresSoon " + reason);
    }

    @Override
    public void expired(SpiffeId id, Instant expiry, String reason) {
      told.add("expired " + reason);
    }
  }
}
