package io.mooring.identity.issue;

import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.ca.Csr;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;

/**
 * A process that races 64 threads for one token, tells every grant at once, and waits to be killed.
 */
public final class TokenRace {

  private TokenRace() {}

  /** Arguments: directory of the issuer, token, number of threads. */
  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
    IssuerFixture fixture = new IssuerFixture(Path.of(args[0]), InstantSource.system());
    int threads = Integer.parseInt(args[2]);
    CyclicBarrier start = new CyclicBarrier(threads);
    List<Thread> racing = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      String csr = Csr.p256().pem();
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await();
                  fixture.issuer.join(args[1], new SvidRequest(csr, 0, "127.0.0.1"));
                  out.println("won " + csr.replace("\n", "|"));
                } catch (RefusedException e) {
                  out.println("refused " + e.reason());
                } catch (Exception e) {
                  out.println("failed " + e);
                }
              });
      racing.add(thread);
      thread.start();
    }
    for (Thread thread : racing) {
      thread.join();
    }
    out.println("done");
    Thread.sleep(60_000); // until it is killed
  }
}
