package io.mooring.controlplane;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.TrustBundle;
import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.jointoken.JoinToken;
import io.mooring.identity.attest.jointoken.JoinTokenRecord;
import io.mooring.identity.bootstrap.BootstrapBundle;
import io.mooring.identity.bootstrap.ControlPlane;
import io.mooring.identity.bundle.FederatedDomain;
import io.mooring.identity.ca.CaObserver;
import io.mooring.identity.ca.RotatingCertificateAuthority;
import io.mooring.identity.enroll.NodeLabelPolicy;
import io.mooring.identity.enroll.PeerAddressPolicy;
import io.mooring.identity.enroll.RegisteredWorkload;
import io.mooring.identity.enroll.WorkloadRegistrar;
import io.mooring.identity.issue.AdmissionRule;
import io.mooring.identity.issue.BanList;
import io.mooring.identity.issue.IssueObserver;
import io.mooring.identity.issue.RequestLimits;
import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.registry.RegistrySource;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.VirtualIpPool;
import io.mooring.service.AdminState;
import io.mooring.xds.debug.ClientStatusAuthorizer;
import io.mooring.xds.load.LoadReportObserver;
import io.mooring.xds.push.ResourceCustomizer;
import io.mooring.xds.server.XdsLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.Provider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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

  private MeshControlPlane(Wiring wiring) {
    this.wiring = wiring;
  }

  /** Returns a builder with the defaults of {@code mooring serve}. */
  public static Builder builder() {
    return new Builder();
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

  /** Builds {@link MeshControlPlane}. Not thread-safe. */
  public static final class Builder {

    final List<RegistrySource> sources = new ArrayList<>();
    final List<Path> configDirectories = new ArrayList<>();
    Path dataDirectory = Path.of("mooring-data");
    InetSocketAddress listen = loopback(15_012); // istiod's port
    @Nullable InetSocketAddress plaintext;
    @Nullable InetSocketAddress admin;
    @Nullable InetSocketAddress bundleEndpoint;
    @Nullable String advertisedHost;
    int advertisedPort;
    TrustDomain trustDomain = new TrustDomain("cluster.local");
    VirtualIpPool virtualIps = VirtualIpPool.DEFAULTS;
    Duration syncTimeout = ServiceRegistry.DEFAULT_SYNC_TIMEOUT;
    Duration debounce = Duration.ofMillis(100);
    Duration grace = Duration.ofSeconds(10);
    XdsLimits limits = XdsLimits.DEFAULTS;
    @Nullable ClientStatusAuthorizer clientStatus;
    @Nullable LoadReportObserver loadObserver;
    boolean takesLoadReports = true;
    Duration loadInterval = Duration.ofSeconds(10);
    ResourceCustomizer customizer = (node, generated) -> generated;
    Duration svidTtl = Duration.ofHours(24);
    char[] caKeyPassword = new char[0];
    CaObserver caObserver = CaObserver.logging();
    @Nullable Provider cryptoProvider;
    final List<FederatedDomain> federatedDomains = new ArrayList<>();
    final List<Attestor> attestors = new ArrayList<>();
    final List<AdmissionRule> admissionRules = new ArrayList<>();
    RequestLimits requestLimits = RequestLimits.DEFAULT;
    IssueObserver issueObserver = IssueObserver.logging();
    NodeLabelPolicy nodeLabels = NodeLabelPolicy.GROUP_ONLY;
    PeerAddressPolicy peerAddresses = PeerAddressPolicy.ANY;
    InstantSource clock = InstantSource.system();
    @Nullable Executor executor;
    @Nullable ScheduledExecutorService scheduler;

    private Builder() {}

    /** Adds a directory of YAML and JSON files, watched for changes. Sources added first win. */
    public Builder configDirectory(Path directory) {
      configDirectories.add(requireNonNull(directory, "directory"));
      return this;
    }

    /** Adds a source of objects; it is started and closed with the control plane. */
    public Builder source(RegistrySource source) {
      sources.add(requireNonNull(source, "source"));
      return this;
    }

    /** Where the CA key, tokens and workloads are kept; {@code ./mooring-data} by default. */
    public Builder dataDirectory(Path directory) {
      this.dataDirectory = requireNonNull(directory, "directory");
      return this;
    }

    /** Where VMs connect, by TLS; {@code 127.0.0.1:15012} by default, port 0 picks one. */
    public Builder listen(InetSocketAddress address) {
      this.listen = requireNonNull(address, "address");
      return this;
    }

    /**
     * What VMs are told to connect to; the listen address by default.
     *
     * @param host DNS name or IP; becomes a name of the server's certificate
     * @param port 0 stands for the port that is listened on
     */
    public Builder advertise(String host, int port) {
      this.advertisedHost = requireNonNull(host, "host");
      this.advertisedPort = port;
      return this;
    }

    /**
     * Also serves ADS without TLS or identity, for tests; it registers nothing.
     *
     * @throws IllegalArgumentException if {@code address} is no loopback address
     */
    public Builder plaintext(InetSocketAddress address) {
      if (address.isUnresolved() || !address.getAddress().isLoopbackAddress()) {
        throw new IllegalArgumentException(
            "plaintext: '" + address + "' (expected: a loopback address)");
      }
      this.plaintext = address;
      return this;
    }

    /** Also serves admin pages over HTTP: readiness, metrics, sync state, configuration. */
    public Builder admin(InetSocketAddress address) {
      this.admin = requireNonNull(address, "address");
      return this;
    }

    /**
     * Also publishes the trust bundle to other trust domains, in the profile {@code https_spiffe},
     * at the path {@code /}; the endpoint's SPIFFE ID is {@link MeshControlPlane#id}.
     */
    public Builder bundleEndpoint(InetSocketAddress address) {
      this.bundleEndpoint = requireNonNull(address, "address");
      return this;
    }

    /**
     * Also fetches the bundle of another trust domain, again and again, and hands it to the VMs:
     * their programs and Envoys can then verify identities of that domain.
     *
     * @throws IllegalArgumentException at {@link #start}, if there are two of one trust domain, or
     *     it is our own
     */
    public Builder federate(FederatedDomain domain) {
      federatedDomains.add(requireNonNull(domain, "domain"));
      return this;
    }

    /** The trust domain of every identity; {@code cluster.local} by default. */
    public Builder trustDomain(TrustDomain trustDomain) {
      this.trustDomain = requireNonNull(trustDomain, "trustDomain");
      return this;
    }

    /**
     * From which addresses hosts without one get theirs; {@link VirtualIpPool#DEFAULTS} by default.
     * What was given is remembered in the data directory.
     */
    public Builder virtualIps(VirtualIpPool pool) {
      this.virtualIps = requireNonNull(pool, "pool");
      return this;
    }

    /**
     * How long to wait for the sources at the start; 30 s by default. After that the control plane
     * serves without those that are late: proxies do not see what these hold until they answer.
     */
    public Builder syncTimeout(Duration timeout) {
      this.syncTimeout = requireNonNull(timeout, "timeout");
      return this;
    }

    /** How long changes are gathered before a push; 100 ms by default, zero pushes each at once. */
    public Builder debounce(Duration quiet) {
      this.debounce = requireNonNull(quiet, "quiet");
      return this;
    }

    /**
     * How long a VM that went away stays registered; 10 s by default. After a restart the VMs of
     * before have that and {@link WorkloadRegistrar#RETURN_ALLOWANCE} to come back.
     */
    public Builder grace(Duration grace) {
      this.grace = requireNonNull(grace, "grace");
      return this;
    }

    /**
     * Adds a way to join beside join tokens, e.g. the identity document of a cloud. What it lets
     * into which group is for {@link #admit} to say.
     *
     * @throws IllegalArgumentException at {@link #start}, if there are two of one kind
     */
    public Builder attestor(Attestor attestor) {
      attestors.add(requireNonNull(attestor, "attestor"));
      return this;
    }

    /**
     * Lets machines with all selectors of a rule into its group; the first rule that fits counts.
     */
    public Builder admit(AdmissionRule rule) {
      admissionRules.add(requireNonNull(rule, "rule"));
      return this;
    }

    /** How many certificates may be asked for; {@link RequestLimits#DEFAULT} by default. */
    public Builder requestLimits(RequestLimits limits) {
      this.requestLimits = requireNonNull(limits, "limits");
      return this;
    }

    /** Is told of every certificate granted or refused; by default the log. */
    public Builder issueObserver(IssueObserver observer) {
      this.issueObserver = requireNonNull(observer, "observer");
      return this;
    }

    /** What the labels count that a VM says of itself; nothing by default. */
    public Builder nodeLabels(NodeLabelPolicy policy) {
      this.nodeLabels = requireNonNull(policy, "policy");
      return this;
    }

    /** Whether a VM may claim an address that it does not call from; it may by default. */
    public Builder peerAddresses(PeerAddressPolicy policy) {
      this.peerAddresses = requireNonNull(policy, "policy");
      return this;
    }

    /** Lifetime of the certificates that VMs get; 24 h by default. */
    public Builder svidTtl(Duration ttl) {
      this.svidTtl = requireNonNull(ttl, "ttl");
      return this;
    }

    /** What proxies may use up, and how long the control plane waits for them. */
    public Builder limits(XdsLimits limits) {
      this.limits = requireNonNull(limits, "limits");
      return this;
    }

    /**
     * Who may ask on the TLS port for the client status (CSDS), which shows what every proxy was
     * sent, secrets excepted. By default the control plane's own identity alone, which no workload
     * can get; on the plaintext port, anybody.
     *
     * @param authorizer {@link ClientStatusAuthorizer#NOBODY}: it is served on no port
     */
    public Builder clientStatus(ClientStatusAuthorizer authorizer) {
      this.clientStatus = requireNonNull(authorizer, "authorizer");
      return this;
    }

    /**
     * Hears the load reports (LRS) that clients send, and tells proxyless gRPC clients to send
     * them; by default those of clients that do so by themselves are taken every 10 s and counted.
     *
     * @param interval how often clients report, more than zero
     */
    public Builder loadReports(Duration interval, LoadReportObserver observer) {
      this.loadInterval = requireNonNull(interval, "interval");
      this.loadObserver = requireNonNull(observer, "observer");
      this.takesLoadReports = true;
      return this;
    }

    /** Serves no LRS: takes load reports from nobody. */
    public Builder withoutLoadReports() {
      this.loadObserver = null;
      this.takesLoadReports = false;
      return this;
    }

    /**
     * What adds, edits or removes resources that were generated for a proxy, after those that were
     * given before.
     */
    public Builder customizer(ResourceCustomizer customizer) {
      this.customizer = this.customizer.andThen(requireNonNull(customizer, "customizer"));
      return this;
    }

    /** The password of the CA's keys on disk; copied. By default they are not encrypted. */
    public Builder caKeyPassword(char[] password) {
      this.caKeyPassword = password.clone();
      return this;
    }

    /** Is told before what signs certificates ends; by default the log. */
    public Builder caObserver(CaObserver observer) {
      this.caObserver = requireNonNull(observer, "observer");
      return this;
    }

    /**
     * What signs and verifies certificates and requests: e.g. a native JCA provider, which may be
     * faster. BouncyCastle by default, which also does what {@code provider} lacks. TLS itself goes
     * by the JVM's.
     */
    public Builder cryptoProvider(Provider provider) {
      this.cryptoProvider = requireNonNull(provider, "provider");
      return this;
    }

    /** The time; the system's by default. TLS itself always goes by the system's. */
    public Builder clock(InstantSource clock) {
      this.clock = requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Where pushes are computed and calls are served; by default daemon threads of the control
     * plane's own. Never closed.
     */
    public Builder executor(Executor executor) {
      this.executor = requireNonNull(executor, "executor");
      return this;
    }

    /**
     * What wakes debouncing, bounded waits and the ends of streams; by default daemon threads of
     * the control plane's own. Never closed.
     */
    public Builder scheduler(ScheduledExecutorService scheduler) {
      this.scheduler = requireNonNull(scheduler, "scheduler");
      return this;
    }

    /**
     * Starts everything and waits until the sources have handed over what they have, or until the
     * sync timeout has passed.
     *
     * @throws IOException if a port is in use, or the data directory is held or unreadable; then
     *     nothing is left open
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public MeshControlPlane start() throws IOException, InterruptedException {
      Wiring wiring = new Wiring(this);
      MeshControlPlane controlPlane = new MeshControlPlane(wiring);
      wiring.start(controlPlane);
      return controlPlane;
    }

    private static InetSocketAddress loopback(int port) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
  }
}
