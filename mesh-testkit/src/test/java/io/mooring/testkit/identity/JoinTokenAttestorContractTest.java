package io.mooring.testkit.identity;

import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.jointoken.JoinTokenAttestor;
import io.mooring.identity.attest.jointoken.JoinTokenStore;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class JoinTokenAttestorContractTest implements AttestorContract {

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();
  private Attestor attestor;
  private String token;

  @BeforeEach
  void open() throws IOException {
    JoinTokenStore store =
        JoinTokenStore.open(temporary.resolve("tokens"), clock, new SecureRandom());
    attestor = new JoinTokenAttestor(store, clock);
    token = store.create("demo", "ratings", Duration.ofHours(1)).reveal();
  }

  @Override
  public Attestor attestor() {
    return attestor;
  }

  @Override
  public String goodEvidence() {
    return token;
  }

  @Override
  public boolean countsOnce() {
    return true;
  }
}
