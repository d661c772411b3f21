package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.model.kubernetes.EndpointSlice;
import io.mooring.model.kubernetes.Pod;
import io.mooring.model.mesh.MeshConfig;
import io.mooring.registry.AddressIndex.Place;
import io.mooring.registry.PersistentSnapshot.Contribution;
import io.mooring.service.Conflict;
import io.mooring.service.MergedService;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import io.mooring.service.MeshWorkload;
import io.mooring.service.Networks;
import io.mooring.service.ServiceDefinition;
import io.mooring.service.ServiceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * Keeps services and endpoints in step with the objects that define them. Confined to the registry
 * writer; its oracle is the same state built anew from the objects that are left.
 *
 * <p>A workload that comes, changes or goes costs what its services have in selectors and nothing
 * more: only its own endpoints are made again. A definition that comes, changes or goes makes its
 * services again, with all their endpoints.
 */
final class RegistryState {

  private static final int LARGE = 1024; // changes; below, threads cost more than they bring

  private final Map<ServiceKey, Map<Slot, ServiceDefinition>> definitionsByService =
      new HashMap<>();
  private final SelectorIndex selectors = new SelectorIndex();
  private final WorkloadIndex workloads = new WorkloadIndex();

  private ObjectIndex objects = ObjectIndex.EMPTY;
  private ServiceIndex services = ServiceIndex.EMPTY;
  private AddressIndex<Contribution, List<MeshEndpoint>> endpointsAt = AddressIndex.empty();
  private AddressIndex<String, MeshWorkload> workloadsAt = AddressIndex.empty();
  private final MeshSettings settings;
  private final NetworkObjects networkObjects;
  private final VirtualIpAllocator virtualIps;
  private final SliceIndex slices;
  private final AliasIndex aliases = new AliasIndex();

  /** The services of one host and namespace by the key of the first, where there are several. */
  private final Map<ServiceKey, List<ServiceKey>> keysByFirst = new HashMap<>();

  private Exports exports = Exports.EVERYBODY;
  private Networks networks = Networks.NONE;
  private long endpointsMade;

  RegistryState(MeshSettings settings, VirtualIpAllocator virtualIps) {
    this.settings = settings;
    this.networkObjects = new NetworkObjects(settings);
    this.virtualIps = virtualIps;
    this.slices = new SliceIndex(settings.clusterDomain());
  }

  /** Returns an empty state that gives hosts the virtual IPs that they had. */
  RegistryState restarted() {
    return new RegistryState(settings, virtualIps.restarted());
  }

  /** Begins to give out virtual IPs, unless that has begun, and returns what differs afterwards. */
  ChangeSet openVirtualIps() {
    if (virtualIps.isOpen()) {
      return ChangeSet.NONE;
    }
    Difference difference = new Difference();
    keysOf(virtualIps.open()).forEach(key -> remake(key, difference));
    return finish(difference);
  }

  private Set<ServiceKey> keysOf(Set<String> hosts) {
    Set<ServiceKey> keys = new TreeSet<>();
    for (String host : hosts) {
      services.byHost(host).forEach(service -> keys.add(service.key().first()));
    }
    return keys;
  }

  /** Applies changes as one step and returns what differs afterwards. */
  ChangeSet apply(List<ObjectChange> changes) {
    Difference difference = new Difference();
    Set<ServiceKey> redefined = new TreeSet<>();
    CompletableFuture<ObjectIndex> indexed = indexed(changes);
    for (ObjectChange change : changes) {
      difference.configs.add(change.key());
      redefine(change, redefined);
      slices.update(change, redefined);
    }
    List<Move> moves = moves(changes); // indexes workloads, so before services are made
    objects = indexed.join();
    if (changes.stream().anyMatch(change -> change.key().kind().equals("MeshConfig"))) {
      applyMeshConfig(redefined);
    }
    if (exports.goByNamespace()) {
      changes.forEach(change -> applyNamespace(change.key(), redefined));
    }
    if (changes.stream().anyMatch(change -> networkObjects.decidedBy(change, objects))) {
      applyMeshNetworks(redefined, difference);
    }
    redefined.addAll(keysOf(virtualIps.update(changes)));
    Set<ServiceKey> remade = new TreeSet<>();
    redefined.forEach(key -> remade.addAll(remake(key, difference)));
    aliases.update(remade, services).forEach(key -> remake(key.first(), difference));
    moves.forEach(move -> apply(move, redefined, difference));
    return finish(difference);
  }

  private ChangeSet finish(Difference difference) {
    endpointsAt = endpointsAt.apply(difference.moved);
    return difference.toChangeSet();
  }

  /** Many objects are indexed beside the rest of the work, which asks for them at its end only. */
  private CompletableFuture<ObjectIndex> indexed(List<ObjectChange> changes) {
    ObjectIndex before = objects;
    return changes.size() < LARGE
        ? CompletableFuture.completedFuture(before.apply(changes))
        : CompletableFuture.supplyAsync(() -> before.apply(changes));
  }

  /**
   * Returns the state after the last change.
   *
   * @param overridden objects that several sources hold differently
   */
  RegistrySnapshot snapshot(
      long revision, List<SourceStatus> sources, PMap<ConfigKey, List<Conflict>> overridden) {
    return new PersistentSnapshot(
        revision,
        settings,
        objects,
        services,
        endpointsAt,
        workloadsAt,
        networks,
        sources,
        new ConflictReport(
            services, overridden, List.of(virtualIps.conflicts(), aliases.circles())));
  }

  /** Returns how often endpoints of a workload were made: the measure of work done. */
  long endpointsMade() {
    return endpointsMade;
  }

  private void redefine(ObjectChange change, Set<ServiceKey> redefined) {
    if (change.older() != null) {
      for (ServiceDefinition definition : change.older().definitions()) {
        ServiceKey key = definition.service().key();
        redefined.add(key);
        selectors.remove(change.slot(), definition);
        definitionsByService.computeIfPresent(
            key,
            (same, definitions) -> {
              definitions.remove(change.slot());
              return definitions.isEmpty() ? null : definitions;
            });
      }
    }
    if (change.newer() != null) {
      for (ServiceDefinition definition : change.newer().definitions()) {
        ServiceKey key = definition.service().key();
        redefined.add(key);
        selectors.add(change.slot(), definition);
        definitionsByService
            .computeIfAbsent(key, same -> new TreeMap<>())
            .put(change.slot(), definition);
      }
    }
  }

  /** What the workload of one entry or pod was and is, of one id. */
  private record Move(String id, @Nullable MeshWorkload older, @Nullable MeshWorkload newer) {}

  private List<Move> moves(List<ObjectChange> changes) {
    List<Move> moves = new ArrayList<>(changes.size());
    List<AddressIndex.Change<String, MeshWorkload>> places = new ArrayList<>(changes.size());
    for (ObjectChange change : changes) {
      MeshWorkload older = workload(change.older());
      MeshWorkload newer = workload(change.newer());
      if (older != null) {
        workloads.remove(older);
        if (older.hasAddress()) {
          places.add(new AddressIndex.Change<>(placeOf(older), older.id(), null));
        }
      }
      if (newer != null) {
        workloads.add(newer);
        if (newer.hasAddress()) {
          places.add(new AddressIndex.Change<>(placeOf(newer), newer.id(), newer));
        }
        moves.add(new Move(newer.id(), older, newer));
      } else if (older != null) {
        moves.add(new Move(older.id(), older, null));
      }
    }
    workloadsAt = workloadsAt.apply(places);
    return moves;
  }

  private static Place placeOf(MeshWorkload workload) {
    return Place.of(workload.namespace(), workload.address());
  }

  private static @Nullable MeshWorkload workload(@Nullable AcceptedObject object) {
    return object == null ? null : object.workload().orElse(null);
  }

  private void apply(Move move, Set<ServiceKey> alreadyMade, Difference difference) {
    if (selectors.isEmpty()) {
      return;
    }
    Set<ServiceKey> touched = new TreeSet<>();
    if (move.older() != null) {
      touched.addAll(selectors.selecting(move.older()));
    }
    if (move.newer() != null) {
      touched.addAll(selectors.selecting(move.newer()));
    }
    touched.removeAll(alreadyMade);
    touched.forEach(first -> keys(first).forEach(key -> apply(move, key, difference)));
  }

  private void apply(Move move, ServiceKey key, Difference difference) {
    ServiceView older = services.view(key);
    if (older == null) {
      throw new IllegalStateException("service " + key + " is selected by, but was never made");
    }
    ServiceView newer = older;
    List<ServiceDefinition> definitions = older.merged().definitions();
    for (int rank = 0; rank < definitions.size(); rank++) {
      EndpointPosition position = new EndpointPosition(rank, 0, move.id());
      List<MeshEndpoint> made = made(definitions.get(rank), move.newer());
      List<MeshEndpoint> before = newer.at(position);
      if (!made.equals(before)) {
        newer = newer.with(position, made);
        moveEndpoints(new Contribution(key, position), before, made, difference);
        difference.endpoints.add(key);
      }
    }
    services = services.replace(older, newer);
  }

  /** All endpoints of one contribution are at one workload: they share its address. */
  private void moveEndpoints(
      Contribution contribution,
      List<MeshEndpoint> older,
      List<MeshEndpoint> newer,
      Difference difference) {
    if (!older.isEmpty() && !older.get(0).address().isEmpty()) {
      difference.moved.add(new AddressIndex.Change<>(placeOf(older.get(0)), contribution, null));
    }
    if (!newer.isEmpty() && !newer.get(0).address().isEmpty()) {
      difference.moved.add(new AddressIndex.Change<>(placeOf(newer.get(0)), contribution, newer));
    }
  }

  private static Place placeOf(MeshEndpoint endpoint) {
    return Place.of(endpoint.namespace(), endpoint.address());
  }

  private List<MeshEndpoint> made(ServiceDefinition definition, @Nullable MeshWorkload workload) {
    return workload != null && definition.selects(workload) && admits(definition, workload)
        ? make(definition, workload)
        : List.of();
  }

  /** Where Kubernetes has said by slices which pods are endpoints, the selector adds no others. */
  private boolean admits(ServiceDefinition definition, MeshWorkload workload) {
    return !definition.isKubernetes()
        || workload.origin() != MeshWorkload.Origin.POD
        || slices.of(definition).isEmpty();
  }

  private List<MeshEndpoint> make(ServiceDefinition definition, MeshWorkload workload) {
    endpointsMade++;
    return definition.endpoints(
        definition.service().meshExternal() ? workload : networks.place(workload));
  }

  /** Returns the keys of all services of the host and namespace of the first. */
  private List<ServiceKey> keys(ServiceKey first) {
    return keysByFirst.getOrDefault(first, List.of(first));
  }

  /** Makes all services of a host and namespace again and returns those that were or are. */
  private Set<ServiceKey> remake(ServiceKey first, Difference difference) {
    Map<Slot, ServiceDefinition> definitions = definitionsByService.getOrDefault(first, Map.of());
    Map<ServiceKey, ServiceView> views = new TreeMap<>();
    merge(definitions.values()).forEach(it -> views.put(it.service().key(), make(it)));
    Map<ServiceKey, ServiceView> before = new TreeMap<>();
    for (ServiceKey key : keys(first)) {
      ServiceView view = services.view(key);
      if (view != null) {
        before.put(key, view);
      }
    }
    services = services.replace(before.values(), views.values());
    Set<ServiceKey> remade = new TreeSet<>(before.keySet());
    remade.addAll(views.keySet());
    remade.forEach(key -> compare(key, before.get(key), views.get(key), difference));
    if (views.size() > 1) {
      keysByFirst.put(first, List.copyOf(views.keySet()));
    } else {
      keysByFirst.remove(first);
    }
    return remade;
  }

  private void compare(
      ServiceKey key,
      @Nullable ServiceView older,
      @Nullable ServiceView newer,
      Difference difference) {
    contributions(older)
        .forEach(
            (position, before) ->
                moveEndpoints(new Contribution(key, position), before, List.of(), difference));
    contributions(newer)
        .forEach(
            (position, made) ->
                moveEndpoints(new Contribution(key, position), List.of(), made, difference));
    difference.compare(key, older, newer);
  }

  /** The oldest MeshConfig of the root namespace counts: Istio reads it from there alone. */
  private void applyMeshConfig(Set<ServiceKey> redefined) {
    Exports newer =
        Exports.of(
            objects.objects(MeshConfig.class, settings.rootNamespace()).stream()
                .findFirst()
                .map(MeshConfig::spec));
    if (!newer.equals(exports)) {
      exports = newer;
      redefined.addAll(definitionsByService.keySet());
    }
  }

  private void applyNamespace(ConfigKey key, Set<ServiceKey> redefined) {
    if (key.kind().equals("Namespace")) {
      definitionsByService.keySet().stream()
          .filter(service -> service.namespace().equals(key.name()))
          .forEach(redefined::add);
    }
  }

  /** Where endpoints are decides how each proxy reaches them, gateways included. */
  private void applyMeshNetworks(Set<ServiceKey> redefined, Difference difference) {
    Networks newer = networkObjects.networks(objects);
    if (!newer.equals(networks)) {
      networks = newer;
      redefined.addAll(definitionsByService.keySet());
      difference.configs.add(new ConfigKey("MeshNetworks", settings.rootNamespace(), "istio"));
    }
  }

  private List<MergedService> merge(Collection<ServiceDefinition> definitions) {
    return definitions.isEmpty()
        ? List.of()
        : MergedService.of(
                definitions.stream().map(definition -> exports.apply(definition, objects)).toList())
            .stream()
            .map(this::decorate)
            .toList();
  }

  private MergedService decorate(MergedService plain) {
    MergedService merged = plain;
    if (merged.definitions().stream().anyMatch(ServiceDefinition::wantsVirtualIp)) {
      merged = merged.withAutoAddresses(virtualIps.of(merged.service().host()));
    }
    return merged.with(aliases.decorate(merged.service()));
  }

  private static Map<EndpointPosition, List<MeshEndpoint>> contributions(
      @Nullable ServiceView view) {
    return view == null ? Map.of() : view.endpointsByPosition();
  }

  private ServiceView make(MergedService merged) {
    Map<EndpointPosition, List<MeshEndpoint>> made = new TreeMap<>();
    for (int rank = 0; rank < merged.definitions().size(); rank++) {
      ServiceDefinition definition = merged.definitions().get(rank);
      for (int i = 0; i < definition.inlineWorkloads().size(); i++) {
        made.put(
            new EndpointPosition(rank, i, ""),
            make(definition, definition.inlineWorkloads().get(i)));
      }
      for (MeshWorkload workload : workloads.select(definition)) {
        if (admits(definition, workload)) {
          made.put(new EndpointPosition(rank, 0, workload.id()), make(definition, workload));
        }
      }
      if (definition.isKubernetes()) {
        made.putAll(ofSlices(definition, rank));
      }
    }
    made.values().removeIf(List::isEmpty);
    return new ServiceView(merged, TreePMap.from(made));
  }

  /** While an endpoint moves from one slice to another both may hold it: the first counts. */
  private Map<EndpointPosition, List<MeshEndpoint>> ofSlices(
      ServiceDefinition definition, int rank) {
    Map<EndpointPosition, List<MeshEndpoint>> made = new TreeMap<>();
    Set<MeshEndpoint> seen = new HashSet<>();
    for (SliceIndex.Slice found : slices.of(definition)) {
      EndpointSlice slice = found.object();
      List<List<MeshEndpoint>> endpoints =
          definition.endpoints(
              slice,
              name -> pod(slice.metadata().namespace(), name, found.cluster()),
              ip -> slices.podAt(slice.metadata().namespace(), ip, found.cluster()),
              settings.trustDomain(),
              found.cluster());
      String id = slice.kind() + "/" + slice.metadata().name();
      for (int i = 0; i < endpoints.size(); i++) {
        made.put(
            new EndpointPosition(rank, i, id),
            endpoints.get(i).stream().map(networks::place).filter(seen::add).toList());
      }
    }
    return made;
  }

  private Optional<Pod> pod(String namespace, String name, String cluster) {
    return objects.object(new ConfigKey("Pod", namespace, name), cluster).map(Pod.class::cast);
  }

  /** What one step changed. */
  private static final class Difference {
    private final List<ConfigKey> configs = new ArrayList<>();
    private final Set<ServiceKey> services = new TreeSet<>();
    private final Set<ServiceKey> endpoints = new TreeSet<>();
    private final List<AddressIndex.Change<Contribution, List<MeshEndpoint>>> moved =
        new ArrayList<>();

    void compare(ServiceKey key, @Nullable ServiceView older, @Nullable ServiceView newer) {
      if (!Objects.equals(service(older), service(newer))) {
        services.add(key);
      }
      if (!contributions(older).equals(contributions(newer)) // also what serves nobody now
          || !endpoints(older).equals(endpoints(newer))) {
        endpoints.add(key);
      }
    }

    private static @Nullable MeshService service(@Nullable ServiceView view) {
      return view == null ? null : view.service();
    }

    private static List<MeshEndpoint> endpoints(@Nullable ServiceView view) {
      return view == null ? List.of() : view.endpoints();
    }

    ChangeSet toChangeSet() {
      return new ChangeSet(SortedKeys.of(configs), services, endpoints);
    }
  }
}
