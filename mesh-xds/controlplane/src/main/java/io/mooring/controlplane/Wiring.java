package io.mooring.controlplane;

import io.grpc.ServerBuilder;
import io.mooring.controlplane.admin.AdminServer;
import io.mooring.controlplane.admin.Metrics;
import io.mooring.controlplane.operator.OperatorServer;
import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.bootstrap.ControlPlane;
import io.mooring.identity.bundle.BundleEndpoint;
import io.mooring.identity.enroll.WorkloadRegistrar;
import io.mooring.registry.MeshSettings;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.SourceStatus;
import io.mooring.registry.WorkloadStore;
import io.mooring.registry.file.FileSource;
import io.mooring.registry.file.FileVirtualIpStore;
import io.mooring.registry.file.FileWorkloadStore;
import io.mooring.xds.debug.ClientStatusAuthorizer;
import io.mooring.xds.debug.CsdsService;
import io.mooring.xds.load.ClusterLoad;
import io.mooring.xds.load.LoadReportService;
import io.mooring.xds.mesh.MeshGenerator;
import io.mooring.xds.mesh.RegistryChange;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.push.PushService;
import io.mooring.xds.server.NodeAuthorizer;
import io.mooring.xds.server.XdsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that one control plane is made of, opened in the order in which the parts need each
 * other and closed in the opposite one. Started once, by one thread.
 */
final class Wiring implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MeshControlPlane.class);
  private static final Duration MAX_DEBOUNCE = Duration.ofSeconds(10); // Istio's

  private final MeshControlPlaneBuilder options;
  private final MeshSettings settings;
  private final Ports ports;
  private final Metrics metrics = new Metrics();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private @Nullable ServiceRegistry registry;
  private @Nullable MeshIdentity identity;
  private @Nullable BundleEndpoint bundleEndpoint;
  private @Nullable WorkloadRegistrar registrar;

  Wiring(MeshControlPlaneBuilder options) {
    this.options = options;
    this.settings = MeshSettings.of(options.trustDomain);
    this.ports = new Ports(options.executor);
  }

  /** Opens everything; if a part cannot be opened, closes those that were, and throws why. */
  void start(MeshControlPlane controlPlane) throws IOException, InterruptedException {
    boolean started = false;
    try {
      startParts(controlPlane);
      started = true;
    } finally {
      if (!started) {
        close();
      }
    }
  }

  private void startParts(MeshControlPlane controlPlane) throws IOException, InterruptedException {
    DataDirectory data = opened(DataDirectory.open(options.dataDirectory));
    MeshIdentity identity = MeshIdentity.open(data, settings, ownHosts(), options);
    this.identity = identity;
    FileWorkloadStore workloads = opened(FileWorkloadStore.open(data.resolve("workloads")));
    List<FileSource> files = new ArrayList<>();
    ServiceRegistry registry = startRegistry(data, workloads, files);
    WorkloadGroups groups = WorkloadGroups.of(registry::snapshot);
    WorkloadRegistrar registrar = startRegistrar(registry, workloads, groups);
    this.registrar = registrar;
    MeshGenerator generator = new MeshGenerator(registry::snapshot, options.loadObserver != null);
    PushService<RegistryChange> push = startPush(registry, generator);
    List<XdsServer> servers = openPorts(registry, registrar, groups, push);
    ConfigProblems problems = new ConfigProblems(files);
    if (options.admin != null) {
      metrics.gauge("mooring_xds_streams", push::connected);
      metrics.gauge("mooring_registry_unsynced_sources", () -> registry.unsyncedSources().size());
      metrics.gauge(
          "mooring_registry_stale_sources",
          () -> registry.snapshot().sources().stream().filter(SourceStatus::isStale).count());
      metrics.gauge("mooring_registry_conflicts", () -> registry.snapshot().conflicts().size());
      metrics.gauge("mooring_config_rejected_files", problems::brokenFiles);
      metrics.gauge("mooring_config_rejected_versions_total", problems::rejectedVersions);
      AdminPages pages =
          new AdminPages(controlPlane, registry, workloads, problems, generator, servers, metrics);
      AdminServer admin = opened(AdminServer.start(options.admin, pages.byPath()));
      ports.adminIsAt(admin.address());
    }
    if (options.bundleEndpoint != null) {
      bundleEndpoint =
          opened(
              BundleEndpoint.startSpiffe(
                  options.bundleEndpoint, "/", identity::trustBundle, identity::ownSvid));
    }
    if (!options.federatedDomains.isEmpty()) {
      opened(identity.federate(data.resolve("federation"), options.federatedDomains));
    }
    OperatorRequests operator = new OperatorRequests(controlPlane, options.clock);
    opened(OperatorServer.start(data.path(), operator::answer));
    log.info(
        "event=started listen={} trust_domain={} id={} services={}",
        listenText(),
        settings.trustDomain(),
        identity.id(),
        registry.snapshot().services().size());
  }

  private ServiceRegistry startRegistry(
      DataDirectory data, WorkloadStore workloads, List<FileSource> files)
      throws InterruptedException {
    ServiceRegistry.Builder builder =
        ServiceRegistry.builder()
            .settings(settings)
            .virtualIps(
                options.virtualIps, new FileVirtualIpStore(data.resolve("virtual-ips.json")))
            .syncTimeout(options.syncTimeout)
            .clock(options.clock);
    for (Path directory : options.configDirectories) {
      FileSource source = FileSource.of(directory);
      files.add(source);
      builder.source(source);
    }
    options.sources.forEach(builder::source);
    ServiceRegistry registry = opened(builder.source(workloads).build().start());
    this.registry = registry;
    registry.awaitReady();
    return registry;
  }

  private WorkloadRegistrar startRegistrar(
      ServiceRegistry registry, WorkloadStore workloads, WorkloadGroups groups) {
    ScheduledExecutorService executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "mooring-enrolment-0");
              thread.setDaemon(true);
              return thread;
            });
    opened(executor::shutdownNow);
    WorkloadRegistrar registrar =
        opened(
            WorkloadRegistrar.builder(workloads, groups, executor)
                .grace(options.grace)
                .nodeLabels(options.nodeLabels)
                .peerAddresses(options.peerAddresses)
                .clock(options.clock)
                .start());
    opened(registry.addListener((snapshot, change) -> registrar.changed(change.configs())));
    return registrar;
  }

  private PushService<RegistryChange> startPush(ServiceRegistry registry, MeshGenerator generator) {
    Duration max = options.debounce.compareTo(MAX_DEBOUNCE) > 0 ? options.debounce : MAX_DEBOUNCE;
    PushService.Builder<RegistryChange> builder =
        PushService.builder(generator)
            .debounce(options.debounce, max)
            .clock(options.clock)
            .observer(metrics)
            .customizer(options.customizer);
    if (options.executor != null) {
      builder.executor(options.executor);
    }
    if (options.scheduler != null) {
      builder.scheduler(options.scheduler);
    }
    PushService<RegistryChange> push = opened(builder.build());
    opened(
        registry.addListener(
            (snapshot, change) -> push.changed(new RegistryChange(snapshot, change))));
    return push;
  }

  private List<XdsServer> openPorts(
      ServiceRegistry registry,
      WorkloadRegistrar registrar,
      WorkloadGroups groups,
      PushService<RegistryChange> push)
      throws IOException {
    Enrolment enrolment = new Enrolment(registry::snapshot, registrar, Enrolment.STORE_PATIENCE);
    opened(ports);
    XdsServer xds = opened(xdsServer(push).authorizer(enrolment).listener(enrolment).build());
    @Nullable XdsServer anyone = options.plaintext == null ? null : opened(xdsServer(push).build());
    List<XdsServer> servers = anyone == null ? List.of(xds) : List.of(xds, anyone);
    IssuerServices issuing = opened(new IssuerServices(identity(), groups, options));
    ports.openTls(
        options.listen,
        ServerTls.context(identity()::ownSvid, identity()::trustBundle, options.clock),
        options.clock,
        server -> {
          xds.bindTo(server);
          issuing.services().forEach(server::addService);
          server.addService(identity().trustBundleService());
          addReports(server, enrolment, servers, clientStatusReaders());
        });
    if (anyone != null && options.plaintext != null) {
      ports.openPlaintext(
          options.plaintext,
          server -> {
            anyone.bindTo(server);
            addReports(server, NodeAuthorizer.ANYONE, servers, ClientStatusAuthorizer.ANYONE);
          });
    }
    return servers;
  }

  /** What clients report, and what is reported of them: LRS and CSDS, beside ADS on each port. */
  private void addReports(
      ServerBuilder<?> server,
      NodeAuthorizer reporters,
      List<XdsServer> servers,
      ClientStatusAuthorizer readers) {
    if (options.takesLoadReports) {
      server.addService(new LoadReportService(options.loadInterval, reporters, this::reported));
    }
    if (options.clientStatus != ClientStatusAuthorizer.NOBODY) {
      server.addService(new CsdsService(servers, readers));
    }
  }

  private ClientStatusAuthorizer clientStatusReaders() {
    return options.clientStatus == null
        ? ClientStatusAuthorizer.identities(Set.of(identity().id()))
        : options.clientStatus;
  }

  private void reported(ProxyNode node, List<ClusterLoad> loads) {
    metrics.add("mooring_load_reports_total", 1);
    if (options.loadObserver != null) {
      options.loadObserver.reported(node, loads);
    }
  }

  private XdsServer.Builder xdsServer(PushService<RegistryChange> push) {
    XdsServer.Builder builder =
        XdsServer.builder(push).clock(options.clock).observer(metrics).limits(options.limits);
    return options.scheduler == null ? builder : builder.scheduler(options.scheduler);
  }

  /**
   * Returns the names and IPs under which VMs may call; they become names of the server's
   * certificate.
   */
  private List<String> ownHosts() {
    List<String> hosts = new ArrayList<>();
    InetAddress listen = options.listen.getAddress();
    if (listen != null && !listen.isAnyLocalAddress()) {
      hosts.add(listen.getHostAddress());
    }
    if (options.advertisedHost != null) {
      hosts.add(options.advertisedHost);
    }
    return hosts;
  }

  private String listenText() {
    InetSocketAddress listen = ports.listenAddress();
    return listen.getAddress().getHostAddress() + ":" + listen.getPort();
  }

  /** Returns what VMs are told to connect to. */
  ControlPlane advertised() {
    InetSocketAddress listen = ports.listenAddress();
    @Nullable String host = options.advertisedHost;
    if (host == null) {
      if (listen.getAddress().isAnyLocalAddress()) {
        throw new IllegalStateException(
            "the control plane listens on every address: say which one VMs are to call"
                + " (advertise)");
      }
      host = listen.getAddress().getHostAddress();
    }
    int port = options.advertisedPort == 0 ? listen.getPort() : options.advertisedPort;
    return new ControlPlane(host, port, identity().id());
  }

  Ports ports() {
    return ports;
  }

  Optional<InetSocketAddress> bundleEndpointAddress() {
    return Optional.ofNullable(bundleEndpoint).map(BundleEndpoint::address);
  }

  MeshIdentity identity() {
    return started(identity);
  }

  WorkloadRegistrar registrar() {
    return started(registrar);
  }

  ServiceRegistry registry() {
    return started(registry);
  }

  private static <T> T started(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the control plane is not started");
    }
    return part;
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.push(part);
    return part;
  }

  /** Closes every part, the last opened first; one that fails does not keep the others open. */
  @Override
  public synchronized void close() {
    while (!open.isEmpty()) {
      AutoCloseable part = open.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("event=close_failed part={}", part.getClass().getSimpleName(), e);
      }
    }
  }
}
