package io.mooring.testkit.grpc;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.NameResolverRegistry;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.xds.XdsNameResolverProvider;
import io.grpc.xds.XdsServerBuilder;
import io.mooring.model.ConfigObject;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.LocatedObject;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.memory.MemorySource;
import io.mooring.xds.mesh.MeshGenerator;
import io.mooring.xds.mesh.RegistryChange;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.push.PushService;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.server.XdsObserver;
import io.mooring.xds.server.XdsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** A mesh on loopback whose members are real grpc-java channels and servers. */
final class GrpcMesh implements AutoCloseable {

  /** Where a program finds its certificates; what an xDS bootstrap says of a file_watcher. */
  record Certificates(Path certificate, Path key, Path roots) {}

  private final MemorySource source = new MemorySource();
  private final ServiceRegistry registry;
  private final PushService<RegistryChange> push;
  private final XdsServer xds;
  private final Server server;
  private final List<Runnable> open = new ArrayList<>();
  private final Queue<String> rejections = new ConcurrentLinkedQueue<>();

  GrpcMesh() throws IOException, InterruptedException {
    registry = ServiceRegistry.builder().source(source).build().start();
    registry.awaitSynced(Duration.ofSeconds(10));
    push =
        PushService.builder(new MeshGenerator(registry::snapshot))
            .debounce(Duration.ZERO, Duration.ZERO)
            .build();
    registry.addListener((snapshot, change) -> push.changed(new RegistryChange(snapshot, change)));
    xds =
        XdsServer.builder(push)
            .observer(
                new XdsObserver() {
                  @Override
                  public void rejected(
                      ProxyNode node, XdsType type, List<String> names, String message) {
                    rejections.add(type + " " + names + ": " + message);
                  }
                })
            .build();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    for (BindableService service : xds.services()) {
      builder.addService(service);
    }
    server = builder.build().start();
  }

  /** Adds or replaces the objects of a YAML text. */
  void apply(String yaml) {
    source.put(parse(yaml));
  }

  void delete(String yaml) {
    for (ConfigObject object : parse(yaml)) {
      source.delete(object.key());
    }
  }

  private static ConfigObject[] parse(String yaml) {
    ParsedConfig parsed = new ConfigCodec().parse("test.yaml", yaml);
    if (parsed.hasErrors()) {
      throw new IllegalArgumentException(parsed.problems().toString());
    }
    return parsed.objects().stream().map(LocatedObject::object).toArray(ConfigObject[]::new);
  }

  /** Returns what clients refused, in their own words. */
  List<String> rejections() {
    return List.copyOf(rejections);
  }

  XdsServer xds() {
    return xds;
  }

  /** Returns a channel to {@code xds:///target}, in clear text. */
  ManagedChannel channel(String target) {
    return channel(target, Map.of(), InsecureChannelCredentials.create());
  }

  /** Returns a channel of a program that says that it has no certificates. */
  ManagedChannel channelWithoutCertificates(String target) {
    Map<String, Object> bootstrap = bootstrap("client", "127.0.0.1", Map.of());
    bootstrap.put(
        "node",
        Map.of(
            "id",
            "client",
            "metadata",
            Map.of("NAMESPACE", "demo", "CERTIFICATE_PROVIDER", "none")));
    return open(target, bootstrap, InsecureChannelCredentials.create());
  }

  ManagedChannel channel(
      String target, Map<String, ?> certificateProviders, ChannelCredentials credentials) {
    return open(target, bootstrap("client", "127.0.0.1", certificateProviders), credentials);
  }

  private ManagedChannel open(
      String target, Map<String, ?> bootstrap, ChannelCredentials credentials) {
    String scheme = "xds" + UUID.randomUUID().toString().replace("-", "");
    XdsNameResolverProvider resolver = XdsNameResolverProvider.createForTest(scheme, bootstrap);
    NameResolverRegistry.getDefaultRegistry().register(resolver);
    open.add(() -> NameResolverRegistry.getDefaultRegistry().deregister(resolver));
    ManagedChannel channel = Grpc.newChannelBuilder(scheme + ":///" + target, credentials).build();
    open.add(channel::shutdownNow);
    return channel;
  }

  /** Starts a server without xDS that answers with {@code name}; returns its port. */
  int plainServer(String name) throws IOException {
    Server plain =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(Echo.service(name))
            .build()
            .start();
    open.add(plain::shutdownNow);
    return plain.getPort();
  }

  /** Starts an xDS-enabled server at the address of a workload; blocks until it serves. */
  Server xdsServer(String address, int port, String name) throws IOException {
    return xdsServer(address, port, name, Map.of(), InsecureServerCredentials.create());
  }

  Server xdsServer(
      String address,
      int port,
      String name,
      Map<String, ?> certificateProviders,
      ServerCredentials credentials)
      throws IOException {
    Server started =
        XdsServerBuilder.forPort(port, credentials)
            .overrideBootstrapForTest(bootstrap(name, address, certificateProviders))
            .addService(Echo.service(name))
            .build();
    open.add(started::shutdownNow);
    return started.start();
  }

  private Map<String, Object> bootstrap(String id, String address, Map<String, ?> providers) {
    SortedMap<String, Object> bootstrap = new TreeMap<>();
    bootstrap.put(
        "xds_servers",
        List.of(
            Map.of(
                "server_uri",
                "127.0.0.1:" + server.getPort(),
                "channel_creds",
                List.of(Map.of("type", "insecure")),
                "server_features",
                List.of("xds_v3"))));
    bootstrap.put(
        "node", Map.of("id", id, "metadata", Map.of("NAMESPACE", "demo", "INSTANCE_IPS", address)));
    bootstrap.put(
        "server_listener_resource_name_template", "grpc/server?xds.resource.listening_address=%s");
    if (!providers.isEmpty()) {
      bootstrap.put("certificate_providers", providers);
    }
    return bootstrap;
  }

  static Map<String, ?> fileWatcher(Certificates files) {
    return Map.of(
        "default",
        Map.of(
            "plugin_name",
            "file_watcher",
            "config",
            Map.of(
                "certificate_file", files.certificate().toString(),
                "private_key_file", files.key().toString(),
                "ca_certificate_file", files.roots().toString(),
                "refresh_interval", "1s")));
  }

  /** Returns who answered. */
  static String call(ManagedChannel channel) {
    return call(channel, Map.of());
  }

  static String call(ManagedChannel channel, Map<String, String> headers) {
    Metadata metadata = new Metadata();
    headers.forEach(
        (name, value) ->
            metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
    return ClientCalls.blockingUnaryCall(
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata)),
        Echo.SAY,
        CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS),
        "hello");
  }

  /** Returns who answered, or why nobody did. */
  static String outcome(ManagedChannel channel) {
    return outcome(channel, Map.of());
  }

  static String outcome(ManagedChannel channel, Map<String, String> headers) {
    try {
      return call(channel, headers);
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode().toString();
    }
  }

  @Override
  public void close() {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).run();
    }
    xds.close();
    server.shutdownNow();
    push.close();
    registry.close();
  }
}
