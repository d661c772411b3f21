package io.mooring.identity.agent;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.stub.StreamObserver;
import io.mooring.identity.BundleSet;
import io.mooring.identity.Pem;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.api.IstioCertificateRequest;
import io.mooring.identity.api.IstioCertificateResponse;
import io.mooring.identity.api.IstioCertificateServiceGrpc.IstioCertificateServiceImplBase;
import io.mooring.identity.bootstrap.BootstrapBundle;
import io.mooring.identity.bootstrap.BootstrapWriter;
import io.mooring.identity.bootstrap.ControlPlane;
import io.mooring.identity.server.TrustBundleService;
import io.mooring.model.networking.ReadinessProbe;
import io.mooring.model.spiffe.SpiffeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** The certificate service over real TLS; what it answers is up to the test. */
public final class FakeControlPlane implements AutoCloseable {

  public static final String TOKEN = "correct-token";

  private static final Context.Key<String> CALLER = Context.key("caller");

  private final TestIssuer issuer;
  private final InstantSource clock;
  private final TrustBundleService watches = new TrustBundleService(this::trusted, this::federated);
  private final Server server;
  private final int port;
  private volatile TrustBundle trusted;
  private volatile String token = TOKEN;
  private volatile BundleSet federated = BundleSet.EMPTY;

  /** Who asked, in order: {@code token:...} or the client certificate's ID. */
  public final List<String> callers = new CopyOnWriteArrayList<>();

  public final List<PublicKey> keys = new CopyOnWriteArrayList<>();

  /** Who opened an ADS stream, and {@code gone} when one broke. */
  public final List<String> proxies = new CopyOnWriteArrayList<>();

  public final List<String> nodeIds = new CopyOnWriteArrayList<>();

  /** Who sent requests on streams of the agent's own: the certificate's ID, then the node's. */
  public final List<String> reports = new CopyOnWriteArrayList<>();

  public final List<DiscoveryRequest> healthRequests = new CopyOnWriteArrayList<>();
  public final List<StreamObserver<DiscoveryResponse>> reportStreams = new CopyOnWriteArrayList<>();

  /** The probe in bundles that are written from now on. */
  public Optional<ReadinessProbe> probe = Optional.empty();

  /** Each takes the place of one answer. */
  public final Queue<Status> failures = new ConcurrentLinkedQueue<>();

  public volatile Duration lifetime = Duration.ofHours(24);
  public volatile Function<PublicKey, List<String>> answer;

  public FakeControlPlane(TestIssuer issuer, InstantSource clock, SpiffeId id, int port) {
    this.issuer = issuer;
    this.clock = clock;
    this.trusted = issuer.bundle();
    this.answer = key -> issuer.reply(leaf(key, TestIssuer.RATINGS.toString()));
    KeyPair key = TestIssuer.newKey();
    X509Certificate own =
        issuer.leaf(
            key.getPublic(),
            id.toString(),
            clock.instant().minusSeconds(60),
            clock.instant().plus(Duration.ofDays(365)));
    try {
      this.server =
          NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
              .sslContext(
                  GrpcSslContexts.configure(
                          SslContextBuilder.forServer(key.getPrivate(), own), SslProvider.JDK)
                      .trustManager(issuer.root())
                      .clientAuth(ClientAuth.OPTIONAL)
                      .build())
              .addService(new Service())
              .addService(new EmptyMesh())
              .addService(watches)
              .intercept(new CallerInterceptor())
              .build()
              .start();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    this.port = server.getPort();
  }

  public int port() {
    return port;
  }

  public X509Certificate leaf(PublicKey key, String uri) {
    return issuer.leaf(key, uri, clock.instant().minusSeconds(10), clock.instant().plus(lifetime));
  }

  /** Pushes {@code bundle} to all who watch. */
  public void trust(TrustBundle bundle) {
    trusted = bundle;
    watches.changed();
  }

  /** Pushes the bundles of other domains to all who watch. */
  public void federate(BundleSet others) {
    federated = others;
    watches.changed();
  }

  private BundleSet federated() {
    return federated;
  }

  private TrustBundle trusted() {
    return trusted;
  }

  /** Takes this token alone from now on. */
  public void trusts(String joinToken) {
    token = joinToken;
  }

  /** Writes the bundle of the group {@code ratings}. */
  public Path bundle(Path directory, String bind) throws IOException {
    BootstrapWriter.write(
        BootstrapBundle.builder()
            .namespace("demo")
            .group("ratings")
            .serviceAccount("ratings")
            .controlPlane(new ControlPlane("127.0.0.1", port, TestIssuer.CONTROL_PLANE))
            .trustBundle(issuer.bundle())
            .token(TOKEN)
            .bindAddress(bind)
            .adminPort(0)
            .probe(probe)
            .build(),
        directory);
    return directory;
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Service extends IstioCertificateServiceImplBase {
    @Override
    public void createCertificate(
        IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> response) {
      try {
        PublicKey key =
            new JcaPKCS10CertificationRequest(Pem.decode("CERTIFICATE REQUEST", request.getCsr()))
                .getPublicKey();
        callers.add(CALLER.get());
        keys.add(key);
        Status failure = failures.poll();
        if (failure != null) {
          throw failure.asRuntimeException();
        }
        if (CALLER.get().startsWith("token:") && !CALLER.get().equals("token:" + token)) {
          throw Status.UNAUTHENTICATED.withDescription("join refused").asRuntimeException();
        }
        response.onNext(
            IstioCertificateResponse.newBuilder().addAllCertChain(answer.apply(key)).build());
        response.onCompleted();
      } catch (Exception e) {
        response.onError(e);
      }
    }
  }

  /** Has no listener and no cluster, and says so: enough for Envoy to be ready. */
  private final class EmptyMesh extends AggregatedDiscoveryServiceImplBase {
    /** The agent's own stream, of the same node as its Envoy's. */
    @Override
    public StreamObserver<DiscoveryRequest> streamAggregatedResources(
        StreamObserver<DiscoveryResponse> response) {
      String caller = CALLER.get();
      reportStreams.add(response);
      return new StreamObserver<>() {
        private String node = "";

        @Override
        public void onNext(DiscoveryRequest request) {
          if (request.hasNode()) {
            node = request.getNode().getId();
          }
          reports.add(caller + " " + node);
          healthRequests.add(request);
        }

        @Override
        public void onError(Throwable gone) {
          reportStreams.remove(response);
        }

        @Override
        public void onCompleted() {
          response.onCompleted();
        }
      };
    }

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
        StreamObserver<DeltaDiscoveryResponse> response) {
      proxies.add(CALLER.get());
      return new StreamObserver<>() {
        @Override
        public void onNext(DeltaDiscoveryRequest request) {
          if (request.hasNode()) {
            nodeIds.add(request.getNode().getId());
          }
          if (request.getResponseNonce().isEmpty()) {
            response.onNext(
                DeltaDiscoveryResponse.newBuilder()
                    .setTypeUrl(request.getTypeUrl())
                    .setNonce("1")
                    .build());
          }
        }

        @Override
        public void onError(Throwable gone) {
          proxies.add("gone");
        }

        @Override
        public void onCompleted() {
          response.onCompleted();
        }
      };
    }
  }

  private static final class CallerInterceptor implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      String authorization =
          headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
      String caller =
          authorization == null
              ? peer(call)
              : "token:" + authorization.substring("Bearer ".length());
      return Contexts.interceptCall(
          Context.current().withValue(CALLER, caller), call, headers, next);
    }

    private static String peer(ServerCall<?, ?> call) {
      try {
        X509Certificate leaf =
            (X509Certificate)
                call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION).getPeerCertificates()[0];
        return X509Svid.idOf(leaf).toString();
      } catch (SSLPeerUnverifiedException e) {
        return "nobody";
      }
    }
  }
}
