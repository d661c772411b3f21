package io.mooring.model.codec;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.model.ConfigObject;
import io.mooring.model.kubernetes.EndpointSlice;
import io.mooring.model.kubernetes.Namespace;
import io.mooring.model.kubernetes.Pod;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.mesh.MeshConfig;
import io.mooring.model.mesh.MeshNetworks;
import io.mooring.model.networking.DestinationRule;
import io.mooring.model.networking.Gateway;
import io.mooring.model.networking.ProxyConfig;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.Sidecar;
import io.mooring.model.networking.VirtualService;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.security.AuthorizationPolicy;
import io.mooring.model.security.PeerAuthentication;
import io.mooring.model.security.RequestAuthentication;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The kinds that Mooring reads. Immutable. */
final class KindRegistry {

  private static final List<String> NETWORKING =
      List.of(
          "networking.istio.io/v1", "networking.istio.io/v1beta1", "networking.istio.io/v1alpha3");
  private static final List<String> SECURITY =
      List.of("security.istio.io/v1", "security.istio.io/v1beta1");
  private static final List<String> CORE = List.of("v1");
  private static final List<String> DISCOVERY =
      List.of("discovery.k8s.io/v1", "discovery.k8s.io/v1beta1");
  private static final List<String> MESH = List.of("mesh.istio.io/v1alpha1", "v1alpha1");

  private final ObjectMapper mapper;
  private final Map<String, KnownKind> kinds = new TreeMap<>();

  KindRegistry(ObjectMapper mapper) {
    this.mapper = mapper;
    SchemaFactory strict = new SchemaFactory(Schema.Unknown.REFUSED);
    add(strict, DestinationRule.class, NETWORKING);
    add(strict, Gateway.class, NETWORKING);
    add(strict, ProxyConfig.class, List.of("networking.istio.io/v1beta1"));
    add(strict, ServiceEntry.class, NETWORKING);
    add(strict, Sidecar.class, NETWORKING);
    add(strict, VirtualService.class, NETWORKING);
    add(strict, WorkloadEntry.class, NETWORKING);
    add(strict, WorkloadGroup.class, NETWORKING);
    add(strict, AuthorizationPolicy.class, SECURITY);
    add(strict, PeerAuthentication.class, SECURITY);
    add(strict, RequestAuthentication.class, SECURITY);
    add(strict, Namespace.class, CORE);
    add(strict, Service.class, CORE);
    SchemaFactory kubernetes = new SchemaFactory(Schema.Unknown.PASSED_OVER);
    add(kubernetes, EndpointSlice.class, DISCOVERY);
    add(kubernetes, Pod.class, CORE);
    SchemaFactory mesh = new SchemaFactory(Schema.Unknown.WARNED);
    add(mesh, MeshConfig.class, MESH);
    add(mesh, MeshNetworks.class, MESH);
  }

  private void add(
      SchemaFactory schemas, Class<? extends ConfigObject> type, List<String> apiVersions) {
    String name = type.getSimpleName();
    kinds.put(
        name,
        new KnownKind(
            name,
            type,
            apiVersions,
            type != Namespace.class,
            schemas.object(type),
            mapper.readerFor(type)));
  }

  /** Returns the kind with this name. */
  Optional<KnownKind> find(String name) {
    return Optional.ofNullable(kinds.get(name));
  }

  /** Returns whether this names a list of objects: {@code List}, {@code ServiceEntryList}. */
  boolean isList(String name) {
    return name.equals("List")
        || (name.endsWith("List") && kinds.containsKey(name.substring(0, name.length() - 4)));
  }

  /** Returns the names of all kinds in alphabetical order. */
  Set<String> names() {
    return kinds.keySet();
  }

  /** Returns whether an object with this version belongs to a group that Mooring reads. */
  boolean isOurs(String apiVersion) {
    return NETWORKING.contains(apiVersion)
        || SECURITY.contains(apiVersion)
        || MESH.contains(apiVersion);
  }
}
