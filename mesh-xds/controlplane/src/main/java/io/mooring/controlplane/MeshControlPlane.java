package io.mooring.controlplane;

import io.mooring.identity.TrustBundle;
import io.mooring.identity.attest.jointoken.JoinToken;
import io.mooring.identity.attest.jointoken.JoinTokenRecord;
import io.mooring.identity.bootstrap.BootstrapBundle;
import io.mooring.identity.bootstrap.ControlPlane;
import io.mooring.identity.ca.RotatingCertificateAuthority;
import io.mooring.identity.enroll.RegisteredWorkload;
import io.mooring.identity.enroll.WorkloadRegistrar;
import io.mooring.identity.issue.BanList;
import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.registry.ServiceRegistry;
import io.mooring.service.AdminState;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * A whole control plane inside this process: registry, certificate authority, enrolment and xDS on
 * one TLS port. Thread-safe.
 *
 * <pre>{@code
 * try (MeshControlPlane mesh =
 *     MeshControlPlane.builder().configDirectory(Path.of("mesh")).start()) {
 *   BootstrapBundle vm = mesh.bundle("demo", "ratings").build();
 *   ...
 * }
 * }</pre>
 *
 * <p>Several live in one JVM, each with a data directory of its own. Threads are daemons.
 */
public final class MeshControlPlane implements AutoCloseable {

  private static final Duration DEFAULT_TOKEN_TTL = Duration.ofHours(1);
  private static final long ANSWER_SECONDS = 5;

  private final Wiring wiring;

  MeshControlPlane(Wiring wiring) {
    this.wiring = wiring;
  }

  /** Returns a builder with the defaults of {@code mooring serve}. */
  public static MeshControlPlaneBuilder builder() {
    return new MeshControlPlaneBuilder();
  }

  /** Returns where the TLS port is: ADS and the certificate service. */
  public InetSocketAddress listenAddress() {
    return wiring.ports().listenAddress();
  }

  /** Returns where ADS is without TLS, if that was asked for. */
  public Optional<InetSocketAddress> plaintextAddress() {
    return wiring.ports().plaintextAddress();
  }

  /** Returns where the admin pages are, if they were asked for. */
  public Optional<InetSocketAddress> adminAddress() {
    return wiring.ports().adminAddress();
  }

  /** Returns where the SPIFFE bundle endpoint is, if it was asked for. */
  public Optional<InetSocketAddress> bundleEndpointAddress() {
    return wiring.bundleEndpointAddress();
  }

  /** Returns the control plane's own identity; no workload can get it. */
  public SpiffeId id() {
    return wiring.identity().id();
  }

  /** Returns the roots that vouch for every identity of the mesh. */
  public TrustBundle trustBundle() {
    return wiring.identity().trustBundle();
  }

  /** Returns the CA of the mesh: rotates its root, signs JWT-SVIDs for the embedding program. */
  public RotatingCertificateAuthority certificateAuthority() {
    return wiring.identity().authority();
  }

  /** Returns the registry: its snapshot, and who is told of changes. */
  public ServiceRegistry registry() {
    return wiring.registry();
  }

  /**
   * Makes a join token for one VM of a WorkloadGroup. The caller hands it to that VM; it is kept as
   * a hash alone.
   *
   * @param ttl how long it may be used, more than zero
   * @throws IllegalArgumentException if there is no such group
   */
  public JoinToken createJoinToken(String namespace, String group, Duration ttl) {
    requireGroup(namespace, group);
    return wiring.identity().tokens().create(namespace, group, ttl);
  }

  /** Returns the join tokens that are remembered, oldest first. */
  public List<JoinTokenRecord> joinTokens() {
    return wiring.identity().tokens().list();
  }

  /** Returns who gets no certificate any more; it stays banned across restarts. */
  public BanList bans() {
    return wiring.identity().bans();
  }

  /** Takes a join token back; returns whether there was one of this id. */
  public boolean revokeJoinToken(String id) {
    return wiring.identity().tokens().revoke(id);
  }

  /**
   * Returns a bundle for one VM of a WorkloadGroup, with a new token that is good for an hour; the
   * caller may still set the VM's address and how its traffic is captured.
   *
   * @throws IllegalArgumentException if there is no such group
   * @throws IllegalStateException if VMs could not call: the control plane listens on every address
   *     and none is advertised
   */
  public BootstrapBundle.Builder bundle(String namespace, String group) {
    WorkloadGroup found = requireGroup(namespace, group);
    ControlPlane self = wiring.advertised();
    return BootstrapBundle.forGroup(found)
        .controlPlane(self)
        .trustBundle(trustBundle())
        .token(createJoinToken(namespace, group, DEFAULT_TOKEN_TTL).reveal());
  }

  /**
   * Returns every registered VM, and those that are connected but can have no entry now with the
   * reason, in the order of entries.
   *
   * @throws IllegalStateException if there is no answer within 5 seconds: the store hangs
   */
  public List<RegisteredWorkload> workloads() {
    return answer(wiring.registrar().workloads());
  }

  /**
   * Says what the operator wants of a registered VM, whatever its health: traffic, no new traffic,
   * or none. It lasts as long as its entry, see {@link WorkloadRegistrar#setAdminState}.
   *
   * @param name the name of its WorkloadEntry
   * @throws IllegalArgumentException if no VM is registered under this name
   * @throws IllegalStateException if it could not be stored within 5 seconds
   */
  public void setAdminState(String namespace, String name, AdminState state) {
    ConfigKey entry = new ConfigKey("WorkloadEntry", namespace, name);
    answer(wiring.registrar().setAdminState(entry, state));
  }

  private static <T> T answer(CompletableFuture<T> answer) {
    try {
      return answer.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw new IllegalArgumentException(refused.getMessage(), refused);
      }
      throw new IllegalStateException("the workload store gives no answer: " + e.getCause(), e);
    }
  }

  private WorkloadGroup requireGroup(String namespace, String name) {
    return wiring
        .registry()
        .snapshot()
        .object(new ConfigKey("WorkloadGroup", namespace, name))
        .map(WorkloadGroup.class::cast)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "WorkloadGroup " + namespace + "/" + name + " is unknown"));
  }

  /** Ends all streams with UNAVAILABLE and closes every port within 5 seconds. Idempotent. */
  @Override
  public void close() {
    wiring.close();
  }
}
