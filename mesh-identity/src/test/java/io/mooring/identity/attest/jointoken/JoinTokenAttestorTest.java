package io.mooring.identity.attest.jointoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mooring.identity.BadInput;
import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JoinTokenAttestorTest {

  private static final String KEY = "key-a";
  private static final String OTHER_KEY = "key-b";
  private static final Duration TTL = Duration.ofHours(1);

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();
  private JoinTokenStore store;
  private JoinTokenAttestor attestor;

  @BeforeEach
  void open() throws IOException {
    store = JoinTokenStore.open(directory(), clock, new SecureRandom());
    attestor = new JoinTokenAttestor(store, clock);
  }

  /** What may have become of a token between the two questions. */
  private static final Set<RefusalReason> BY_STATE =
      EnumSet.of(
          RefusalReason.UNKNOWN_TOKEN,
          RefusalReason.EXPIRED_TOKEN,
          RefusalReason.REVOKED_TOKEN,
          RefusalReason.REUSED_TOKEN);

  private Path directory() {
    return temporary.resolve("tokens");
  }

  private JoinToken create() {
    return store.create("demo", "ratings", TTL);
  }

  private void assertRefused(RefusalReason reason, String credential, String key) {
    assertRefused(
        reason, credential, () -> attestor.attest(new AttestationRequest(credential, key)));
    if (BY_STATE.contains(reason)) {
      AttestationResult earlier =
          new AttestationResult("join-token:" + credential.substring(0, 16), Set.of());
      assertRefused(reason, credential, () -> attestor.redeem(earlier, key));
    }
  }

  private static void assertRefused(RefusalReason reason, String credential, Runnable call) {
    Throwable refusal = catchThrowable(call::run);
    assertThat(refusal).isInstanceOf(RefusedException.class);
    assertThat(((RefusedException) refusal).reason()).isEqualTo(reason);
    if (credential.length() > 17) {
      assertThat(refusal.toString()).doesNotContain(credential.substring(17));
    }
  }

  private void use(JoinToken token, String key) {
    AttestationRequest request = new AttestationRequest(token.reveal(), key);
    attestor.redeem(attestor.attest(request), key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "x", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.", "../../etc/passwd"})
  void whatIsNoTokenIsMalformed(String credential) {
    assertRefused(RefusalReason.MALFORMED_TOKEN, credential, KEY);
  }

  @Test
  void tokenThatIsNotByteForByteTheSameIsRefused() {
    String token = create().reveal();
    assertRefused(RefusalReason.MALFORMED_TOKEN, token.substring(0, token.length() - 1), KEY);
    assertRefused(RefusalReason.MALFORMED_TOKEN, token + "A", KEY);
    assertRefused(RefusalReason.MALFORMED_TOKEN, token + "\n", KEY);
    assertRefused(RefusalReason.MALFORMED_TOKEN, "A".repeat(1 << 20), KEY);
    String swapped = swapCase(token);
    assertRefused(
        swapped.startsWith(token.substring(0, 16))
            ? RefusalReason.WRONG_SECRET
            : RefusalReason.MALFORMED_TOKEN,
        swapped,
        KEY);
    assertRefused(RefusalReason.WRONG_SECRET, token.substring(0, 17) + "A".repeat(43), KEY);
    use(JoinToken.parse(token).orElseThrow(), KEY);
  }

  private static String swapCase(String token) {
    String secret = token.substring(17);
    String upper = secret.toUpperCase(Locale.ROOT);
    return token.substring(0, 17)
        + (upper.equals(secret) ? secret.toLowerCase(Locale.ROOT) : upper);
  }

  @Test
  void tokenThatWasNeverMadeIsUnknown() {
    assertRefused(RefusalReason.UNKNOWN_TOKEN, JoinToken.random(new SecureRandom()).reveal(), KEY);
  }

  @Test
  void tokenEndsWithItsTime() {
    JoinToken token = create();
    clock.advance(TTL.minusNanos(1));
    attestor.attest(new AttestationRequest(token.reveal(), KEY));
    clock.advance(Duration.ofNanos(1));
    assertRefused(RefusalReason.EXPIRED_TOKEN, token.reveal(), KEY);
  }

  @Test
  void anotherKeyNeverUsesATokenAgain() throws IOException {
    JoinToken token = create();
    use(token, KEY);
    assertRefused(RefusalReason.REUSED_TOKEN, token.reveal(), OTHER_KEY);
    open();
    assertRefused(RefusalReason.REUSED_TOKEN, token.reveal(), OTHER_KEY);
  }

  @Test
  void sameKeyMayRetryForTenMinutesEvenPastTheTokensTimeAndARestart() throws IOException {
    JoinToken token = create();
    clock.advance(TTL.minusSeconds(1));
    use(token, KEY);
    clock.advance(Duration.ofMinutes(5));
    use(token, KEY);
    open();
    clock.advance(Duration.ofMinutes(5).minusNanos(1));
    use(token, KEY);
    clock.advance(Duration.ofNanos(1));
    assertRefused(RefusalReason.REUSED_TOKEN, token.reveal(), KEY);
  }

  @Test
  void revokedTokenIsRefusedUsedOrNot() throws IOException {
    JoinToken unused = create();
    JoinToken used = create();
    use(used, KEY);
    assertThat(store.revoke(unused.id())).isTrue();
    assertThat(store.revoke(used.id())).isTrue();
    assertThat(store.revoke("0000000000000000")).isFalse();
    open();
    assertRefused(RefusalReason.REVOKED_TOKEN, unused.reveal(), KEY);
    assertRefused(RefusalReason.REVOKED_TOKEN, used.reveal(), KEY);
  }

  @Test
  void attestingAloneUsesNothingUp() throws IOException {
    JoinToken token = create();
    byte[] before = Files.readAllBytes(file(token));
    attestor.attest(new AttestationRequest(token.reveal(), KEY));
    attestor.attest(new AttestationRequest(token.reveal(), OTHER_KEY));
    assertThat(Files.readAllBytes(file(token))).isEqualTo(before);
    use(token, OTHER_KEY);
  }

  @Test
  void useThatCannotBeRecordedIsNoUse() throws IOException {
    JoinToken token = create();
    Path file = file(token);
    Files.delete(file);
    Files.createDirectories(file.resolve("in-the-way"));
    AttestationResult result = attestor.attest(new AttestationRequest(token.reveal(), KEY));
    assertThatThrownBy(() -> attestor.redeem(result, KEY))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.reason()).isEqualTo(RefusalReason.UNAVAILABLE));
    Files.delete(file.resolve("in-the-way"));
    Files.delete(file);
    use(token, OTHER_KEY);
  }

  @Test
  @BadInput(20)
  void ofSixtyFourRacingThreadsExactlyOneKeyWins() throws Exception {
    JoinToken token = create();
    int threads = 64;
    CyclicBarrier start = new CyclicBarrier(threads);
    AtomicInteger refused = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<String> winners = new ArrayList<>();
    try {
      List<Callable<String>> races = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        String key = "key-" + i;
        races.add(
            () -> {
              AttestationResult result =
                  attestor.attest(new AttestationRequest(token.reveal(), key));
              start.await();
              try {
                attestor.redeem(result, key);
                return key;
              } catch (RefusedException e) {
                assertThat(e.reason()).isEqualTo(RefusalReason.REUSED_TOKEN);
                refused.incrementAndGet();
                return "";
              }
            });
      }
      for (Future<String> race : pool.invokeAll(races)) {
        if (!race.get().isEmpty()) {
          winners.add(race.get());
        }
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(winners).hasSize(1);
    assertThat(refused).hasValue(threads - 1);
    open();
    use(token, winners.get(0));
  }

  /**
   * Kills the process at every step of a write: before the temporary file is complete, before it is
   * renamed, and after. Whoever got no answer may try again; nobody else gets in once one was
   * given.
   */
  @Test
  @BadInput(25)
  void tokenStaysOneTimeWhereverTheProcessIsKilled() throws IOException {
    JoinToken token = create();
    byte[] unused = Files.readAllBytes(file(token));
    use(token, KEY);
    byte[] used = Files.readAllBytes(file(token));
    for (int written = 0; written <= used.length; written += 16) {
      Files.write(file(token), unused);
      Files.write(directory().resolve(".new-killed"), java.util.Arrays.copyOf(used, written));
      open();
      assertThat(store.list()).hasSize(1);
      attestor.attest(new AttestationRequest(token.reveal(), OTHER_KEY));
      assertThat(directory().resolve(".new-killed")).doesNotExist();
    }
    Files.write(directory().resolve(".new-killed"), used);
    Files.move(
        directory().resolve(".new-killed"), file(token), StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(
        file(token), java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    open();
    assertRefused(RefusalReason.REUSED_TOKEN, token.reveal(), OTHER_KEY);
    use(token, KEY);
  }

  @Test
  void garbledFileRefusesItsTokenAndNoOther() throws IOException {
    JoinToken garbled = create();
    JoinToken good = create();
    for (String content : List.of("", "{", "{}", "[]", "{\"id\":7}")) {
      Files.writeString(file(garbled), content);
      open();
      assertRefused(RefusalReason.UNKNOWN_TOKEN, garbled.reveal(), KEY);
      attestor.attest(new AttestationRequest(good.reveal(), KEY));
    }
    Files.write(file(garbled), Files.readAllBytes(file(good)));
    open();
    assertThat(store.list()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "-PT1S", "P31D"})
  void lifetimeOutOfRangeIsRefused(String ttl) {
    assertThatThrownBy(() -> store.create("demo", "ratings", Duration.parse(ttl)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Duration.parse(ttl).toString());
    assertThat(store.list()).isEmpty();
  }

  @Test
  void tokenThatCannotBeWrittenIsNotMade() throws IOException {
    Files.delete(directory());
    assertThatThrownBy(this::create).isInstanceOf(UncheckedIOException.class);
    assertThat(store.list()).isEmpty();
  }

  @Test
  void listShowsIdsOldestFirstAndWhatBecameOfThem() {
    JoinToken used = create();
    clock.advance(Duration.ofSeconds(1));
    JoinToken revoked = create();
    clock.advance(Duration.ofSeconds(1));
    JoinToken unused = create();
    use(used, KEY);
    store.revoke(revoked.id());
    assertThat(store.list())
        .extracting(JoinTokenRecord::id)
        .containsExactly(used.id(), revoked.id(), unused.id());
    assertThat(store.list())
        .extracting(token -> token.state(clock.instant()))
        .containsExactly(
            JoinTokenRecord.State.USED,
            JoinTokenRecord.State.REVOKED,
            JoinTokenRecord.State.UNUSED);
    clock.advance(TTL);
    assertThat(store.list().get(2).state(clock.instant())).isEqualTo(JoinTokenRecord.State.EXPIRED);
  }

  @Test
  void tokensAreForgottenADayAfterTheirTime() throws IOException {
    JoinToken token = create();
    use(token, KEY);
    clock.advance(TTL.plusDays(1));
    create();
    assertThat(store.list()).hasSize(2);
    clock.advance(Duration.ofNanos(1));
    create();
    assertThat(store.list()).extracting(JoinTokenRecord::id).doesNotContain(token.id());
    assertThat(file(token)).doesNotExist();
    assertRefused(RefusalReason.UNKNOWN_TOKEN, token.reveal(), KEY);
  }

  @Test
  void secretIsOnNoDiskAndInNoText() throws IOException {
    JoinToken token = create();
    String secret = token.reveal().substring(17);
    use(token, KEY);
    assertThat(Files.readString(file(token))).doesNotContain(secret);
    assertThat(token.toString()).isEqualTo("JoinToken[" + token.id() + "]");
    assertThat(store.list().toString()).doesNotContain(secret).doesNotContain(token.secretDigest());
    assertThat(new AttestationRequest(token.reveal(), KEY).toString()).doesNotContain(secret);
    assertThat(attestor.attest(new AttestationRequest(token.reveal(), KEY)).toString())
        .contains(token.id())
        .doesNotContain(secret);
  }

  private Path file(JoinToken token) {
    return directory().resolve(token.id() + ".json");
  }
}
