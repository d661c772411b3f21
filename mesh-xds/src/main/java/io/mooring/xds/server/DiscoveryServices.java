package io.mooring.xds.server;

import io.envoyproxy.envoy.config.core.v3.ControlPlane;
import io.envoyproxy.envoy.service.cluster.v3.ClusterDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.endpoint.v3.EndpointDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.extension.v3.ExtensionConfigDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.listener.v3.ListenerDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.route.v3.RouteDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.route.v3.ScopedRoutesDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.route.v3.VirtualHostDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.runtime.v3.RuntimeDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.mooring.xds.resource.XdsType;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Binds the aggregated service and those of single types to one way of making streams. */
final class DiscoveryServices {

  /** Makes the handler of one method. */
  interface Handlers {

    <Q> ServerCallHandler<Q, WireResponse> handler(Variant<Q> variant, @Nullable XdsType onlyType);
  }

  private final SotwVariant sotw;
  private final DeltaVariant delta;
  private final Handlers handlers;

  DiscoveryServices(ControlPlane controlPlane, Handlers handlers) {
    this.sotw = new SotwVariant(controlPlane);
    this.delta = new DeltaVariant(controlPlane);
    this.handlers = handlers;
  }

  List<BindableService> all() {
    return List.of(
        service(
            AggregatedDiscoveryServiceGrpc.getServiceDescriptor(),
            Optional.of(AggregatedDiscoveryServiceGrpc.getStreamAggregatedResourcesMethod()),
            AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod(),
            null),
        service(
            ClusterDiscoveryServiceGrpc.getServiceDescriptor(),
            Optional.of(ClusterDiscoveryServiceGrpc.getStreamClustersMethod()),
            ClusterDiscoveryServiceGrpc.getDeltaClustersMethod(),
            XdsType.CLUSTER),
        service(
            EndpointDiscoveryServiceGrpc.getServiceDescriptor(),
            Optional.of(EndpointDiscoveryServiceGrpc.getStreamEndpointsMethod()),
            EndpointDiscoveryServiceGrpc.getDeltaEndpointsMethod(),
            XdsType.ENDPOINT),
        service(
            ListenerDiscoveryServiceGrpc.getServiceDescriptor(),
            Optional.of(ListenerDiscoveryServiceGrpc.getStreamListenersMethod()),
            ListenerDiscoveryServiceGrpc.getDeltaListenersMethod(),
            XdsType.LISTENER),
        service(
            RouteDiscoveryServiceGrpc.getServiceDescriptor(),
            Optional.of(RouteDiscoveryServiceGrpc.getStreamRoutesMethod()),
            RouteDiscoveryServiceGrpc.getDeltaRoutesMethod(),
            XdsType.ROUTE),
        service(
            ScopedRoutesDiscoveryServiceGrpc.getServiceDescriptor(),
            Optional.of(ScopedRoutesDiscoveryServiceGrpc.getStreamScopedRoutesMethod()),
            ScopedRoutesDiscoveryServiceGrpc.getDeltaScopedRoutesMethod(),
            XdsType.SCOPED_ROUTE),
        service(
            VirtualHostDiscoveryServiceGrpc.getServiceDescriptor(),
            Optional.empty(),
            VirtualHostDiscoveryServiceGrpc.getDeltaVirtualHostsMethod(),
            XdsType.VIRTUAL_HOST),
        service(
            SecretDiscoveryServiceGrpc.getServiceDescriptor(),
            Optional.of(SecretDiscoveryServiceGrpc.getStreamSecretsMethod()),
            SecretDiscoveryServiceGrpc.getDeltaSecretsMethod(),
            XdsType.SECRET),
        service(
            RuntimeDiscoveryServiceGrpc.getServiceDescriptor(),
            Optional.of(RuntimeDiscoveryServiceGrpc.getStreamRuntimeMethod()),
            RuntimeDiscoveryServiceGrpc.getDeltaRuntimeMethod(),
            XdsType.RUNTIME),
        service(
            ExtensionConfigDiscoveryServiceGrpc.getServiceDescriptor(),
            Optional.of(ExtensionConfigDiscoveryServiceGrpc.getStreamExtensionConfigsMethod()),
            ExtensionConfigDiscoveryServiceGrpc.getDeltaExtensionConfigsMethod(),
            XdsType.EXTENSION_CONFIG));
  }

  private BindableService service(
      ServiceDescriptor generated,
      Optional<MethodDescriptor<DiscoveryRequest, DiscoveryResponse>> sotwMethod,
      MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse> deltaMethod,
      @Nullable XdsType onlyType) {
    ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(generated.getName());
    if (generated.getSchemaDescriptor() != null) {
      descriptor.setSchemaDescriptor(generated.getSchemaDescriptor());
    }
    Optional<MethodDescriptor<DiscoveryRequest, WireResponse>> sotwWire =
        sotwMethod.map(method -> onWire(method, sotw));
    MethodDescriptor<DeltaWireRequest, WireResponse> deltaWire = onWire(deltaMethod, delta);
    sotwWire.ifPresent(descriptor::addMethod);
    descriptor.addMethod(deltaWire);
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
    sotwWire.ifPresent(method -> service.addMethod(method, handlers.handler(sotw, onlyType)));
    service.addMethod(deltaWire, handlers.handler(delta, onlyType));
    ServerServiceDefinition bound = service.build();
    return () -> bound;
  }

  private static <Q> MethodDescriptor<Q, WireResponse> onWire(
      MethodDescriptor<?, ?> generated, Variant<Q> variant) {
    return generated.toBuilder(new RequestMarshaller<>(variant), WireResponse.MARSHALLER).build();
  }
}
