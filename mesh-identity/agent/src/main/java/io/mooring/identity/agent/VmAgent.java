package io.mooring.identity.agent;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.Pem;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.agent.envoy.EnvoyFailedException;
import io.mooring.identity.agent.envoy.EnvoySupervisor;
import io.mooring.identity.agent.sds.SecretSet;
import io.mooring.identity.agent.svid.Credentials;
import io.mooring.identity.agent.tls.ReloadingSslContext;
import io.mooring.model.spiffe.SpiffeId;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The VM side of the mesh: gets an SVID with a join token, keeps it fresh, serves it to Envoy on a
 * Unix socket, and runs Envoy. Thread-safe; several may run in one JVM.
 *
 * <pre>{@code
 * try (VmAgent agent = VmAgent.builder().bundle(Path.of("/etc/mooring")).envoy(binary).start()) {
 *   System.out.println(agent.spiffeId() + " " + agent.envoyAdmin());
 * }
 * }</pre>
 *
 * <p>What it keeps is in the state directory: with that, a restart needs neither a token nor a
 * control plane that answers. An SVID that ended because renewals failed for its whole second half
 * is not the end: the agent goes on trying, and takes a new token from the bundle's token file as
 * soon as there is one.
 */
public final class VmAgent implements AutoCloseable {

  private final SvidKeeper keeper;
  private final InstantSource clock;
  private final Path sdsSocket;
  private final Path workloadSocket;
  private final @Nullable EnvoySupervisor envoy;
  private final OpenResources resources;
  private final AtomicBoolean closed = new AtomicBoolean();

  VmAgent(
      SvidKeeper keeper,
      InstantSource clock,
      Path sdsSocket,
      Path workloadSocket,
      @Nullable EnvoySupervisor envoy,
      OpenResources resources) {
    this.keeper = keeper;
    this.clock = clock;
    this.sdsSocket = sdsSocket;
    this.workloadSocket = workloadSocket;
    this.envoy = envoy;
    this.resources = resources;
  }

  /** Returns a new builder. */
  public static VmAgentBuilder builder() {
    return new VmAgentBuilder();
  }

  /** Returns the identity of this VM. */
  public SpiffeId spiffeId() {
    return keeper.current().svid().id();
  }

  /** Returns when the current SVID ends, if it is never renewed. */
  public Instant svidExpiresAt() {
    return keeper.current().expiresAt();
  }

  /** Returns the Unix socket where secrets {@code default} and {@code ROOTCA} are served. */
  public Path sdsSocket() {
    return sdsSocket;
  }

  /**
   * Returns the Unix socket of the SPIFFE Workload API; clients such as java-spiffe are given
   * {@code SPIFFE_ENDPOINT_SOCKET=unix://} and this path.
   */
  public Path workloadSocket() {
    return workloadSocket;
  }

  /**
   * Returns mutual TLS for this program: every connection shows the SVID of the moment, and
   * verifies its peer by the roots of the moment and by {@code peers}, as client and as server.
   * Host names do not count.
   *
   * <p>It is for the JDK's HttpClient and HttpsServer, for Netty's {@code JdkSslContext} and so for
   * gRPC. Servers require a client certificate. No session is resumed, see {@link
   * ReloadingSslContext}. A connection that is open stays so when certificates expire: bound its
   * life where that matters.
   *
   * @param peers whom to accept, of the trust domain's verified identities; must be thread-safe
   */
  public SSLContext sslContext(Predicate<SpiffeId> peers) {
    return ReloadingSslContext.of(keeper::current, clock, peers);
  }

  /** Returns where Envoy's admin page is; empty without Envoy, and while it is being restarted. */
  public Optional<InetSocketAddress> envoyAdmin() {
    return envoy == null ? Optional.empty() : envoy.adminAddress();
  }

  /** Returns whether Envoy has its whole configuration and serves; false without Envoy. */
  public boolean isEnvoyReady() {
    return envoy != null && envoy.isReady();
  }

  /**
   * Waits until Envoy has its whole configuration and serves. Returns at once without Envoy.
   *
   * @throws AgentStartException if that takes longer than {@code timeout}
   */
  public void awaitEnvoyReady(Duration timeout) {
    requireNonNull(timeout, "timeout");
    if (envoy == null) {
      return;
    }
    try {
      envoy.awaitReady(timeout);
    } catch (EnvoyFailedException e) {
      throw new AgentStartException(FailureText.of(e), e);
    }
  }

  /**
   * Drains Envoy and ends it, then everything else. Idempotent; takes the drain time and at most a
   * few seconds.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      resources.close();
    }
  }

  /** Our own first. A domain without a root vouches for nobody, and Envoy takes no empty list. */
  private static Map<String, String> rootsByDomain(Credentials credentials) {
    Map<String, String> pemByDomain = new LinkedHashMap<>();
    for (TrustBundle bundle : credentials.bundles()) {
      if (!bundle.roots().isEmpty()) {
        pemByDomain.put(bundle.trustDomain().name(), bundle.toPem());
      }
    }
    return pemByDomain;
  }

  static SecretSet secretsOf(Credentials credentials) {
    return SecretSet.of(
        Pem.encode(credentials.svid().chain()),
        Pem.encode("PRIVATE KEY", credentials.key().getEncoded()),
        rootsByDomain(credentials));
  }
}
