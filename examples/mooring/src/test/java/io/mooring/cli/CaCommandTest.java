package io.mooring.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.controlplane.MeshControlPlane;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.testkit.FakeClock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CaCommandTest {

  private static final String HEADER = "NAME PHASE PUBLISHED NEXT_STEP_FROM";

  @TempDir private Path directory;
  private final FakeClock clock = new FakeClock(Instant.now());
  private String err = "";

  private List<String> run(int expected, String... args) {
    StringWriter out = new StringWriter();
    StringWriter errors = new StringWriter();
    CommandLine commands = Mooring.commandLine(new Termination());
    commands.setOut(new PrintWriter(out, true));
    commands.setErr(new PrintWriter(errors, true));
    assertThat(commands.execute(args)).as(errors.toString()).isEqualTo(expected);
    err = errors.toString();
    return out.toString().lines().toList();
  }

  @Test
  void rootIsReplacedStepByStepAndNeverTooEarly() throws Exception {
    String data = directory.resolve("data").toString();
    try (MeshControlPlane mesh = start()) {
      assertThat(run(0, "ca", "list", "--data", data))
          .hasSize(2)
          .startsWith(HEADER)
          .element(1)
          .asString()
          .matches("ca-1 active \\S+ -");
      run(1, "ca", "activate", "--data", data);
      assertThat(err).contains("prepare first").doesNotContain("\tat ");
      assertThat(run(0, "ca", "prepare", "--data", data).get(1)).matches("ca-2 prepared \\S+ \\S+");
      assertThat(mesh.trustBundle().roots()).hasSize(2);
      run(1, "ca", "activate", "--data", data);
      assertThat(err).contains("every peer knows it from");
      clock.advance(Duration.ofMinutes(1));
      assertThat(run(0, "ca", "activate", "--data", data))
          .satisfies(lines -> assertThat(lines.get(1)).startsWith("ca-2 active"))
          .satisfies(lines -> assertThat(lines.get(2)).startsWith("ca-1 old"));
      clock.advance(Duration.ofMinutes(2));
      assertThat(run(0, "ca", "retire", "--data", data)).hasSize(2);
      assertThat(mesh.trustBundle().roots()).hasSize(1);
    }
  }

  @Test
  void controlPlaneStaysVerifiableUnderTheOldRootAfterTheStep() throws Exception {
    String data = directory.resolve("data").toString();
    try (MeshControlPlane mesh = start()) {
      TrustBundle old = mesh.trustBundle();
      clock.advance(Duration.ofSeconds(25));
      run(0, "ca", "prepare", "--data", data);
      run(0, "ca", "activate", "--force", "--data", data);
      clock.advance(Duration.ofSeconds(50)); // past half of what was issued at the start, and after
      new X509SvidVerifier(old, clock).verify(shownBy(mesh));
      clock.advance(Duration.ofSeconds(3)); // seven eighths of a minute
      assertThatThrownBy(() -> new X509SvidVerifier(old, clock).verify(shownBy(mesh)))
          .isInstanceOf(CertificateException.class);
    }
  }

  /** Returns the chain that the TLS port shows, whoever vouches for it. */
  private static List<X509Certificate> shownBy(MeshControlPlane mesh) throws Exception {
    List<X509Certificate> shown = new ArrayList<>();
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        null,
        new TrustManager[] {
          new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String authType) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String authType) {
              shown.addAll(List.of(chain));
            }

            @Override
            public X509Certificate[] getAcceptedIssuers() {
              return new X509Certificate[0];
            }
          }
        },
        null);
    InetSocketAddress address = mesh.listenAddress();
    try (SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(address.getAddress(), address.getPort())) {
      socket.startHandshake();
    }
    return shown;
  }

  @Test
  void forceSkipsTheWaiting() throws Exception {
    String data = directory.resolve("data").toString();
    try (MeshControlPlane mesh = start()) {
      run(0, "ca", "prepare", "--data", data);
      run(0, "ca", "activate", "--force", "--data", data);
      run(1, "ca", "retire", "--data", data);
      assertThat(err).contains("valid until");
      run(0, "ca", "retire", "--force", "--data", data);
      assertThat(mesh.certificateAuthority().authorities()).hasSize(1);
    }
  }

  @Test
  void bannedIsListedUntilTheBanIsLiftedAlsoAcrossARestart() throws Exception {
    String data = directory.resolve("data").toString();
    String id = "spiffe://cluster.local/ns/demo/sa/ratings";
    try (MeshControlPlane mesh = start()) {
      assertThat(run(0, "ca", "ban", "--data", data, id)).isEmpty();
      run(0, "ca", "ban", "serial:0A1b", "--data", data);
      assertThat(run(0, "ca", "bans", "--data", data)).containsExactly("serial:a1b", id);
      assertThat(mesh.bans().list()).hasSize(2);
    }
    try (MeshControlPlane mesh = start()) {
      run(0, "ca", "unban", "serial:a1b", "--data", data);
      assertThat(run(0, "ca", "bans", "--data", data)).containsExactly(id);
      run(1, "ca", "unban", "serial:a1b", "--data", data);
      assertThat(err).contains("'serial:a1b' is not banned");
      for (String wrong : List.of("demo/ratings", "serial:", "serial:xyz", "spiffe://UPPER/a")) {
        run(1, "ca", "ban", wrong, "--data", data);
        assertThat(err)
            .contains(wrong.replaceFirst("spiffe://(.*)/a", "$1"))
            .doesNotContain("\tat ");
      }
      assertThat(mesh.bans().list()).containsExactly(id);
    }
  }

  @Test
  void bundleIsThatOfTheMeshAsOthersTakeIt() throws Exception {
    try (MeshControlPlane mesh = start()) {
      String json =
          String.join("\n", run(0, "ca", "bundle", "--data", directory.resolve("data").toString()));
      assertThat(TrustBundle.parseJson(mesh.trustBundle().trustDomain(), json))
          .isEqualTo(mesh.trustBundle());
    }
  }

  @Test
  void directoryThatCannotBeWrittenToCostsNoToken() throws Exception {
    Path data = directory.resolve("data");
    Files.createFile(directory.resolve("file"));
    try (MeshControlPlane mesh = start()) {
      String out = directory.resolve("file/bundle").toString();
      run(
          1,
          "vm",
          "bundle",
          "--namespace",
          "a",
          "--group",
          "b",
          "--data",
          data.toString(),
          "--out",
          out);
      assertThat(err).contains("file").doesNotContain("WorkloadGroup");
      assertThat(mesh.joinTokens()).isEmpty();
    }
  }

  @Test
  void wrongUseIsStatusTwo() {
    run(2, "ca");
    run(2, "ca", "prepare");
    assertThat(err).contains("--data");
    run(2, "ca", "explode", "--data", ".");
    run(0, "ca", "prepare", "--help");
    run(1, "ca", "prepare", "--data", directory.toString());
    assertThat(err).contains("no control plane");
  }

  @Test
  void cacertsThatAreNotThereChangeNothing() throws Exception {
    String data = directory.resolve("data").toString();
    try (MeshControlPlane mesh = start()) {
      run(1, "ca", "prepare", "--data", data, "--cacerts", directory.resolve("none").toString());
      assertThat(err).contains("ca-key.pem cannot be read");
      assertThat(mesh.trustBundle().roots()).hasSize(1);
    }
  }

  private MeshControlPlane start() throws Exception {
    return MeshControlPlane.builder()
        .dataDirectory(directory.resolve("data"))
        .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .svidTtl(Duration.ofMinutes(1))
        .clock(clock)
        .start();
  }
}
