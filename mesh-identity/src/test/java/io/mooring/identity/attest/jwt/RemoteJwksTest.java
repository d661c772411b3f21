package io.mooring.identity.attest.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.BadInput;
import io.mooring.identity.attest.TestPki;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteJwksTest {

  private static final KeyPair KEYS = TestPki.rsa();

  private final FakeClock clock = new FakeClock();
  private String published = TestPki.jwks("k1", KEYS);
  private int reads;

  private final RemoteJwks keys =
      new RemoteJwks(URI.create("https://issuer.example/keys"), this::read, clock);

  private byte[] read(URI address) throws IOException {
    reads++;
    if (published.isEmpty()) {
      throw new IOException(address + " answered 500");
    }
    return published.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void keysAreReadOnceAnHour() {
    assertThat(reads).isZero();
    assertThat(keys.find("k1")).isPresent();
    clock.advance(Duration.ofHours(1).minusSeconds(1));
    assertThat(keys.find("k1")).isPresent();
    assertThat(reads).isEqualTo(1);
    clock.advance(Duration.ofSeconds(1));
    assertThat(keys.find("k1")).isPresent();
    assertThat(reads).isEqualTo(2);
  }

  @Test
  void unknownKeyIsLookedForAtMostOnceInThirtySeconds() {
    assertThat(keys.find("k2")).isEmpty();
    for (int i = 0; i < 1_000; i++) {
      assertThat(keys.find("made-up-" + i)).isEmpty();
    }
    assertThat(reads).isEqualTo(1);
    clock.advance(Duration.ofSeconds(30));
    published = TestPki.jwks("k2", KEYS);
    assertThat(keys.find("k2")).isPresent();
    assertThat(keys.find("k1")).isEmpty(); // taken back by the issuer
    assertThat(reads).isEqualTo(2);
  }

  @Test
  @BadInput(40)
  void lastGoodKeysCountForADayAndThenNone() {
    assertThat(keys.find("k1")).isPresent();
    published = "";
    clock.advance(Duration.ofDays(1).minusSeconds(1));
    assertThat(keys.find("k1")).isPresent();
    assertThat(keys.find("k2")).isEmpty();
    clock.advance(Duration.ofSeconds(31));
    assertThatThrownBy(() -> keys.find("k1")).isInstanceOf(JwksUnavailableException.class);
    published = TestPki.jwks("k1", KEYS);
    clock.advance(Duration.ofSeconds(30));
    assertThat(keys.find("k1")).isPresent();
  }

  @Test
  @BadInput(40)
  void keysThatWereNeverReadVerifyNothing() {
    published = "";
    assertThatThrownBy(() -> keys.find("k1"))
        .isInstanceOf(JwksUnavailableException.class)
        .hasMessageContaining("issuer.example");
  }

  @Test
  @BadInput(53)
  void clockThatWasSetBackReadsAgain() {
    assertThat(keys.find("k1")).isPresent();
    clock.advance(Duration.ofHours(-2));
    assertThat(keys.find("k1")).isPresent();
    assertThat(reads).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "x",
        "{\"keys\":[]}",
        "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"k1\",\"k\":\"AAAA\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k1\",\"use\":\"enc\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}"
      })
  void whatHasNoKeyForSignaturesIsNoKeySet(String text) {
    assertThatThrownBy(() -> JwkSource.of(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keyWithoutAnIdOrWithOneThatIsThereTwiceIsRefused() {
    String one = TestPki.jwks("k1", KEYS);
    String key = one.substring(9, one.length() - 2);
    assertThatThrownBy(() -> JwkSource.of("{\"keys\":[" + key + "," + key + "]}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two keys");
    assertThatThrownBy(() -> JwkSource.of(one.replace("\"kid\":\"k1\",", "")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
