package io.mooring.testkit.xds;

import static io.mooring.testkit.xds.InProcessXds.cluster;
import static io.mooring.xds.resource.XdsType.CLUSTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.BindableService;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.push.SnapshotResources;
import io.mooring.xds.server.XdsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What the package documentation of the server says of interceptors that look into messages. */
class InterceptedServicesTest {

  /** Notes what passes, and passes it on. */
  private static final class Tap implements ServerInterceptor {

    private final List<DeltaDiscoveryRequest> requests = new CopyOnWriteArrayList<>();
    private final List<DeltaDiscoveryResponse> responses = new CopyOnWriteArrayList<>();

    private interface Parser<M> {
      M parse(InputStream bytes) throws IOException;
    }

    private static <M> M peek(Object message, Parser<M> parser) {
      InputStream bytes = (InputStream) message;
      try {
        bytes.mark(bytes.available());
        M parsed = parser.parse(bytes);
        bytes.reset();
        return parsed;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public <Q, P> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
      ServerCall<Q, P> tapped =
          new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendMessage(P message) {
              responses.add(peek(message, DeltaDiscoveryResponse::parseFrom));
              super.sendMessage(message);
            }
          };
      return new SimpleForwardingServerCallListener<>(next.startCall(tapped, headers)) {
        @Override
        public void onMessage(Q message) {
          requests.add(peek(message, DeltaDiscoveryRequest::parseFrom));
          super.onMessage(message);
        }
      };
    }
  }

  @Test
  void interceptorSeesTheMessagesAsTheyAreOnTheWire() throws IOException {
    SnapshotResources resources = new SnapshotResources(ProxyNode::id);
    Tap tap = new Tap();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    XdsServer xds = XdsServer.builder(resources).build();
    for (BindableService service : xds.services()) {
      builder.addService(
          ServerInterceptors.intercept(
              ServerInterceptors.useInputStreamMessages(service.bindService()), tap));
    }
    Server server = builder.build().start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(server.getListenSockets().get(0)).usePlaintext().build();
    resources.put("one", CLUSTER, cluster("a", 1));
    try (FakeProxy proxy = FakeProxy.delta(channel, FakeProxy.node("one"))) {
      proxy.subscribe(CLUSTER);
      proxy.awaitNames(CLUSTER, "a");
      proxy.fence();
      assertThat(tap.responses.get(0).getTypeUrl()).isEqualTo(CLUSTER.typeUrl());
      assertThat(tap.responses.get(0).getResources(0).getName()).isEqualTo("a");
      assertThat(tap.requests)
          .filteredOn(request -> request.getTypeUrl().equals(CLUSTER.typeUrl()))
          .extracting(DeltaDiscoveryRequest::getResponseNonce)
          .containsExactly("", tap.responses.get(0).getNonce());
    } finally {
      channel.shutdownNow();
      xds.close();
      server.shutdownNow();
    }
  }
}
