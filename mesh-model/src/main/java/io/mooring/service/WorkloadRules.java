package io.mooring.service;

import io.mooring.model.Locality;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** How a WorkloadEntry, standalone or inline, becomes a {@link MeshWorkload}. Pure. */
final class WorkloadRules {

  private static final String TLS_MODE_LABEL = "security.istio.io/tlsMode";
  private static final String WORKLOAD_NAME_LABEL = "service.istio.io/workload-name";
  private static final String GROUP_ANNOTATION = "istio.io/autoRegistrationGroup";
  static final String HEALTH_CHECKED_ANNOTATION = "proxy.istio.io/health-checks-enabled";
  private static final String HEALTHY_CONDITION = "Healthy";
  private static final String LOCALITY_LABEL = "topology.istio.io/locality";
  private static final String OLD_LOCALITY_LABEL = "istio-locality";
  static final String REGION_LABEL = "topology.kubernetes.io/region";
  static final String ZONE_LABEL = "topology.kubernetes.io/zone";
  static final String SUBZONE_LABEL = "topology.istio.io/subzone";
  static final String NETWORK_LABEL = "topology.istio.io/network";

  private WorkloadRules() {}

  static Optional<MeshWorkload> workload(WorkloadEntry entry, TrustDomain trustDomain) {
    if (isNowhere(entry.spec()) || AdminState.isDeparted(entry.metadata())) {
      return Optional.empty();
    }
    boolean serving = AdminState.of(entry.metadata()) != AdminState.DISABLED && isHealthy(entry);
    return Optional.of(
        workload(entry.metadata(), entry.metadata().name(), entry.spec(), serving, trustDomain));
  }

  /** Returns the inline endpoint at {@code index} of the ServiceEntry with this metadata. */
  static Optional<MeshWorkload> inline(
      Metadata serviceEntry, int index, WorkloadEntrySpec spec, TrustDomain trustDomain) {
    if (isNowhere(spec)) {
      return Optional.empty();
    }
    Metadata metadata = Metadata.of(serviceEntry.namespace(), serviceEntry.name() + "-" + index);
    return Optional.of(workload(metadata, metadata.name(), spec, true, trustDomain));
  }

  /** One that has a network is at least behind the network's gateway. */
  private static boolean isNowhere(WorkloadEntrySpec spec) {
    return spec.address().isEmpty() && spec.network().isEmpty();
  }

  private static MeshWorkload workload(
      Metadata metadata,
      String name,
      WorkloadEntrySpec spec,
      boolean serving,
      TrustDomain trustDomain) {
    Map<String, String> labels = new TreeMap<>(spec.labels());
    labels.putAll(metadata.labels());
    Locality locality = locality(spec, labels);
    return MeshWorkload.builder()
        .namespace(metadata.namespace())
        .name(name)
        .workloadName(workloadName(metadata, labels))
        .address(spec.address())
        .ports(spec.ports())
        .labels(withTopology(labels, locality, spec.network()))
        .network(spec.network())
        .locality(locality)
        .weight(Math.max(1, spec.weight()))
        .tlsMode(tlsMode(spec, labels))
        .draining(AdminState.of(metadata) == AdminState.DRAINING)
        .serving(serving)
        .identity(identity(metadata.namespace(), spec.serviceAccount(), trustDomain))
        .build();
  }

  /**
   * A workload whose health is checked starts unhealthy: a missing condition is no reason to send
   * it requests.
   */
  private static boolean isHealthy(WorkloadEntry entry) {
    return !isTrue(entry.metadata().annotations().getOrDefault(HEALTH_CHECKED_ANNOTATION, ""))
        || entry.status().stream()
            .flatMap(status -> status.conditions().stream())
            .filter(condition -> condition.type().equals(HEALTHY_CONDITION))
            .anyMatch(condition -> condition.status().equals("True"));
  }

  /** The spellings that Go's strconv.ParseBool takes for true, as Istio does. */
  private static boolean isTrue(String annotation) {
    return Set.of("1", "t", "T", "true", "TRUE", "True").contains(annotation);
  }

  private static Locality locality(WorkloadEntrySpec spec, Map<String, String> labels) {
    return spec.locality().isEmpty() ? locality(labels) : Locality.parse(spec.locality());
  }

  static Locality locality(Map<String, String> labels) {
    String label = labels.getOrDefault(LOCALITY_LABEL, labels.getOrDefault(OLD_LOCALITY_LABEL, ""));
    // A label value cannot hold a slash: dots stand for it.
    return Locality.parse(label.contains("/") ? label : label.replace('.', '/'));
  }

  /**
   * Returns what telemetry calls the workload: its group, else its label, else its object.
   *
   * <p>Istio heeds the label among those of the metadata alone for sidecars, among all for ambient;
   * here all count, those of an inline endpoint too. There an empty annotation or label makes an
   * empty name; here it says nothing.
   */
  static String workloadName(Metadata metadata, Map<String, String> labels) {
    String group = metadata.annotations().getOrDefault(GROUP_ANNOTATION, "");
    if (!group.isEmpty()) {
      return group;
    }
    String label = labels.getOrDefault(WORKLOAD_NAME_LABEL, "");
    return label.isEmpty() ? metadata.name() : label;
  }

  private static String tlsMode(WorkloadEntrySpec spec, Map<String, String> labels) {
    return tlsMode(labels, spec.serviceAccount().isEmpty() ? "disabled" : "istio");
  }

  /** Returns the label as it stands: even an empty one says that this is no mTLS of Istio's. */
  static String tlsMode(Map<String, String> labels, String otherwise) {
    return labels.getOrDefault(TLS_MODE_LABEL, otherwise);
  }

  private static Optional<SpiffeId> identity(
      String namespace, String serviceAccount, TrustDomain trustDomain) {
    return serviceAccount.isEmpty()
        ? Optional.empty()
        : Optional.of(trustDomain.workload(namespace, serviceAccount));
  }

  static Map<String, String> withTopology(
      Map<String, String> labels, Locality locality, String network) {
    Map<String, String> all = new TreeMap<>(labels);
    putUnlessEmpty(all, REGION_LABEL, locality.region());
    putUnlessEmpty(all, ZONE_LABEL, locality.zone());
    putUnlessEmpty(all, SUBZONE_LABEL, locality.subzone());
    putNetwork(all, network);
    return all;
  }

  /** Returns the labels and that of the network, unless they say one. */
  static Map<String, String> withNetwork(Map<String, String> labels, String network) {
    Map<String, String> all = new TreeMap<>(labels);
    putNetwork(all, network);
    return all;
  }

  /** A label that is there stays, as in Istio: what subsets select is for its author to say. */
  private static void putNetwork(Map<String, String> labels, String network) {
    if (labels.getOrDefault(NETWORK_LABEL, "").isEmpty()) {
      putUnlessEmpty(labels, NETWORK_LABEL, network);
    }
  }

  private static void putUnlessEmpty(Map<String, String> labels, String name, String value) {
    if (!value.isEmpty()) {
      labels.put(name, value);
    }
  }
}
