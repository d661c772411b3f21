package io.mooring.xds.debug;

import static java.util.Objects.requireNonNull;

import io.envoyproxy.envoy.admin.v3.ClientResourceStatus;
import io.envoyproxy.envoy.admin.v3.UpdateFailureState;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.status.v3.ClientConfig;
import io.envoyproxy.envoy.service.status.v3.ClientConfig.GenericXdsConfig;
import io.envoyproxy.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.status.v3.ClientStatusRequest;
import io.envoyproxy.envoy.service.status.v3.ClientStatusResponse;
import io.envoyproxy.envoy.service.status.v3.ConfigStatus;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.server.PeerIdentity;
import io.mooring.xds.server.StreamStatus;
import io.mooring.xds.server.TypeStatus;
import io.mooring.xds.server.XdsServer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Client status discovery: what each connected client was sent and what became of it. Thread-safe.
 *
 * <p>Whoever may call it sees the configuration of every proxy: on a port that proxies reach too,
 * give it a {@link ClientStatusAuthorizer}. Secrets are named, never shown.
 *
 * <p>One {@code ClientConfig} a stream. Of each resource it says the version that was sent; {@code
 * SYNCED/ACKED}; {@code STALE/REQUESTED} while its type waits for an answer; or {@code
 * ERROR/NACKED} with the client's words, and then without content: the client still has an older
 * one.
 */
public final class CsdsService implements BindableService {

  private final List<XdsServer> servers;
  private final ClientStatusAuthorizer authorizer;

  /** Creates the service of these servers for a port that operators alone reach. */
  public CsdsService(List<XdsServer> servers) {
    this(servers, ClientStatusAuthorizer.ANYONE);
  }

  /**
   * Creates the service of these servers for a port that others reach too; there the gRPC server
   * needs a {@link io.mooring.xds.server.PeerIdentityInterceptor}.
   */
  public CsdsService(List<XdsServer> servers, ClientStatusAuthorizer authorizer) {
    this.servers = List.copyOf(requireNonNull(servers, "servers"));
    this.authorizer = requireNonNull(authorizer, "authorizer");
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ClientStatusDiscoveryServiceGrpc.ClientStatusDiscoveryServiceImplBase() {
      @Override
      public void fetchClientStatus(
          ClientStatusRequest request, StreamObserver<ClientStatusResponse> responses) {
        if (mayAsk(responses) && answer(request, responses)) {
          responses.onCompleted();
        }
      }

      @Override
      public StreamObserver<ClientStatusRequest> streamClientStatus(
          StreamObserver<ClientStatusResponse> responses) {
        return new StatusStream(responses, mayAsk(responses));
      }
    }.bindService();
  }

  /** Returns whether the call goes on. */
  private boolean mayAsk(StreamObserver<ClientStatusResponse> responses) {
    try {
      authorizer.authorize(PeerIdentity.current());
      return true;
    } catch (StatusRuntimeException e) {
      responses.onError(e);
      return false;
    }
  }

  /** Returns whether the call goes on. */
  private boolean answer(
      ClientStatusRequest request, StreamObserver<ClientStatusResponse> responses) {
    try {
      responses.onNext(status(request));
      return true;
    } catch (IllegalArgumentException e) { // also of a pattern that is none
      responses.onError(
          Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
      return false;
    }
  }

  private ClientStatusResponse status(ClientStatusRequest request) {
    ClientStatusResponse.Builder response = ClientStatusResponse.newBuilder();
    for (XdsServer server : servers) {
      for (StreamStatus stream : server.status()) {
        if (NodeFilter.accepts(request.getNodeMatchersList(), stream.node())) {
          Optional<ResourceSet> contents =
              request.getExcludeResourceContents()
                  ? Optional.empty()
                  : server.configDump(stream.node().id());
          response.addConfig(config(stream, contents.orElse(ResourceSet.empty())));
        }
      }
    }
    return response.build();
  }

  private static ClientConfig config(StreamStatus stream, ResourceSet contents) {
    ClientConfig.Builder config =
        ClientConfig.newBuilder()
            .setNode(node(stream.node()))
            .setClientScope("stream " + stream.streamId());
    for (TypeStatus type : stream.types()) {
      for (Map.Entry<String, String> sent : type.sent().entrySet()) {
        config.addGenericXdsConfigs(resource(type, sent.getKey(), sent.getValue(), contents));
      }
    }
    return config.build();
  }

  private static Node node(ProxyNode node) {
    return Node.newBuilder()
        .setId(node.id())
        .setMetadata(node.metadata())
        .setLocality(
            Locality.newBuilder()
                .setRegion(node.locality().region())
                .setZone(node.locality().zone())
                .setSubZone(node.locality().subzone()))
        .build();
  }

  private static GenericXdsConfig resource(
      TypeStatus type, String name, String version, ResourceSet contents) {
    GenericXdsConfig.Builder resource =
        GenericXdsConfig.newBuilder()
            .setTypeUrl(type.type().typeUrl())
            .setName(name)
            .setVersionInfo(version);
    if (type.rejection().isPresent() && type.rejected().contains(name)) {
      return resource
          .setConfigStatus(ConfigStatus.ERROR)
          .setClientStatus(ClientResourceStatus.NACKED)
          .setErrorState(
              UpdateFailureState.newBuilder()
                  .setDetails(type.rejection().get())
                  .setVersionInfo(version))
          .build();
    }
    // Clients answer in order: what a rejected response did not carry, they had accepted before.
    boolean accepted = type.acknowledged() || type.rejection().isPresent();
    resource
        .setConfigStatus(accepted ? ConfigStatus.SYNCED : ConfigStatus.STALE)
        .setClientStatus(accepted ? ClientResourceStatus.ACKED : ClientResourceStatus.REQUESTED);
    @Nullable VersionedResource content = contents.resources(type.type()).get(name);
    if (content != null
        && content.version().equals(version)
        && !type.type().equals(XdsType.SECRET)) {
      resource.setXdsConfig(content.body());
    }
    return resource.build();
  }

  /** Answers each request of a stream. Confined to its call. */
  private final class StatusStream implements StreamObserver<ClientStatusRequest> {

    private final StreamObserver<ClientStatusResponse> responses;
    private boolean open;

    StatusStream(StreamObserver<ClientStatusResponse> responses, boolean open) {
      this.responses = responses;
      this.open = open;
    }

    @Override
    public void onNext(ClientStatusRequest request) {
      open = open && answer(request, responses);
    }

    @Override
    public void onError(Throwable cancelled) {
      // The caller is gone: there is nobody left to tell.
    }

    @Override
    public void onCompleted() {
      if (open) {
        responses.onCompleted();
      }
    }
  }
}
