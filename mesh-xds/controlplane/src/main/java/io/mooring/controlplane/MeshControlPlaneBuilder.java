package io.mooring.controlplane;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.attest.Attestor;
import io.mooring.identity.bundle.FederatedDomain;
import io.mooring.identity.ca.CaObserver;
import io.mooring.identity.enroll.NodeLabelPolicy;
import io.mooring.identity.enroll.PeerAddressPolicy;
import io.mooring.identity.enroll.WorkloadRegistrar;
import io.mooring.identity.issue.AdmissionRule;
import io.mooring.identity.issue.IssueObserver;
import io.mooring.identity.issue.RequestLimits;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.registry.RegistrySource;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.VirtualIpPool;
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
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** Builds {@link MeshControlPlane}. Not thread-safe. */
public final class MeshControlPlaneBuilder {

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

  MeshControlPlaneBuilder() {}

  /** Adds a directory of YAML and JSON files, watched for changes. Sources added first win. */
  public MeshControlPlaneBuilder configDirectory(Path directory) {
    configDirectories.add(requireNonNull(directory, "directory"));
    return this;
  }

  /** Adds a source of objects; it is started and closed with the control plane. */
  public MeshControlPlaneBuilder source(RegistrySource source) {
    sources.add(requireNonNull(source, "source"));
    return this;
  }

  /** Where the CA key, tokens and workloads are kept; {@code ./mooring-data} by default. */
  public MeshControlPlaneBuilder dataDirectory(Path directory) {
    this.dataDirectory = requireNonNull(directory, "directory");
    return this;
  }

  /** Where VMs connect, by TLS; {@code 127.0.0.1:15012} by default, port 0 picks one. */
  public MeshControlPlaneBuilder listen(InetSocketAddress address) {
    this.listen = requireNonNull(address, "address");
    return this;
  }

  /**
   * What VMs are told to connect to; the listen address by default.
   *
   * @param host DNS name or IP; becomes a name of the server's certificate
   * @param port 0 stands for the port that is listened on
   */
  public MeshControlPlaneBuilder advertise(String host, int port) {
    this.advertisedHost = requireNonNull(host, "host");
    this.advertisedPort = port;
    return this;
  }

  /**
   * Also serves ADS without TLS or identity, for tests; it registers nothing.
   *
   * @throws IllegalArgumentException if {@code address} is no loopback address
   */
  public MeshControlPlaneBuilder plaintext(InetSocketAddress address) {
    if (address.isUnresolved() || !address.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "plaintext: '" + address + "' (expected: a loopback address)");
    }
    this.plaintext = address;
    return this;
  }

  /** Also serves admin pages over HTTP: readiness, metrics, sync state, configuration. */
  public MeshControlPlaneBuilder admin(InetSocketAddress address) {
    this.admin = requireNonNull(address, "address");
    return this;
  }

  /**
   * Also publishes the trust bundle to other trust domains, in the profile {@code https_spiffe}, at
   * the path {@code /}; the endpoint's SPIFFE ID is {@link MeshControlPlane#id}.
   */
  public MeshControlPlaneBuilder bundleEndpoint(InetSocketAddress address) {
    this.bundleEndpoint = requireNonNull(address, "address");
    return this;
  }

  /**
   * Also fetches the bundle of another trust domain, again and again, and hands it to the VMs:
   * their programs and Envoys can then verify identities of that domain.
   *
   * @throws IllegalArgumentException at {@link #start}, if there are two of one trust domain, or it
   *     is our own
   */
  public MeshControlPlaneBuilder federate(FederatedDomain domain) {
    federatedDomains.add(requireNonNull(domain, "domain"));
    return this;
  }

  /** The trust domain of every identity; {@code cluster.local} by default. */
  public MeshControlPlaneBuilder trustDomain(TrustDomain trustDomain) {
    this.trustDomain = requireNonNull(trustDomain, "trustDomain");
    return this;
  }

  /**
   * From which addresses hosts without one get theirs; {@link VirtualIpPool#DEFAULTS} by default.
   * What was given is remembered in the data directory.
   */
  public MeshControlPlaneBuilder virtualIps(VirtualIpPool pool) {
    this.virtualIps = requireNonNull(pool, "pool");
    return this;
  }

  /**
   * How long to wait for the sources at the start; 30 s by default. After that the control plane
   * serves without those that are late: proxies do not see what these hold until they answer.
   */
  public MeshControlPlaneBuilder syncTimeout(Duration timeout) {
    this.syncTimeout = requireNonNull(timeout, "timeout");
    return this;
  }

  /** How long changes are gathered before a push; 100 ms by default, zero pushes each at once. */
  public MeshControlPlaneBuilder debounce(Duration quiet) {
    this.debounce = requireNonNull(quiet, "quiet");
    return this;
  }

  /**
   * How long a VM that went away stays registered; 10 s by default. After a restart the VMs of
   * before have that and {@link WorkloadRegistrar#RETURN_ALLOWANCE} to come back.
   */
  public MeshControlPlaneBuilder grace(Duration grace) {
    this.grace = requireNonNull(grace, "grace");
    return this;
  }

  /**
   * Adds a way to join beside join tokens, e.g. the identity document of a cloud. What it lets into
   * which group is for {@link #admit} to say.
   *
   * @throws IllegalArgumentException at {@link #start}, if there are two of one kind
   */
  public MeshControlPlaneBuilder attestor(Attestor attestor) {
    attestors.add(requireNonNull(attestor, "attestor"));
    return this;
  }

  /** Lets machines with all selectors of a rule into its group; the first rule that fits counts. */
  public MeshControlPlaneBuilder admit(AdmissionRule rule) {
    admissionRules.add(requireNonNull(rule, "rule"));
    return this;
  }

  /** How many certificates may be asked for; {@link RequestLimits#DEFAULT} by default. */
  public MeshControlPlaneBuilder requestLimits(RequestLimits limits) {
    this.requestLimits = requireNonNull(limits, "limits");
    return this;
  }

  /** Is told of every certificate granted or refused; by default the log. */
  public MeshControlPlaneBuilder issueObserver(IssueObserver observer) {
    this.issueObserver = requireNonNull(observer, "observer");
    return this;
  }

  /** What the labels count that a VM says of itself; nothing by default. */
  public MeshControlPlaneBuilder nodeLabels(NodeLabelPolicy policy) {
    this.nodeLabels = requireNonNull(policy, "policy");
    return this;
  }

  /** Whether a VM may claim an address that it does not call from; it may by default. */
  public MeshControlPlaneBuilder peerAddresses(PeerAddressPolicy policy) {
    this.peerAddresses = requireNonNull(policy, "policy");
    return this;
  }

  /** Lifetime of the certificates that VMs get; 24 h by default. */
  public MeshControlPlaneBuilder svidTtl(Duration ttl) {
    this.svidTtl = requireNonNull(ttl, "ttl");
    return this;
  }

  /** What proxies may use up, and how long the control plane waits for them. */
  public MeshControlPlaneBuilder limits(XdsLimits limits) {
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
  public MeshControlPlaneBuilder clientStatus(ClientStatusAuthorizer authorizer) {
    this.clientStatus = requireNonNull(authorizer, "authorizer");
    return this;
  }

  /**
   * Hears the load reports (LRS) that clients send, and tells proxyless gRPC clients to send them;
   * by default those of clients that do so by themselves are taken every 10 s and counted.
   *
   * @param interval how often clients report, more than zero
   */
  public MeshControlPlaneBuilder loadReports(Duration interval, LoadReportObserver observer) {
    this.loadInterval = requireNonNull(interval, "interval");
    this.loadObserver = requireNonNull(observer, "observer");
    this.takesLoadReports = true;
    return this;
  }

  /** Serves no LRS: takes load reports from nobody. */
  public MeshControlPlaneBuilder withoutLoadReports() {
    this.loadObserver = null;
    this.takesLoadReports = false;
    return this;
  }

  /**
   * What adds, edits or removes resources that were generated for a proxy, after those that were
   * given before.
   */
  public MeshControlPlaneBuilder customizer(ResourceCustomizer customizer) {
    this.customizer = this.customizer.andThen(requireNonNull(customizer, "customizer"));
    return this;
  }

  /** The password of the CA's keys on disk; copied. By default they are not encrypted. */
  public MeshControlPlaneBuilder caKeyPassword(char[] password) {
    this.caKeyPassword = password.clone();
    return this;
  }

  /** Is told before what signs certificates ends; by default the log. */
  public MeshControlPlaneBuilder caObserver(CaObserver observer) {
    this.caObserver = requireNonNull(observer, "observer");
    return this;
  }

  /**
   * What signs and verifies certificates and requests: e.g. a native JCA provider, which may be
   * faster. BouncyCastle by default, which also does what {@code provider} lacks. TLS itself goes
   * by the JVM's.
   */
  public MeshControlPlaneBuilder cryptoProvider(Provider provider) {
    this.cryptoProvider = requireNonNull(provider, "provider");
    return this;
  }

  /** The time; the system's by default. TLS itself always goes by the system's. */
  public MeshControlPlaneBuilder clock(InstantSource clock) {
    this.clock = requireNonNull(clock, "clock");
    return this;
  }

  /**
   * Where pushes are computed and calls are served; by default daemon threads of the control
   * plane's own. Never closed.
   */
  public MeshControlPlaneBuilder executor(Executor executor) {
    this.executor = requireNonNull(executor, "executor");
    return this;
  }

  /**
   * What wakes debouncing, bounded waits and the ends of streams; by default daemon threads of the
   * control plane's own. Never closed.
   */
  public MeshControlPlaneBuilder scheduler(ScheduledExecutorService scheduler) {
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
