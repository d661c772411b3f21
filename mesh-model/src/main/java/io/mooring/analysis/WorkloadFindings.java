package io.mooring.analysis;

import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.service.AdminState;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.service.MeshWorkload;
import io.mooring.service.ServiceKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is wrong with WorkloadEntries. */
final class WorkloadFindings {

  private static final String HOLDER_ANNOTATION = "istio.io/workloadController";
  private static final String RELEASED_ANNOTATION = "mooring.io/released";
  private static final String GROUP_ANNOTATION = "istio.io/autoRegistrationGroup";

  private final MeshIndex mesh;

  private WorkloadFindings(MeshIndex mesh) {
    this.mesh = mesh;
  }

  static Stream<Finding> of(MeshIndex mesh) {
    WorkloadFindings findings = new WorkloadFindings(mesh);
    return Stream.concat(
        mesh.snapshot().objects(WorkloadEntry.class).stream().flatMap(findings::of),
        findings.sharedAddresses());
  }

  private Stream<Finding> of(WorkloadEntry entry) {
    Described workload = Described.of(entry, mesh.snapshot().settings().trustDomain());
    List<MeshService> services = mesh.selecting(workload);
    Optional<MeshWorkload> usable = workload.workload();
    if (AdminState.isDeparted(entry.metadata())) {
      return Stream.of(absent(entry, workload));
    }
    return Stream.of(
            usable.filter(MeshWorkload::draining).map(it -> draining(entry)).stream(),
            services.isEmpty() ? Stream.of(unselected(mesh, workload)) : Stream.<Finding>empty(),
            usable.isEmpty()
                ? Stream.of(absent(entry, workload))
                : unusable(usable.get(), services, entry),
            unusedPorts(workload, services, FindingCode.WORKLOAD_PORT_UNUSED),
            usable.stream().flatMap(it -> undeclared(it, services, entry.key())),
            group(entry))
        .flatMap(findings -> findings);
  }

  private static Finding draining(WorkloadEntry entry) {
    return new Finding(
        FindingCode.WORKLOAD_DRAINING,
        entry.key(),
        "an operator has set it draining: it gets no new requests",
        "enable it when it may have traffic again");
  }

  static Finding unselected(MeshIndex mesh, Described workload) {
    boolean isGroup = workload.key().kind().equals("WorkloadGroup");
    String reason =
        mesh.nearest(workload)
            .map(
                service ->
                    "no service selects %s; the nearest is %s, label %s"
                        .formatted(
                            isGroup ? "its members" : "it",
                            service.definedBy(),
                            workload.lacks(MeshIndex.selector(service))))
            .orElseGet(
                () ->
                    "no service of namespace '%s' selects a label of %s%s"
                        .formatted(
                            workload.key().namespace(),
                            workload.labels(),
                            elsewhere(mesh, workload)));
    return new Finding(
        isGroup ? FindingCode.GROUP_UNSELECTED : FindingCode.WORKLOAD_UNSELECTED,
        workload.key(),
        reason,
        "give it the labels that a ServiceEntry's workloadSelector or a Service's selector of the"
            + " same namespace names");
  }

  private static String elsewhere(MeshIndex mesh, Described workload) {
    return mesh.selectingElsewhere(workload)
        .map(
            service ->
                "; %s does, but of namespace '%s'"
                    .formatted(service.definedBy(), service.namespace()))
        .orElse("");
  }

  private static Finding absent(WorkloadEntry entry, Described workload) {
    if (AdminState.isDeparted(entry.metadata())) {
      return new Finding(
          FindingCode.WORKLOAD_DISABLED,
          entry.key(),
          workload.absence(),
          "enable it (vm enable) if it is not to come back so");
    }
    if (entry.spec().address().isEmpty() && entry.spec().network().isEmpty()) {
      return new Finding(
          FindingCode.WORKLOAD_UNUSABLE,
          entry.key(),
          workload.absence(),
          "set spec.address, or spec.network if a gateway of it is known");
    }
    return AdminState.of(entry.metadata()) == AdminState.ENABLED
        ? new Finding(
            FindingCode.WORKLOAD_UNHEALTHY,
            entry.key(),
            workload.absence(),
            "look at what its probe calls")
        : new Finding(
            FindingCode.WORKLOAD_DISABLED,
            entry.key(),
            workload.absence(),
            "enable it when it may have traffic again");
  }

  private Stream<Finding> unusable(
      MeshWorkload workload, List<MeshService> services, WorkloadEntry entry) {
    return services.stream()
        .filter(service -> !mesh.isEndpoint(workload, service))
        .map(
            service ->
                workload.hasIp()
                    ? new Finding(
                        FindingCode.WORKLOAD_UNUSABLE,
                        entry.key(),
                        "%s selects it, but it has none of the ports that the service names as"
                                .formatted(service.definedBy())
                            + " targets; its own are "
                            + new TreeSet<>(workload.ports().keySet()),
                        "name the port in spec.ports")
                    : new Finding(
                        FindingCode.WORKLOAD_UNUSABLE,
                        entry.key(),
                        "%s selects it, but its address '%s' is no IP and the resolution is %s"
                            .formatted(
                                service.definedBy(), workload.address(), service.resolution()),
                        "give it an IP, or the service resolution DNS"));
  }

  static Stream<Finding> unusedPorts(
      Described workload, List<MeshService> services, FindingCode code) {
    if (services.isEmpty()) {
      return Stream.empty();
    }
    Set<String> known =
        services.stream()
            .flatMap(service -> service.ports().stream())
            .map(MeshPort::name)
            .collect(Collectors.toCollection(TreeSet::new));
    return new TreeSet<>(workload.ports().keySet())
        .stream()
            .filter(name -> !known.contains(name))
            .filter(name -> services.stream().allMatch(it -> it.origin() == ORIGIN_BY_NAME))
            .map(
                name ->
                    new Finding(
                        code,
                        workload.key(),
                        "port '%s' is %d, but the services that select it name their ports %s"
                            .formatted(name, workload.ports().get(name), known),
                        "use the name of the service port"));
  }

  /** A Kubernetes Service may name a port of the workload as its target: any name may serve. */
  private static final MeshService.Origin ORIGIN_BY_NAME = MeshService.Origin.SERVICE_ENTRY;

  private static Stream<Finding> undeclared(
      MeshWorkload workload, List<MeshService> services, ConfigKey key) {
    return services.stream()
        .filter(service -> !service.subjectAltNames().isEmpty())
        .filter(service -> workload.identity().isPresent())
        .filter(
            service -> !service.subjectAltNames().contains(workload.identity().get().toString()))
        .map(
            service ->
                new Finding(
                    FindingCode.IDENTITY_NOT_DECLARED,
                    key,
                    "its identity is %s, but %s accepts %s"
                        .formatted(
                            workload.identity().get(),
                            service.definedBy(),
                            service.subjectAltNames()),
                    "correct subjectAltNames, or the service account"));
  }

  private Stream<Finding> group(WorkloadEntry entry) {
    String name = entry.metadata().annotations().getOrDefault(GROUP_ANNOTATION, "");
    return name.isEmpty()
        ? Stream.empty()
        : Stream.concat(group(entry, name), expiry(entry).stream());
  }

  /** Only an entry that nobody holds goes by itself. */
  private static Optional<Finding> expiry(WorkloadEntry entry) {
    Map<String, String> annotations = entry.metadata().annotations();
    return annotations.getOrDefault(HOLDER_ANNOTATION, "").isEmpty()
            || annotations.containsKey(RELEASED_ANNOTATION)
        ? Optional.of(
            new Finding(
                FindingCode.ENTRY_EXPIRING,
                entry.key(),
                "its VM has left, and no control plane holds it: it goes after the grace period",
                "nothing, or bring the VM back"))
        : Optional.empty();
  }

  private Stream<Finding> group(WorkloadEntry entry, String name) {
    ConfigKey key = new ConfigKey("WorkloadGroup", entry.metadata().namespace(), name);
    Optional<WorkloadGroup> group =
        mesh.snapshot()
            .object(key)
            .filter(WorkloadGroup.class::isInstance)
            .map(WorkloadGroup.class::cast);
    if (group.isEmpty()) {
      return Stream.of(
          new Finding(
              FindingCode.GROUP_MISSING,
              entry.key(),
              "it was registered for " + key + ", which is gone",
              "bring the group back, or remove the VM"));
    }
    String expected = GroupFindings.account(group.get());
    return entry.spec().serviceAccount().equals(expected)
        ? Stream.empty()
        : Stream.of(
            new Finding(
                FindingCode.IDENTITY_NOT_OF_GROUP,
                entry.key(),
                "its service account is '%s', that of %s is '%s'"
                    .formatted(entry.spec().serviceAccount(), key, expected),
                "let the VM join anew with a token of the group"));
  }

  /** Where a workload is: an address means nothing outside its network. */
  private record Place(String namespace, String network, String address) {}

  private Stream<Finding> sharedAddresses() {
    Map<Place, WorkloadEntry> firstAt = new HashMap<>();
    Stream.Builder<Finding> found = Stream.builder();
    for (WorkloadEntry entry : mesh.snapshot().objects(WorkloadEntry.class)) {
      String address = entry.spec().address();
      if (address.isEmpty() || AdminState.isDeparted(entry.metadata())) {
        continue; // the VM that has the address now is another one
      }
      Place place = new Place(entry.metadata().namespace(), entry.spec().network(), address);
      WorkloadEntry first = firstAt.putIfAbsent(place, entry);
      if (first != null && shareAPort(first, entry)) {
        found.add(
            new Finding(
                FindingCode.WORKLOAD_ADDRESS_SHARED,
                entry.key(),
                "%s of the same network has its address %s too".formatted(first.key(), address),
                "remove the one that is gone, or tell their networks apart"));
      }
    }
    return found.build();
  }

  private boolean shareAPort(WorkloadEntry one, WorkloadEntry other) {
    TrustDomain trustDomain = mesh.snapshot().settings().trustDomain();
    Set<ServiceKey> services =
        mesh.selecting(Described.of(one, trustDomain)).stream()
            .map(MeshService::key)
            .collect(Collectors.toSet());
    return mesh.selecting(Described.of(other, trustDomain)).stream()
        .map(MeshService::key)
        .anyMatch(services::contains);
  }
}
