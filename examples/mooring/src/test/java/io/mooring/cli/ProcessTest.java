package io.mooring.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.mooring.identity.X509Svid;
import io.mooring.identity.ca.LocalCertificateAuthority;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.identity.ca.WorkloadKey;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.identity.TestCertificateAuthority;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as users run it: {@code java -jar}, signals, and what is left behind. */
class ProcessTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void onlyWhereChildrenCanBeTied() {
    assumeThat(Path.of("/usr/bin/setpriv")).as("setpriv of util-linux").isExecutable();
  }

  @AfterEach
  void killAll() {
    processes.forEach(process -> process.descendants().forEach(ProcessHandle::destroyForcibly));
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void serveRunsInAJvmThatGivesMemoryBackAndEndsOnASignalWithStatusZero() throws Exception {
    Process serve = serve();
    assertThat(readyLine()).matches("ready listen=127\\.0\\.0\\.1:\\d+ admin=\\[::1]:\\d+");
    ProcessHandle child = child(serve);
    assertThat(child.info().arguments().orElseThrow()).contains("-XX:+UseSerialGC");

    serve.destroy();

    assertThat(serve.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(serve.exitValue()).isZero();
    assertThat(child.isAlive()).isFalse();
    assertThat(Files.readString(err())).doesNotContain("WARN", "ERROR", "Exception");
  }

  @Test
  void childEndsWithAParentThatIsKilled() throws Exception {
    Process serve = serve();
    readyLine();
    ProcessHandle child = child(serve);

    serve.destroyForcibly();

    await().atMost(PATIENCE).until(() -> !child.isAlive());
  }

  @Test
  void signalInTheMiddleOfTheStartIsStatusZeroToo() throws Exception {
    Process serve = serve();
    await().atMost(PATIENCE).until(() -> serve.children().findAny().isPresent());

    serve.destroy();

    assertThat(serve.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(serve.exitValue()).as(Files.readString(err())).isZero();
  }

  @Test
  void jvmWithAHeapOfTheUsersOwnServesItself() throws Exception {
    Process validate = start(List.of("-Xmx200m"), "validate", config().toString());

    assertThat(validate.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

    assertThat(validate.exitValue()).as(Files.readString(err())).isZero();
  }

  @Test
  void statusOfTheChildIsTheCommandsStatus() throws Exception {
    Files.writeString(config().resolve("bad.yaml"), "kind: Nonsense\n");
    Process validate = start(List.of(), "validate", config().toString());

    assertThat(validate.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

    assertThat(validate.exitValue()).isEqualTo(1);
    assertThat(Files.readString(out())).contains("bad.yaml:1:");
  }

  @Test
  void clientCertificateOfAnotherAuthorityIsRefusedInTheLog() throws Exception {
    serve();
    String listen = readyLine().replaceAll(".*listen=(\\S+).*", "$1");
    X509Svid foreign =
        new TestCertificateAuthority(Clock.systemUTC())
            .svid(SpiffeId.parse("spiffe://cluster.local/ns/demo/sa/thief"), Duration.ofHours(1));

    assertThatThrownBy(() -> handshake(URI.create("tls://" + listen), foreign))
        .isInstanceOf(IOException.class);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(Files.readAllLines(err()))
                    .filteredOn(line -> line.contains("identity refused"))
                    .singleElement()
                    .asString()
                    .contains("identity=spiffe://cluster.local/ns/demo/sa/thief")
                    .contains("reason=CERTIFICATE_UNTRUSTED"));
  }

  @Test
  void expiredCertificateOfOurOwnEndsTheConnectionAndIsInTheLog() throws Exception {
    serve();
    String listen = readyLine().replaceAll(".*listen=(\\S+).*", "$1");
    KeyPair keys = WorkloadKey.generate(new SecureRandom());
    X509Svid issued =
        LocalCertificateAuthority.open(
                directory.resolve("data/ca"),
                new TrustDomain("cluster.local"),
                InstantSource.system(),
                new SecureRandom())
            .issue(
                SvidTemplate.builder()
                    .id(SpiffeId.parse("spiffe://cluster.local/ns/demo/sa/late"))
                    .publicKey(keys.getPublic())
                    .ttl(Duration.ofSeconds(2))
                    .build());
    await().atMost(PATIENCE).until(() -> Instant.now().isAfter(issued.notAfter()));

    assertThatThrownBy(
            () ->
                handshake(
                    URI.create("tls://" + listen), X509Svid.of(issued.chain(), keys.getPrivate())))
        .isInstanceOf(IOException.class); // an alert; a mere end would leave the loop

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(Files.readAllLines(err()))
                    .filteredOn(line -> line.contains("identity refused"))
                    .singleElement()
                    .asString()
                    .contains("identity=spiffe://cluster.local/ns/demo/sa/late")
                    .contains("reason=CERTIFICATE_EXPIRED"));
  }

  @Test
  void caKeyIsEncryptedAndOnlyThePasswordOpensIt() throws Exception {
    Path password = Files.writeString(directory.resolve("password"), "correct horse\n");
    Process serve =
        serve("--ca-key-password-file", password.toString(), "--bundle-endpoint", "127.0.0.1:0");
    assertThat(readyLine()).matches("ready .* bundle_endpoint=127\\.0\\.0\\.1:\\d+");
    assertThat(Files.readString(directory.resolve("data/ca/ca-key.pem")))
        .startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
    serve.destroy();
    assertThat(serve.waitFor(10, TimeUnit.SECONDS)).isTrue();

    Files.writeString(password, "wrong horse");
    Process refused = serve("--ca-key-password-file", password.toString());

    assertThat(refused.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(refused.exitValue()).isEqualTo(1);
    assertThat(Files.readString(err())).contains("ca-key.pem").doesNotContain("horse", "\tat ");
  }

  private Process serve(String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "serve",
                "--config",
                config().toString(),
                "--data",
                directory.resolve("data").toString(),
                "--listen",
                "127.0.0.1:0",
                "--admin",
                "[::1]:0"));
    arguments.addAll(List.of(more));
    return start(List.of(), arguments.toArray(String[]::new));
  }

  private Process start(List<String> jvmOptions, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-jar", jar().toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out().toFile())
            .redirectError(err().toFile())
            .start();
    processes.add(process);
    return process;
  }

  /** Returns a jar that stands for the shaded one, which is made after the tests. */
  private Path jar() throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, Mooring.class.getName());
    attributes.put(
        Attributes.Name.CLASS_PATH,
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath().toUri().toString())
            .collect(Collectors.joining(" ")));
    Path jar = directory.resolve("mooring.jar");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    return jar;
  }

  private Path config() throws IOException {
    return Files.createDirectories(directory.resolve("config"));
  }

  private Path out() {
    return directory.resolve("out");
  }

  private Path err() {
    return directory.resolve("err");
  }

  private String readyLine() throws IOException {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(Files.readString(out())).as(Files.readString(err())).contains("\n"));
    return Files.readString(out()).strip();
  }

  private static ProcessHandle child(Process parent) {
    return parent.children().findAny().orElseThrow();
  }

  /** The refusal arrives with the first bytes after the handshake: TLS 1.3. */
  private static void handshake(URI server, X509Svid svid) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {new OffersAlways(svid)},
        new TrustManager[] {new TrustsAnyServer()},
        null);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(server.getHost(), server.getPort())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.startHandshake();
      OutputStream out = socket.getOutputStream();
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      while (socket.getInputStream().read() >= 0) {
        // The alert comes instead of an answer.
      }
    }
  }

  /** The JDK's own offers a certificate only to a server that names its issuer. */
  private static final class OffersAlways extends X509ExtendedKeyManager {
    private final X509Svid svid;

    OffersAlways(X509Svid svid) {
      this.svid = svid;
    }

    @Override
    public String chooseClientAlias(String[] type, Principal @Nullable [] issuers, Socket socket) {
      return "svid";
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return svid.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return svid.privateKey().orElseThrow();
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
      return new String[] {"svid"};
    }

    @Override
    public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
      return new String[0];
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal @Nullable [] issuers, Socket socket) {
      return null;
    }
  }

  private static final class TrustsAnyServer implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
