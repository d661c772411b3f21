package io.mooring.model.codec;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.model.ConfigObject;
import io.mooring.model.kubernetes.Namespace;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.networking.DestinationRule;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.VirtualService;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.security.PeerAuthentication;
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

  private final Map<String, KnownKind> kinds = new TreeMap<>();

  KindRegistry(ObjectMapper mapper) {
    SchemaFactory schemas = new SchemaFactory();
    add(mapper, schemas, DestinationRule.class, NETWORKING, true);
    add(mapper, schemas, ServiceEntry.class, NETWORKING, true);
    add(mapper, schemas, VirtualService.class, NETWORKING, true);
    add(mapper, schemas, WorkloadEntry.class, NETWORKING, true);
    add(mapper, schemas, WorkloadGroup.class, NETWORKING, true);
    add(mapper, schemas, PeerAuthentication.class, SECURITY, true);
    add(mapper, schemas, Service.class, CORE, true);
    add(mapper, schemas, Namespace.class, CORE, false);
  }

  private void add(
      ObjectMapper mapper,
      SchemaFactory schemas,
      Class<? extends ConfigObject> type,
      List<String> apiVersions,
      boolean namespaced) {
    String name = type.getSimpleName();
    kinds.put(
        name,
        new KnownKind(
            name, type, apiVersions, namespaced, schemas.object(type), mapper.readerFor(type)));
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
    return NETWORKING.contains(apiVersion) || SECURITY.contains(apiVersion);
  }
}
