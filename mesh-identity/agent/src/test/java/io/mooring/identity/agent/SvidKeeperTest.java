package io.mooring.identity.agent;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SvidKeeperTest {

  private static final Duration LIFETIME = Duration.ofMinutes(100);
  private static final RotationPolicy POLICY =
      new RotationPolicy(0, Duration.ofSeconds(1), Duration.ofSeconds(15));

  private final FakeClock clock = new FakeClock();
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final TestIssuer issuer = new TestIssuer(clock.instant());
  private final List<Instant> attempts = new ArrayList<>();
  private final List<Credentials> served = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private boolean reachable = true;
  private int refreshes;
  private @Nullable TrustBundle bundle;
  private Exception failure = new IOException("no route");
  private SvidKeeper keeper;

  @BeforeEach
  void start() {
    keeper =
        new SvidKeeper(
            new Exchange(),
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
    executor.advance(Duration.ofMinutes(1));
    assertThat(served).isEmpty();
    TestIssuer next = new TestIssuer(clock.instant());
    TrustBundle both = new TrustBundle(TestIssuer.DOMAIN, List.of(next.root(), issuer.root()));
    bundle = both;

    executor.advance(Duration.ofMinutes(5));

    assertThat(served).hasSize(1);
    assertThat(served.get(0).roots()).isEqualTo(both);
    assertThat(served.get(0).svid()).isSameAs(keeper.current().svid());
    assertThat(attempts).isEmpty();
    assertThat(told).containsExactly("bundle 2");
  }

  @Test
  void bundleIsAskedForAsOftenAsItSays() {
    bundle =
        new TrustBundle(
            TestIssuer.DOMAIN,
            List.of(issuer.root()),
            Map.of(),
            Optional.of(BigInteger.ONE),
            Optional.of(Duration.ofSeconds(60)));
    executor.advance(Duration.ofMinutes(10));
    assertThat(refreshes).isBetween(10, 13);
  }

  @Test
  void lossOfTheOwnRootRenewsAtOnce() {
    executor.advance(Duration.ofMinutes(1));
    TestIssuer next = new TestIssuer(clock.instant());
    bundle = next.bundle();

    executor.advance(Duration.ofMinutes(5));

    assertThat(attempts).hasSize(1);
    assertThat(told).containsExactly("bundle 1", "renewed");
  }

  @Test
  void bundleThatIsNotToldChangesNothingAndIsAskedForAgain() {
    reachable = false;
    executor.advance(Duration.ofMinutes(40));
    assertThat(refreshes).isBetween(8, 11);
    assertThat(served).isEmpty();
    assertThat(told).isEmpty();
  }

  private final class Exchange implements SvidExchange {
    @Override
    public Credentials renew(Credentials current) throws IOException {
      attempts.add(clock.instant());
      fail();
      return credentials();
    }

    @Override
    public Credentials refresh(Credentials current) throws IOException {
      refreshes++;
      fail();
      return bundle == null || bundle.equals(current.roots()) ? current : current.with(bundle);
    }

    private void fail() throws IOException {
      if (reachable) {
        return;
      }
      if (failure instanceof IOException io) {
        throw io;
      }
      throw (RuntimeException) failure;
    }
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
    public void trustBundleChanged(TrustDomain trustDomain, int roots) {
      told.add("bundle " + roots);
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
