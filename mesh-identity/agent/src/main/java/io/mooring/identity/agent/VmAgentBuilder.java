package io.mooring.identity.agent;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.agent.envoy.AddressReservation;
import io.mooring.identity.agent.envoy.EnvoyFailedException;
import io.mooring.identity.agent.envoy.EnvoyLaunch;
import io.mooring.identity.agent.envoy.EnvoyObserver;
import io.mooring.identity.agent.envoy.EnvoySupervisor;
import io.mooring.identity.agent.envoy.LocalAddress;
import io.mooring.identity.agent.envoy.OccupiedAddressException;
import io.mooring.identity.agent.files.SvidFiles;
import io.mooring.identity.agent.health.HealthMonitor;
import io.mooring.identity.agent.health.HealthPlan;
import io.mooring.identity.agent.sds.SdsServer;
import io.mooring.identity.agent.socket.PublishedSocket;
import io.mooring.identity.agent.socket.SocketDirectory;
import io.mooring.identity.agent.svid.CertificateClient;
import io.mooring.identity.agent.svid.ControlPlaneLink;
import io.mooring.identity.agent.svid.Credentials;
import io.mooring.identity.agent.svid.JwtSvidClient;
import io.mooring.identity.agent.svid.SvidStore;
import io.mooring.identity.agent.workload.WorkloadApiServer;
import io.mooring.identity.bootstrap.AgentConfig;
import io.mooring.identity.bootstrap.CaptureMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets up a {@link VmAgent}. Only {@link #bundle} is required. Not thread-safe; one builder, one
 * start.
 */
public final class VmAgentBuilder {

  private static final Logger log = LoggerFactory.getLogger(VmAgent.class);
  private static final AtomicInteger THREADS = new AtomicInteger();
  private static final Duration TOKEN_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration ENVOY_START_TIMEOUT = Duration.ofSeconds(10);

  private @Nullable Path bundle;
  private @Nullable Path state;
  private @Nullable Path envoy;
  private List<String> envoyArguments = List.of();
  private Duration drainTime = Duration.ofSeconds(3);
  private Duration joinTimeout = Duration.ofSeconds(25);
  private Path socketParent = Path.of(System.getProperty("java.io.tmpdir"));
  private @Nullable Path workloadSocket;
  private @Nullable Path certificateFiles;
  private RotationPolicy rotation = RotationPolicy.DEFAULT;
  private InstantSource clock = InstantSource.system();
  private RandomGenerator random = new Random();
  private @Nullable ScheduledExecutorService executor;
  private AgentObserver observer = AgentObserver.logging();

  VmAgentBuilder() {}

  /**
   * The directory with {@code agent.json}, {@code root-cert.pem}, {@code envoy.json}, the token.
   */
  public VmAgentBuilder bundle(Path directory) {
    bundle = requireNonNull(directory, "directory");
    return this;
  }

  /**
   * Where key and SVID survive; by default {@code state} inside the bundle. Made with mode 0700.
   */
  public VmAgentBuilder state(Path directory) {
    state = requireNonNull(directory, "directory");
    return this;
  }

  /** The Envoy to run, see {@link EnvoyBinary#find}; by default none, only SDS is served. */
  public VmAgentBuilder envoy(Path binary) {
    envoy = requireNonNull(binary, "binary");
    return this;
  }

  /** Further arguments for Envoy, e.g. {@code --concurrency 1}; by default none. */
  public VmAgentBuilder envoyArguments(List<String> arguments) {
    envoyArguments = List.copyOf(arguments);
    return this;
  }

  /** How long Envoy serves on when the agent is closed; 3 s by default, zero means not at all. */
  public VmAgentBuilder drainTime(Duration time) {
    drainTime = requireNonNull(time, "time");
    return this;
  }

  /** How long a first join goes on asking a control plane that does not answer; 25 s by default. */
  public VmAgentBuilder joinTimeout(Duration timeout) {
    joinTimeout = requireNonNull(timeout, "timeout");
    return this;
  }

  /**
   * Where the private directory for the SDS socket is made, by default the JVM's temporary
   * directory. A socket's path ends at 107 bytes.
   */
  public VmAgentBuilder socketParent(Path directory) {
    socketParent = requireNonNull(directory, "directory");
    return this;
  }

  /**
   * Where programs on the VM find the SPIFFE Workload API: a path for a new Unix socket in an
   * existing directory. It gets mode 0660; whoever may connect has the VM's identity. By default it
   * is beside the SDS socket, for programs of this user only.
   */
  public VmAgentBuilder workloadSocket(Path socket) {
    workloadSocket = requireNonNull(socket, "socket");
    return this;
  }

  /**
   * Where {@code cert-chain.pem}, {@code key.pem} and {@code root-cert.pem} are kept as well, for
   * programs that watch files; by default nowhere. Made with mode 0700; all three change at once,
   * by a rename of the link {@code ..data} in it.
   */
  public VmAgentBuilder certificateFiles(Path directory) {
    certificateFiles = requireNonNull(directory, "directory");
    return this;
  }

  /** When SVIDs are renewed; {@link RotationPolicy#DEFAULT} by default. */
  public VmAgentBuilder rotation(RotationPolicy policy) {
    rotation = requireNonNull(policy, "policy");
    return this;
  }

  /** What decides that a certificate is due or over; the system's clock by default. */
  public VmAgentBuilder clock(InstantSource source) {
    clock = requireNonNull(source, "source");
    return this;
  }

  /** What spreads renewals and retries; must be thread-safe. */
  public VmAgentBuilder random(RandomGenerator generator) {
    random = requireNonNull(generator, "generator");
    return this;
  }

  /**
   * Where renewals run; a request may block it for eight seconds. By default a daemon thread of the
   * agent's own. It is never shut down.
   */
  public VmAgentBuilder executor(ScheduledExecutorService service) {
    executor = requireNonNull(service, "service");
    return this;
  }

  /** Who is told what happens; {@link AgentObserver#logging} by default. */
  public VmAgentBuilder observer(AgentObserver agentObserver) {
    observer = requireNonNull(agentObserver, "agentObserver");
    return this;
  }

  /**
   * Joins, serves secrets, and starts Envoy. Blocks until the VM has an SVID and Envoy its admin
   * page; a valid SVID in the state directory needs no control plane. After a failure nothing stays
   * open.
   *
   * @throws JoinRefusedException if the VM is not let in, or does not trust who answers
   * @throws AddressInUseException if an address of the VM is taken
   * @throws AgentStartException for every other reason
   */
  public VmAgent start() {
    BundleDirectory files =
        BundleDirectory.read(
            requireNonNull(bundle, "a bundle directory is required: call bundle(...) first"));
    OpenResources resources = new OpenResources();
    try {
      return start(files, state == null ? bundle.resolve("state") : state, resources);
    } catch (OccupiedAddressException e) {
      resources.close();
      throw new AddressInUseException(FailureText.of(e), e);
    } catch (IOException | IllegalArgumentException | EnvoyFailedException e) {
      resources.close();
      throw new AgentStartException(FailureText.of(e), e);
    } catch (RuntimeException | Error e) {
      resources.close();
      throw e;
    }
  }

  private VmAgent start(BundleDirectory files, Path stateDirectory, OpenResources resources)
      throws IOException {
    SvidStore store = resources.add(SvidStore.open(stateDirectory));
    if (envoy != null) {
      reserve(files.config(), resources);
    }
    SocketDirectory sockets = resources.add(SocketDirectory.create(socketParent));
    PublishedSocket published =
        workloadSocket == null ? null : resources.add(PublishedSocket.prepare(workloadSocket));
    SvidFiles svidFiles = certificateFiles == null ? null : SvidFiles.open(certificateFiles);
    ControlPlaneLink link =
        new ControlPlaneLink(files.config().controlPlane(), files.roots(), clock);
    Enrolment enrolment =
        new Enrolment(
            files, new CertificateClient(link, files.config().identity(), clock), store, clock);
    Credentials first = enrolment.first(joinTimeout, rotation, random, observer);
    observer.joined(first.svid().id(), first.expiresAt());
    SdsServer sds =
        resources.add(
            SdsServer.start(
                sockets.sdsSocket(), VmAgent.secretsOf(first), observer::secretRejected));
    if (svidFiles != null) {
      svidFiles.write(first);
    }
    AtomicReference<Credentials> latest = new AtomicReference<>(first);
    JwtSvidClient tokens = new JwtSvidClient(link);
    WorkloadApiServer workloadApi =
        resources.add(
            WorkloadApiServer.start(
                published == null ? sockets.workloadSocket() : published.hidden(),
                first,
                audience -> tokens.mint(requireNonNull(latest.get()), audience, TOKEN_TIMEOUT),
                clock));
    if (published != null) {
      published.publish();
    }
    ScheduledExecutorService worker = executor == null ? ownExecutor(resources) : executor;
    EnvoySupervisor supervisor =
        envoy == null ? null : startEnvoy(files, store, sds.socket(), resources);
    SvidKeeper keeper =
        resources.add(
            new SvidKeeper(
                enrolment,
                first,
                enrolment.receivedAt(first),
                rotation,
                clock,
                worker,
                random,
                observer,
                renewed -> {
                  latest.set(renewed);
                  sds.serve(VmAgent.secretsOf(renewed));
                  workloadApi.serve(renewed);
                  save(store, renewed);
                  if (svidFiles != null) {
                    write(svidFiles, renewed);
                  }
                }));
    BundleWatch watch =
        resources.add(
            new BundleWatch(
                files.config().identity().trustDomain(),
                () -> link.connect(keeper.current()),
                worker,
                random,
                keeper::trust));
    keeper.onRenewal(watch::askAgain);
    keeper.start();
    watch.start();
    if (files.config().probe().isPresent()) {
      resources.add(monitor(files, link, keeper, supervisor));
    }
    Path workload = published == null ? sockets.workloadSocket() : published.path();
    return new VmAgent(keeper, clock, sds.socket(), workload, supervisor, resources);
  }

  private static void save(SvidStore store, Credentials renewed) {
    try {
      store.saveBundles(renewed);
    } catch (IOException e) {
      log.warn("event=trust_bundle_not_saved hint=\"check the disk\"", e);
    }
  }

  private void write(SvidFiles files, Credentials renewed) {
    try {
      files.write(renewed);
    } catch (IOException e) {
      observer.certificateFilesFailed(FailureText.of(e));
    }
  }

  private HealthMonitor monitor(
      BundleDirectory files,
      ControlPlaneLink link,
      SvidKeeper keeper,
      @Nullable EnvoySupervisor supervisor)
      throws IOException {
    String address = address(files.config()).getHostAddress();
    boolean captured = files.config().capture() == CaptureMode.TRANSPARENT;
    HealthPlan plan =
        HealthPlan.of(
            files.config().probe().orElseThrow(),
            // Without capture Envoy has the VM's address, and the workload the loopback one.
            captured ? address : "127.0.0.1",
            captured);
    return HealthMonitor.start(
        plan,
        files.envoy().withAddress(address).nodeJson(),
        () -> link.connect(keeper.current()),
        () -> supervisor == null || supervisor.isReady(),
        clock,
        random,
        health -> observer.healthChanged(health.healthy(), health.message()));
  }

  private static InetAddress address(AgentConfig config) throws IOException {
    return config.address().isPresent()
        ? InetAddress.getByName(config.address().get())
        : LocalAddress.reaching(
            InetAddress.getByName(config.bindAddress()), config.controlPlane().host());
  }

  private static void reserve(AgentConfig config, OpenResources resources) throws IOException {
    InetAddress bind = InetAddress.getByName(config.bindAddress());
    List<InetSocketAddress> ports = new ArrayList<>();
    ports.add(new InetSocketAddress(bind, config.adminPort()));
    if (config.capture() == CaptureMode.TRANSPARENT) {
      ports.add(new InetSocketAddress(15_001)); // outbound and inbound capture, Istio's ports
      ports.add(new InetSocketAddress(15_006));
    }
    resources.add(AddressReservation.of(Set.copyOf(List.of(bind, address(config))), ports));
  }

  private EnvoySupervisor startEnvoy(
      BundleDirectory files, SvidStore store, Path sdsSocket, OpenResources resources)
      throws IOException {
    String json =
        files
            .envoy()
            .withAddress(address(files.config()).getHostAddress())
            .withSdsSocket(sdsSocket)
            .toJson();
    Path config = store.write("envoy.json", json.getBytes(StandardCharsets.UTF_8));
    EnvoySupervisor supervisor =
        resources.add(
            EnvoySupervisor.start(
                new EnvoyLaunch(
                    requireNonNull(envoy, "envoy").toAbsolutePath(),
                    config,
                    store.path(),
                    drainTime,
                    envoyArguments),
                new EnvoyEvents(observer)));
    supervisor.awaitStarted(ENVOY_START_TIMEOUT);
    return supervisor;
  }

  private static ScheduledExecutorService ownExecutor(OpenResources resources) {
    ScheduledExecutorService own =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "mooring-agent-" + THREADS.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    resources.add(own::shutdownNow);
    return own;
  }

  /** Passes Envoy's life on to the agent's observer. */
  private record EnvoyEvents(AgentObserver observer) implements EnvoyObserver {
    @Override
    public void started(long pid) {
      observer.envoyStarted(pid);
    }

    @Override
    public void ended(int exitCode, Duration restartAfter) {
      observer.envoyEnded(exitCode, restartAfter);
    }
  }
}
