package io.mooring.identity.ca;

import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.jointoken.JoinTokenAttestor;
import io.mooring.identity.attest.jointoken.JoinTokenStore;
import io.mooring.identity.storage.PrivateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Join tokens used up, beside the bound: a file of that size that stays after a loss of power. The
 * state is in the directory for temporary files: name another disk with {@code -jvmArgs
 * -Djava.io.tmpdir=...}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class RedeemBenchmark {

  private static final String KEY = "ab".repeat(32);
  private static final byte[] RECORD = new byte[400];

  private final AtomicInteger files = new AtomicInteger();
  private JoinTokenStore store;
  private JoinTokenAttestor attestor;
  private PrivateDirectory directory;

  /** The next token of one thread. */
  @State(Scope.Thread)
  public static class Token {
    private String text;

    @Setup(Level.Invocation)
    public void next(RedeemBenchmark benchmark) {
      text = benchmark.store.create("demo", "ratings", Duration.ofHours(1)).reveal();
    }
  }

  @Setup
  public void setUp() throws IOException {
    Path temporary = Files.createTempDirectory("redeem");
    InstantSource clock = InstantSource.system();
    store = JoinTokenStore.open(temporary.resolve("tokens"), clock, new SecureRandom());
    attestor = new JoinTokenAttestor(store, clock);
    directory = PrivateDirectory.open(temporary.resolve("files"));
  }

  /** A token that nobody has used, shown and used up. */
  @Benchmark
  public AttestationResult redeem(Token token) {
    AttestationResult result = attestor.attest(new AttestationRequest(token.text, KEY));
    attestor.redeem(result, KEY);
    return result;
  }

  /** The first look at a token alone, which every wrong one gets too. */
  @Benchmark
  public AttestationResult attest(Token token) {
    return attestor.attest(new AttestationRequest(token.text, KEY));
  }

  @Benchmark
  public void bound(Token token) throws IOException {
    directory.write("file-" + files.getAndIncrement() % 64, RECORD);
  }
}
